"""Moments: stations' timestamps, read as leniently as facts deserve, and ours, written as every station can read them."""

import datetime as dt
from typing import Literal

LONGEST = 40

Source = Literal["station", "gateway"]


def moment(text: str | None, received_at: dt.datetime) -> tuple[dt.datetime, Source]:
    """The station's time in UTC; the gateway's where the station gives none that can be read. Without a zone it is UTC.

    A clock that is plainly wrong (1970) is still the station's: what to believe is not decided here.
    """
    if not text or len(text) > LONGEST:
        return received_at, "gateway"
    try:
        at = dt.datetime.fromisoformat(text.strip().upper().replace(" ", "T", 1))
        if at.tzinfo is None:
            return at.replace(tzinfo=dt.UTC), "station"
        return at.astimezone(dt.UTC), "station"
    except (ValueError, OverflowError):
        return received_at, "gateway"


def rfc3339(at: dt.datetime) -> str:
    """A moment as OCPP wants it: RFC 3339, UTC, milliseconds (2.0.1 part 2 section 3.1: at most three decimals)."""
    return at.astimezone(dt.UTC).replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"

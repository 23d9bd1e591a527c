"""Moments: reads stations' timestamps leniently, and writes ours so that every station can read them."""

import datetime as dt
import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Literal
from zoneinfo import ZoneInfo

import msgspec

from gateway.ocpp.rows import Context
from gateway.ocpp.spelling.clocks import RIGHT
from schemas.clocks import FIRST_BELIEVABLE_YEAR
from schemas.compatibility import Rule
from schemas.deviations import Deviation

LONGEST = 40

EARLIEST = dt.datetime(FIRST_BELIEVABLE_YEAR, 1, 1, tzinfo=dt.UTC)

AHEAD_AT_MOST = dt.timedelta(days=1)
"""A time further ahead of its arrival is impossible; one less far ahead may have a wrong zone, and is kept."""

A_LITTLE_AHEAD = dt.timedelta(minutes=5)
"""How far any clock may be ahead of ours, where an hour occurs twice or a clock is known to jump."""

_LEAP_SECOND = re.compile(r"(:[0-5][0-9]:)60")

Source = Literal["station", "gateway"]


class StationTime(msgspec.Struct, frozen=True, gc=False):
    """A time in UTC, whose clock it is from, and the deviations with which it was read (`schemas.deviations`)."""

    at: dt.datetime
    source: Source = "station"
    deviations: tuple[str, ...] = ()


def moment(text: str | None, context: Context) -> StationTime:
    """The station's time in UTC, corrected by the offset of its clock; the time of arrival where it gives no possible time.

    A time without zone is local time of the station, or UTC where its time zone is unknown (ISO 8601, 4.3: local time).
    """
    if not text:
        return _time_of_arrival(context)
    time = _read_time(text, context)
    clock = context.clock
    if clock is None or time.source == "gateway":
        return time
    if not -RIGHT <= context.received_at - time.at <= RIGHT:
        clock.needs_check = True
    if not clock.offset_s:
        return time
    moved = time.at + dt.timedelta(seconds=context.clock_offset_s)
    return StationTime(moved, "station", (*time.deviations, Deviation.CLOCK_CORRECTED))


def displayed_time(text: str | None, context: Context) -> dt.datetime | None:
    """The time in UTC that the station's clock showed, uncorrected; None where the text is no possible time."""
    time = _read_time(text, context) if text else None
    return time.at if time is not None and time.source == "station" else None


FIRST_PLANNED, PLANNED_UNTIL = 1971, 2262
"""The years of plans that are believed: columns of times hold them."""


def planned(text: str, context: Context) -> dt.datetime | None:
    """A time that a plan names, in UTC: past or future, it is no reading of a clock. None for a text that is none."""
    read = _read(text)
    if read is None or not FIRST_PLANNED <= read.year < PLANNED_UNTIL:
        return None
    return (_in_station_zone(read, context) if read.tzinfo is None else read).astimezone(dt.UTC)


def offset_s(deviations: Iterable[str], context: Context) -> float:
    """By how many seconds the times of a message were corrected, for the record with these deviations."""
    return context.clock_offset_s if Deviation.CLOCK_CORRECTED in deviations else 0.0


def merge_deviations(*parts: Iterable[str]) -> tuple[str, ...]:
    """The deviations of the parts of one message, each once, in order of appearance."""
    return tuple(dict.fromkeys(word for part in parts for word in part))


def rfc3339(at: dt.datetime) -> str:
    """A moment as OCPP wants it: RFC 3339, UTC, milliseconds (2.0.1 part 2 section 3.1: at most three decimals)."""
    return at.astimezone(dt.UTC).replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"


def _read_time(text: str, context: Context) -> StationTime:
    read = _read(text)
    if read is None:
        return _time_of_arrival(context, Deviation.TIME_UNREADABLE)
    deviations: tuple[str, ...] = ()
    if read.tzinfo is None:
        read, deviations = _in_station_zone(read, context), (Deviation.TIME_WITHOUT_ZONE,)
    elif context.rules and context.time_zone and Rule.LOCAL_TIME_AS_UTC in context.rules and not read.utcoffset():
        read, deviations = _in_station_zone(read.replace(tzinfo=None), context), (Deviation.LOCAL_TIME_AS_UTC,)
    if not EARLIEST <= read <= context.received_at + AHEAD_AT_MOST:
        return _time_of_arrival(context, Deviation.TIME_IMPOSSIBLE)
    if context.rules and Rule.CLOCK_JUMPS in context.rules and read > context.received_at + A_LITTLE_AHEAD:
        return _time_of_arrival(context, Deviation.CLOCK_JUMPS)
    return StationTime(read.astimezone(dt.UTC), "station", deviations)


def _time_of_arrival(context: Context, *deviations: str) -> StationTime:
    """The time of arrival in whole seconds, as most stations send it, so that a later time of the station is not before it."""
    return StationTime(context.received_at.replace(microsecond=0), "gateway", deviations)


def _read(text: str) -> dt.datetime | None:
    """Parse a time, without zone where it has none; None where the text is no time."""
    if len(text) > LONGEST:
        return None
    try:
        return dt.datetime.fromisoformat(text)
    except ValueError:
        pass
    # white space around it or instead of the T, lower case letters, or a leap second (RFC 3339, 5.7), read as the second before
    text = _LEAP_SECOND.sub(r"\g<1>59", text.strip().upper().replace(" ", "T", 1))
    try:
        return dt.datetime.fromisoformat(text)
    except ValueError:
        return None


def _in_station_zone(local: dt.datetime, context: Context) -> dt.datetime:
    """A local time of the station. In a repeated hour the later one unless in the future; in a skipped hour by the old offset."""
    zone = _zone(context.time_zone)
    first, second = local.replace(tzinfo=zone), local.replace(tzinfo=zone, fold=1)
    twice = first.utcoffset() != second.utcoffset() and first.astimezone(dt.UTC) < second.astimezone(dt.UTC)
    later = twice and second.astimezone(dt.UTC) <= context.received_at + A_LITTLE_AHEAD
    return second if later else first


@lru_cache(maxsize=1_024)
def _zone(name: str) -> dt.tzinfo:
    """The time zone of that IANA name; UTC for an empty or unknown name."""
    try:
        return ZoneInfo(name) if name else dt.UTC
    except (KeyError, ValueError, OSError):
        return dt.UTC

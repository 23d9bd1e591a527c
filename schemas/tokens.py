"""What a token may be restricted to: types, places, times; and how long a station may remember it (2.x part 2, C01, C10, C17)."""

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from schemas.localtimes import DAYS_OF_WEEK, DayOfWeek

TokenType = Literal[
    "Central",
    "DirectPayment",
    "EVCCID",
    "eMAID",
    "ISO14443",
    "ISO15693",
    "KeyCode",
    "Local",
    "MacAddress",
    "NoAuthorization",
    "VIN",
]
"""IdTokenEnumType of 2.0.1, and IdTokenEnumStringType of 2.1 with DirectPayment, EVCCID and VIN."""

TimeOfDay = Annotated[str, msgspec.Meta(pattern="^([01][0-9]|2[0-3]):[0-5][0-9]$", examples=["08:00"])]


class TokenPlace(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Where a token may charge: at a station, or at all stations of a site; `evses` are those of the station, empty for all."""

    site: Annotated[str, msgspec.Meta(max_length=100)] = ""
    station: Annotated[str, msgspec.Meta(max_length=48)] = ""
    evses: Annotated[tuple[Annotated[int, msgspec.Meta(ge=1)], ...], msgspec.Meta(max_length=64)] = ()


class TokenHours(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """When a token may charge: on these days (empty: on all), from `start_time` to before `end_time`.

    An `end_time` that is not later than `start_time` is on the next day.
    """

    day_of_week: Annotated[tuple[DayOfWeek, ...], msgspec.Meta(max_length=7)] = ()
    start_time: TimeOfDay = "00:00"
    end_time: TimeOfDay = "00:00"


def evses_at(places: Iterable[TokenPlace], station: str, site: str) -> tuple[int, ...] | None:
    """The EVSEs of a station that places allow: empty for all of them, None for not even one (C01.FR.19, 20, 22)."""
    allowed: set[int] = set()
    for place in places:
        if not (place.station or place.site):
            continue
        if place.station and place.station.casefold() != station.casefold():
            continue
        if place.site and place.site != site:
            continue
        if not place.evses:
            return ()
        allowed.update(place.evses)
    return tuple(sorted(allowed)) or None


def is_within(hours: Iterable[TokenHours], at: datetime, time_zone: str) -> bool:
    """Whether a moment is in one of these hours, by the clock of the time zone (an IANA name; empty: UTC)."""
    zone = zone_of(time_zone)
    if zone is None:
        return False
    local = at.astimezone(zone)
    clock, today = f"{local:%H:%M}", local.weekday()
    return any(_covers(each, clock, today) for each in hours)


def _covers(hours: TokenHours, clock: str, today: int) -> bool:
    if hours.start_time < hours.end_time:
        return hours.start_time <= clock < hours.end_time and _on(hours, today)
    return (clock >= hours.start_time and _on(hours, today)) or (clock < hours.end_time and _on(hours, today - 1))


def _on(hours: TokenHours, day: int) -> bool:
    return not hours.day_of_week or DAYS_OF_WEEK[day % 7] in hours.day_of_week


def zone_of(name: str) -> ZoneInfo | None:
    """The time zone of an IANA name, UTC of an empty one; None where there is no such zone."""
    try:
        return ZoneInfo(name or "UTC")
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None

"""Local time: when local days and times of day begin, in microseconds since 1970. PURE.

The time zone database that `zoneinfo` reads is data, as the OCPP schemas are.
"""

import datetime as dt
from collections.abc import Iterable, Iterator
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
MICROSECOND = dt.timedelta(microseconds=1)
DAY = dt.timedelta(days=1)
SECOND_US = 1_000_000
MIDNIGHT = dt.time(0, 0)


def micros(at: dt.datetime) -> int:
    """A moment in microseconds since 1970."""
    return (at - EPOCH) // MICROSECOND


def moment(us: int) -> dt.datetime:
    """The moment of so many microseconds since 1970."""
    return EPOCH + us * MICROSECOND


def zone_of(name: str) -> ZoneInfo | None:
    """The time zone of an IANA name; None where it is unknown."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None  # unknown, or no name at all: an absolute path, a folder of the database


def local_borders(began_us: int, ended_us: int, zone: ZoneInfo, times: Iterable[dt.time]) -> list[int]:
    """The moments strictly between, at which a local day or one of these times of day begins, or clocks change.

    A time that occurs twice has both moments; for a skipped time, moments beside it are included, which is harmless.
    """
    first, last = moment(began_us), moment(ended_us)
    found: set[int] = set()
    wanted = {MIDNIGHT, *times}
    for day in _days(first.astimezone(zone).date() - DAY, last.astimezone(zone).date() + DAY):
        for time in wanted:
            naive = dt.datetime.combine(day, time, zone)
            found.update(micros(naive.replace(fold=fold)) for fold in (0, 1))
        change = _change_of_clocks(zone, day)
        if change is not None:
            found.add(change)
    return sorted(us for us in found if began_us < us < ended_us)


def _days(first: dt.date, last: dt.date) -> Iterator[dt.date]:
    while first <= last:
        yield first
        first += DAY


@lru_cache(maxsize=4096)
def _change_of_clocks(zone: ZoneInfo, day: dt.date) -> int | None:
    """The moment in this UTC day, to the second, at which the zone's offset changes; None where it does not."""
    low = micros(dt.datetime.combine(day, MIDNIGHT, dt.UTC)) // SECOND_US
    high = low + 86_400
    before = _offset(zone, low)
    if before == _offset(zone, high):
        return None
    while high - low > 1:
        middle = (low + high) // 2
        if _offset(zone, middle) == before:
            low = middle
        else:
            high = middle
    return high * SECOND_US


def _offset(zone: ZoneInfo, second: int) -> dt.timedelta | None:
    return moment(second * SECOND_US).astimezone(zone).utcoffset()

"""Windows: when maintenance windows close and open, in a station's own time zone. PURE."""

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from schemas.campaigns import Window

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
DAYS_AHEAD = 8
DAY = timedelta(days=1)


def open_until(windows: tuple[Window, ...], zone: str, at: datetime) -> datetime | None:
    """When the window that is open at that moment closes; None where none is. The latest, where several are open."""
    today = at.astimezone(ZoneInfo(zone)).date()
    spans = _spans(windows, zone, (today - DAY, today))
    return max((end for start, end in spans if start <= at < end), default=None)


def next_opening(windows: tuple[Window, ...], zone: str, at: datetime) -> datetime | None:
    """When a window next opens after that moment; None where none ever does."""
    today = at.astimezone(ZoneInfo(zone)).date()
    days = [today + n * DAY for n in range(-1, DAYS_AHEAD)]
    return min((start for start, _ in _spans(windows, zone, days) if start > at), default=None)


def _spans(windows: tuple[Window, ...], zone: str, days: Iterable[date]) -> Iterator[tuple[datetime, datetime]]:
    """The windows that begin on these days; one that is empty where clocks change is left out."""
    for day in days:
        for window in windows:
            if window.days and WEEKDAYS[day.weekday()] not in window.days:
                continue
            last = day if window.end_time > window.start_time else day + DAY
            start, end = _moment(day, window.start_time, zone), _moment(last, window.end_time, zone)
            if start < end:
                yield start, end


def _moment(day: date, clock: str, zone: str) -> datetime:
    """A local time as a moment; where clocks change, a time that occurs twice is its first, one that does not occur is later."""
    hour, minute = clock.split(":")
    local = datetime.combine(day, time(int(hour), int(minute)), tzinfo=ZoneInfo(zone))
    return local.astimezone(UTC)

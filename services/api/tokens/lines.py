"""Lines: places and hours of a token as people write them in a form, one a line. PURE."""

import re

from schemas.localtimes import DayOfWeek
from schemas.tokens import TokenHours, TokenPlace
from services.api.web.problems import invalid

DAYS: dict[str, DayOfWeek] = {
    "mo": "MONDAY",
    "tu": "TUESDAY",
    "we": "WEDNESDAY",
    "th": "THURSDAY",
    "fr": "FRIDAY",
    "sa": "SATURDAY",
    "su": "SUNDAY",
}
SHORT = {day: name.capitalize() for name, day in DAYS.items()}

_STATION = re.compile(r"station\s+(\S+)(?:\s+evses?\s+([0-9 ,]+))?$", re.IGNORECASE)
_SITE = re.compile(r"site\s+(.+)$", re.IGNORECASE)
_HOURS = re.compile(r"(?:([A-Za-z ,]+?)\s+)?([0-9:]{5})\s*-\s*([0-9:]{5})$")


def places_of(text: str) -> tuple[TokenPlace, ...]:
    """Places, one a line: `site NAME`, `station ID`, or `station ID evses 1, 2`. Raises Problem."""
    return tuple(_place(line.strip()) for line in text.splitlines() if line.strip())


def _place(line: str) -> TokenPlace:
    if (found := _STATION.match(line)) is not None:
        numbers = re.findall("[0-9]{1,4}", found[2] or "")
        return TokenPlace(station=found[1], evses=tuple(int(each) for each in numbers if int(each)))
    if (found := _SITE.match(line)) is not None:
        return TokenPlace(site=found[1].strip())
    raise invalid("places", f"write `site NAME`, `station ID` or `station ID evses 1, 2` a line; {line!r} is none")


def place_lines(places: tuple[TokenPlace, ...]) -> str:
    """Places as lines that `places_of` reads."""
    return "\n".join(_place_line(place) for place in places)


def _place_line(place: TokenPlace) -> str:
    if place.site:
        return f"site {place.site}"
    evses = f" evses {', '.join(map(str, place.evses))}" if place.evses else ""
    return f"station {place.station}{evses}"


def hours_of(text: str) -> tuple[TokenHours, ...]:
    """Hours, one a line: `08:00-18:00`, or `Mo, Tu 08:00-18:00`. Raises Problem."""
    return tuple(_hours(line.strip()) for line in text.splitlines() if line.strip())


def _hours(line: str) -> TokenHours:
    found = _HOURS.match(line)
    names = re.findall("[A-Za-z]+", found[1] or "") if found is not None else []
    days = [DAYS.get(name[:2].casefold()) for name in names]
    if found is None or None in days:
        raise invalid("hours", f"write `08:00-18:00` or `Mo, Tu 08:00-18:00` a line; {line!r} is none")
    return TokenHours(day_of_week=tuple(day for day in days if day is not None), start_time=found[2], end_time=found[3])


def hour_lines(hours: tuple[TokenHours, ...]) -> str:
    """Hours as lines that `hours_of` reads."""
    return "\n".join(
        " ".join(
            filter(None, (", ".join(SHORT[day] for day in each.day_of_week), f"{each.start_time}-{each.end_time}"))
        )
        for each in hours
    )

"""Matching: whether what came has what a script expects of it; and the names that a script gives to values."""

import datetime as dt
import re
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

ANY, ABSENT, CONTAINS = "<any>", "<absent>", "<contains>"
"""Expected instead of a value: it is there, whatever it is; it is not there. As the first of a list: each of the rest is in it."""

_NAME = re.compile(r"\$(\w+)(?:([+-])(\d+))?")


def mismatches(expected: Any, got: Any, where: str = "") -> Iterator[str]:
    """What is not as expected, a sentence each. Members that nothing is expected of may be anything."""
    match expected:
        case str() if expected == ANY:
            return
        case str() if isinstance(got, str) and _same_number(expected, got):
            return
        case str() if "|" in expected and isinstance(got, str):
            if got not in expected.split("|"):
                yield f"{where or 'it'} is {got!r}, not one of {expected}"
        case dict():
            yield from _members(expected, got, where)
        case [str() as first, *rest] if first == CONTAINS:
            for each in rest:
                if not any(not list(mismatches(each, one)) for one in got or ()):
                    yield f"{where or 'it'} has no {each!r}: {got!r}"
        case list():
            if not isinstance(got, list) or len(got) != len(expected):
                yield f"{where or 'it'} is {got!r}, not {expected!r}"
                return
            for number, (each, one) in enumerate(zip(expected, got, strict=True)):
                yield from mismatches(each, one, f"{where}[{number}]")
        case _:
            if expected != got or isinstance(expected, bool) != isinstance(got, bool):
                yield f"{where or 'it'} is {got!r}, not {expected!r}"


def _same_number(one: str, other: str) -> bool:
    """Whether both are the same quantity: `1500` and `1500.0000`."""
    try:
        return Decimal(one) == Decimal(other)
    except InvalidOperation:
        return False


def _members(expected: Mapping[str, Any], got: Any, where: str) -> Iterator[str]:
    if not isinstance(got, dict):
        yield f"{where or 'it'} is {got!r}, not {expected!r}"
        return
    for name, value in expected.items():
        place = f"{where}.{name}" if where else name
        if value == ABSENT:
            if got.get(name) not in (None, ""):
                yield f"{place} is {got[name]!r}, and should not be there"
        elif name not in got:
            yield f"{place} is missing: {got!r}"
        else:
            yield from mismatches(value, got[name], place)


def at_path(value: Any, path: str) -> Any:
    """The value at a path such as `message.items.0.id`. Raises KeyError, IndexError."""
    for part in path.split("."):
        value = value[int(part)] if isinstance(value, list) else value[part]
    return value


class Names:
    """The values that a script knows by name: `$token`. `$now+60` is a moment, `$seq` counts, `$new` is another text each time."""

    def __init__(self, known: Mapping[str, Any], *, now: Callable[[], dt.datetime], new: Callable[[], str]) -> None:
        self.known = dict(known)
        self._now = now
        self._new = new
        self._seq = -1

    def filled(self, value: Any) -> Any:
        """The same with each name replaced by its value. Raises KeyError for an unknown name."""
        match value:
            case dict():
                return {name: self.filled(each) for name, each in value.items()}
            case list():
                return [self.filled(each) for each in value]
            case str() if value.startswith("=$"):
                return str(self.filled(value[1:]))
            case str():
                whole = _NAME.fullmatch(value)
                return self._value(whole) if whole else _NAME.sub(lambda found: str(self._value(found)), value)
        return value

    def _value(self, found: re.Match[str]) -> Any:
        name, sign, seconds = found.groups()
        if name == "now":
            moment = self._now() + dt.timedelta(seconds=int(f"{sign or '+'}{seconds or 0}"))
            return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
        if name == "seq":
            self._seq += 1
            return self._seq
        if name == "new":
            self._seq = -1
            return self._new()
        return self.known[name]

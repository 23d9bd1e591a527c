"""Leftovers: the members of a payload that its record does not carry, so that they can be kept in `further`. PURE.

Members are named by their path without list indices: `meterValue.sampledValue.unit`.
"""

from collections.abc import Iterator, Set
from functools import cache
from typing import Any

from schemas.base import OcppVersion
from schemas.wire.files import Schema, schema


def leftovers(value: dict[str, Any], carried: frozenset[str]) -> dict[str, Any]:
    """The members of a payload (as `loose.read` gives it) that are not carried, by their path: `meterValue[0].customData`.

    A value in the place of an object that is carried in part is left over too.
    """
    return dict(_left(value, ("", ""), carried, _above(carried)))


def uncarried(version: OcppVersion, action: str, carried: frozenset[str]) -> tuple[bytes, ...]:
    """The members that are not carried, as they appear in a payload (`"customData"`): a payload without any of them has no leftovers."""
    root = schema(version, action, "request")
    names = _topmost(root, "", root, carried, _above(carried))
    return tuple(f'"{name}"'.encode() for name in dict.fromkeys(names))


@cache
def _above(carried: frozenset[str]) -> frozenset[str]:
    """Every path above a carried one, including the payload itself."""
    places = {""}
    for place in carried:
        while "." in place:
            place = place.rpartition(".")[0]  # noqa: PLW2901 climbs
            places.add(place)
    return frozenset(places)


def _left(value: Any, at: tuple[str, str], carried: Set[str], above: Set[str]) -> Iterator[tuple[str, Any]]:
    """The leftovers of a value at a path."""
    place, path = at
    if place in carried:
        return
    if isinstance(value, list) and place in above:
        for index, item in enumerate(value):
            yield from _left(item, (place, f"{path}[{index}]"), carried, above)
    elif isinstance(value, dict) and place in above:
        for name, member in value.items():
            inner = (f"{place}.{name}", f"{path}.{name}") if place else (name, name)
            yield from _left(member, inner, carried, above)
    else:
        yield path, value


def _topmost(rule: Schema, place: str, root: Schema, carried: Set[str], above: Set[str]) -> Iterator[str]:
    rule = root["definitions"][rule["$ref"].rpartition("/")[2]] if "$ref" in rule else rule
    if rule.get("type") == "array":
        yield from _topmost(rule["items"], place, root, carried, above)
    for name, member in rule.get("properties", {}).items():
        at = f"{place}.{name}" if place else name
        if at in above:
            yield from _topmost(member, at, root, carried, above)
        elif at not in carried:
            yield name

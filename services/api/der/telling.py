"""Telling: the setting of a DER control in words, a line for each thing that it says. PURE."""

from collections.abc import Iterator
from typing import Any

import msgspec

from schemas.command import fields_of, schema_of
from schemas.dersettings import CurvePoint, DERSettings

Told = tuple[str, Any]
"""A label and its value; moments are left for the page to write."""


def told(settings: DERSettings) -> list[Told]:
    """What the setting of a control says, by the labels of its form."""
    return [line for setting in settings.given.values() for line in _members(setting)]


def _members(struct: msgspec.Struct) -> Iterator[Told]:
    for member in fields_of(type(struct)):
        label, value = schema_of(member).get("title", member.name), getattr(struct, member.name)
        if isinstance(value, msgspec.Struct):
            yield from ((f"{label}: {name}", each) for name, each in _members(value))
        elif value is not None and value != ():
            yield label, _text(value)


def _text(value: Any) -> Any:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        return ", ".join(_point(each) for each in value)
    return value


def _point(point: CurvePoint) -> str:
    return f"{point.x:f} \N{RIGHTWARDS ARROW} {point.y:f}"

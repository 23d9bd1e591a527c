"""Grammar: how types of a schema become events of EXI, and events become bits (EXI 1.0, 8.5.4, not strict, default options). PURE.

Only what messages about contract certificates need: sequences of elements that may be optional, repeated or alternatives; attributes;
values. What else a schema allows (wildcards, mixed content, `xsi:type`) has its number among the events and is refused where it occurs.
"""

from collections.abc import Mapping
from typing import Any, Literal, NamedTuple

import msgspec

from services.iso15118.exi.bits import Reader, Unreadable, Writer

Kind = Literal["text", "octets", "unsigned", "integer", "number"]

UNBOUNDED = 0
END, CHARACTERS, ANYTHING = "</>", "value", "*"
"""Events that are no member: the end of an element, its text, and an element of any name."""


class Simple(msgspec.Struct, frozen=True):
    """A value. `number` is one of `bits` bits: of an enumeration, by its place in the schema, or of a small range."""

    kind: Kind
    bits: int = 0


class Attribute(NamedTuple):
    """An attribute, which is a text."""

    name: str
    is_required: bool = True


class Part(NamedTuple):
    """A place in a sequence: one of these elements, so many times."""

    options: Mapping[str, "Type"]
    least: int = 1
    most: int = 1


class Complex(msgspec.Struct, frozen=True):
    """A type with members. `content`: the value of an element that has a text. `is_mixed`: texts may stand between its elements."""

    parts: tuple[Part, ...] = ()
    attributes: tuple[Attribute, ...] = ()
    content: Simple | None = None
    is_mixed: bool = False


Type = Simple | Complex

TEXT, OCTETS, UNSIGNED, INTEGER = Simple("text"), Simple("octets"), Simple("unsigned"), Simple("integer")


class _Place(NamedTuple):
    """Where one is in an element: how many attributes are past, at which part, and how often it was there; `ended`: past its text."""

    attribute: int = 0
    part: int = 0
    times: int = 0
    ended: bool = False


def _events(kind: Type, place: _Place) -> list[tuple[str, _Place]]:
    """What may come at a place, in the order of its numbers, and where one is then."""
    if isinstance(kind, Simple):
        return [(END, place)] if place.ended else [(CHARACTERS, _Place(ended=True))]
    found: list[tuple[str, _Place]] = []
    if not place.part and not place.times and not place.ended:
        for number, attribute in enumerate(kind.attributes[place.attribute :], place.attribute + 1):
            found.append((f"@{attribute.name}", _Place(number)))
            if attribute.is_required:
                return found
    if kind.content is not None:
        found.append((END, place) if place.ended else (CHARACTERS, _Place(ended=True)))
        return found
    past = len(kind.attributes)
    times = place.times
    for number, part in enumerate(kind.parts[place.part :], place.part):
        if part.most == UNBOUNDED or times < part.most:
            found += [(name, _Place(past, number, times + 1)) for name in part.options]
        if times < part.least:
            return found
        times = 0
    found.append((END, place))
    if kind.is_mixed:
        found.append((CHARACTERS, place))
    return found


def write(out: Writer, kind: Type, value: Any) -> None:
    """An element's content and end. A value is a text, bytes or a number; of a Complex its members by name, attributes with `@`."""
    members = {CHARACTERS: value} if isinstance(kind, Simple) else value
    given: dict[str, list[Any]] = {name: each if isinstance(each, list) else [each] for name, each in members.items()}
    written = dict.fromkeys(given, 0)
    place = _Place()
    while True:
        events = _events(kind, place)
        number, (name, place) = next(
            (number, event) for number, event in enumerate(events) if _is_next(event[0], given, written)
        )
        out.number(
            number, len(events).bit_length()
        )  # one number more than there are events leads to those of the second level
        if name == END:
            return
        one = given[name][written[name]]
        written[name] += 1
        if name == CHARACTERS:
            _write_value(out, _content(kind), one)
        elif name.startswith("@"):
            out.text(one)
        else:
            write(out, _type_of(kind, name), one)


def _is_next(name: str, given: Mapping[str, list[Any]], written: Mapping[str, int]) -> bool:
    return name == END or written.get(name, 0) < len(given.get(name, ()))


def read(source: Reader, kind: Type) -> Any:
    """An element's content up to its end, as `write` takes it; what may be repeated is a list. Raises Unreadable."""
    members: dict[str, Any] = {}
    place = _Place()
    while True:
        events = _events(kind, place)
        number = source.number(len(events).bit_length())
        if (
            number >= len(events)
            or events[number][0] == ANYTHING
            or (events[number][0] == CHARACTERS and _is_open(kind))
        ):
            raise Unreadable(f"Something else comes than {', '.join(name for name, _ in events)}.")
        name, place = events[number]
        if name == END:
            return members[CHARACTERS] if isinstance(kind, Simple) else members
        if name == CHARACTERS:
            members[name] = _read_value(source, _content(kind))
        elif name.startswith("@"):
            members[name] = source.text()
        elif _part_of(kind, name).most == 1:
            members[name] = read(source, _type_of(kind, name))
        else:
            members.setdefault(name, []).append(read(source, _type_of(kind, name)))


def _is_open(kind: Type) -> bool:
    return isinstance(kind, Complex) and kind.content is None


def _content(kind: Type) -> Simple:
    if isinstance(kind, Simple):
        return kind
    assert kind.content is not None, "it has a text"
    return kind.content


def _part_of(kind: Type, name: str) -> Part:
    assert isinstance(kind, Complex), "a value has no members"
    return next(part for part in kind.parts if name in part.options)


def _type_of(kind: Type, name: str) -> Type:
    return _part_of(kind, name).options[name]


def _write_value(out: Writer, kind: Simple, value: Any) -> None:
    match kind.kind:
        case "text":
            out.text(value)
        case "octets":
            out.octets(value)
        case "unsigned":
            out.unsigned(value)
        case "integer":
            out.number(int(value < 0), 1)
            out.unsigned(-value - 1 if value < 0 else value)
        case "number":
            out.number(value, kind.bits)


def _read_value(source: Reader, kind: Simple) -> Any:
    match kind.kind:
        case "text":
            return source.text()
        case "octets":
            return source.octets()
        case "unsigned":
            return source.unsigned()
        case "integer":
            below_zero = source.number(1)
            value = source.unsigned()
            return -value - 1 if below_zero else value
    return source.number(kind.bits)

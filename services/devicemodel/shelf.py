"""Shelf: the variables of a station by their keys, how they are packed in its state, and what newer words change of them. PURE.

A station has hundreds of variables, and few of its records touch one: they are kept deflated.
Whatever order words come in, the newest counts: of each value, of what a report says of an attribute, of the characteristics.
"""

import zlib
from collections.abc import Mapping
from datetime import datetime

import msgspec
from msgspec.structs import replace

from schemas.base import Poison
from schemas.chargingschedules import units_in
from schemas.devicemodel import (
    LIMITING,
    NETWORK_PRIORITY,
    RATE_UNITS,
    SUPPORTED_LIMITS,
    Attribute,
    Characteristics,
    Source,
    VariableName,
)
from schemas.limits import StationLimits
from schemas.states.devicemodel import KnownAttribute, KnownVariable
from schemas.transactionlimits import LIMIT_NAMES

LEVEL = 3
"""Of deflate: packing costs more than unpacking, and higher levels gain little."""

VARIABLES_AT_MOST, BYTES_AT_MOST = 4_000, 200_000
"""Of one station, and of its packed shelf; a record that would add more is put aside (dead-lettered) with the reason."""

NUMBER_DIGITS = 9

Shelf = dict[str, KnownVariable]
"""Variables by their keys in small letters: names are compared without case."""


class Word(msgspec.Struct, frozen=True, kw_only=True):
    """Something that was told of a variable at a time: the value of an attribute, and perhaps more.

    `traits`: the attribute's mutability and what goes with it is told too. `characteristics` are None where they are not told.
    """

    name: VariableName
    attribute: Attribute | None = None
    traits: bool = False
    characteristics: Characteristics | None = None
    source: Source
    at: datetime


_decode = msgspec.json.Decoder(list[KnownVariable]).decode
_encode = msgspec.json.Encoder().encode


def unpacked(shelf: bytes) -> Shelf:
    """The variables of a packed shelf."""
    if not shelf:
        return {}
    return {one.name.key.casefold(): one for one in _decode(zlib.decompress(shelf))}


def packed(shelf: Mapping[str, KnownVariable]) -> bytes:
    """The shelf as it is kept, the same for the same variables. Raises Poison where it is too large."""
    if not shelf:
        return b""
    if len(shelf) > VARIABLES_AT_MOST:
        raise Poison(f"a station has {VARIABLES_AT_MOST} variables at most here: this names more")
    kept = zlib.compress(_encode([shelf[key] for key in sorted(shelf)]), LEVEL)
    if len(kept) > BYTES_AT_MOST:
        raise Poison(f"the variables of the station are more than {BYTES_AT_MOST} bytes, packed")
    return kept


def told(known: KnownVariable | None, word: Word) -> KnownVariable:
    """The variable after a word on it, which may be older than what is known."""
    if known is None:
        known = KnownVariable(name=word.name, seen_at=word.at)
    attributes = {one.type: one for one in known.attributes}
    if (said := word.attribute) is not None:
        attributes[said.type] = _attribute(attributes.get(said.type), said, word)
    newest = known.characteristics_at
    characteristics, at = known.characteristics, newest
    if word.characteristics is not None and (
        newest is None or _newer(word.at, word.characteristics, newest, characteristics)
    ):
        characteristics, at = word.characteristics, word.at
    return replace(
        known,
        attributes=tuple(attributes[type] for type in sorted(attributes)),
        characteristics=characteristics,
        characteristics_at=at,
        seen_at=max(known.seen_at, word.at),
    )


def _attribute(known: KnownAttribute | None, said: Attribute, word: Word) -> KnownAttribute:
    if known is None:
        known = KnownAttribute(type=said.type, value=said.value, source=word.source, value_at=word.at)
    elif _newer(word.at, (said.value, word.source), known.value_at, (known.value, known.source)):
        known = replace(known, value=said.value, source=word.source, value_at=word.at)
    if not word.traits:
        return known
    traits = (said.mutability, said.persistent, said.constant)
    before = (known.mutability, known.persistent, known.constant)
    if known.traits_at is not None and not _newer(word.at, traits, known.traits_at, before):
        return known
    return replace(
        known, mutability=said.mutability, persistent=said.persistent, constant=said.constant, traits_at=word.at
    )


def since(known: KnownVariable, at: datetime) -> KnownVariable | None:
    """What was told of a variable at that time or later; None where nothing was."""
    if known.seen_at < at:
        return None
    attributes = (
        one if one.traits_at is None or one.traits_at >= at else _without_traits(one)
        for one in known.attributes
        if one.value_at >= at
    )
    fresh = known.characteristics_at is not None and known.characteristics_at >= at
    return replace(
        known,
        attributes=tuple(attributes),
        characteristics=known.characteristics if fresh else None,
        characteristics_at=known.characteristics_at if fresh else None,
    )


def _without_traits(known: KnownAttribute) -> KnownAttribute:
    return replace(known, mutability="", persistent=None, constant=None, traits_at=None)


def _newer(at: datetime, said: object, known_at: datetime, known: object) -> bool:
    """Whether a word counts: it is the newer one; of two of one time it is the same one whichever comes first."""
    return at > known_at or (at == known_at and _encode(said) > _encode(known))


def limits_of(shelf: Mapping[str, KnownVariable]) -> StationLimits:
    """What the station takes in one message, as its variables tell."""
    found: dict[str, int] = {}
    for key, member in LIMITING.items():
        number = _number(_actual(shelf.get(key)))
        if number is not None and (number > 0 or member == "security_profile"):
            found[member] = number
    priority = shelf.get(NETWORK_PRIORITY)
    listed = priority.characteristics.values_list if priority is not None and priority.characteristics else ""
    slots = [number for each in listed.split(",") if (number := _number(each.strip())) is not None]
    supported = {word.strip().casefold() for word in (_actual(shelf.get(SUPPORTED_LIMITS)) or "").split(",")}
    return StationLimits(
        **found,
        network_slots=tuple(slots),
        transaction_limits=tuple(kind for kind, names in LIMIT_NAMES.items() if supported & names),
        rate_units=units_in(*(_actual(shelf.get(key)) for key in RATE_UNITS)),
    )


def _actual(variable: KnownVariable | None) -> str | None:
    if variable is None:
        return None
    return next((one.value for one in variable.attributes if one.type == "Actual"), None)


def _number(text: str | None) -> int | None:
    good = text is not None and text.isascii() and text.isdigit() and len(text) <= NUMBER_DIGITS
    return int(text) if good and text is not None else None

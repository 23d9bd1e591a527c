"""Alike: commands whose members are those of the wire in snake case need no function of their own."""

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from typing import Any

import msgspec

from gateway.ocpp.rows import Draft, Spell, exact
from gateway.ocpp.spelling.moments import rfc3339
from schemas.command import StationCommand


def alike(action: str) -> Spell:
    """Spell a command member by member, in the order of its struct: `evse_id` is `evseId`, nested structs and lists likewise.

    Times are RFC 3339, decimals are JSON numbers with every digit. A member that is None, "" or () is left out. Whether the result
    is valid is checked by the schema of the action, as it is for every command.
    """

    def spell(command: StationCommand, _: str) -> Draft:
        return Draft(action, members(command))

    return spell


def members(struct: msgspec.Struct) -> Mapping[str, Any]:
    """The members of a struct as they are spelled on the wire, in its order; absent and empty ones left out."""
    given = ((name, getattr(struct, name)) for name in struct.__struct_fields__)
    return {camel(name): _value(value) for name, value in given if value is not None and value not in ("", ())}


def _value(value: Any) -> Any:
    match value:
        case msgspec.Struct():
            return members(value)
        case tuple():
            return [_value(each) for each in value]
        case Decimal():
            return exact(value)
        case dt.datetime():
            return rfc3339(value)
    return value


@cache
def camel(name: str) -> str:
    """A member as OCPP writes it: `evse_id` is `evseId`."""
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)

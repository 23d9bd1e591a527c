"""Asked: what callers send as commands, turned into the schemas' commands; whatever is wrong is named by its field. PURE."""

from types import UnionType
from typing import Any, cast, get_args

import msgspec
from msgspec import inspect

from schemas.base import OcppVersion
from schemas.commands import Command, RawCall
from schemas.wire import sendable, verdict
from services.api.problems import FieldError, Problem, field_error, invalid, invalid_fields

assert isinstance(Command, UnionType)

CANONICAL: dict[str, type[msgspec.Struct]] = {
    str(struct.__struct_config__.tag): struct for struct in get_args(Command) if struct is not RawCall
}
"""The canonical commands by the name callers use."""

LARGEST_PAYLOAD_BYTES = 524_288

_NO_TAG = "may not be given here: `command` names it"


def canonical(name: str, arguments: dict[str, Any]) -> Command:
    """The command of that name with these arguments. Raises Problem naming each field that cannot be used."""
    struct = CANONICAL.get(name)
    if struct is None:
        raise invalid("command", f"unknown; commands are {', '.join(sorted(CANONICAL))}")
    if "command" in arguments:
        raise invalid("arguments.command", _NO_TAG)
    if unknown := list(_unknown(arguments, inspect.type_info(struct), "arguments")):
        raise invalid_fields(unknown)
    try:
        return cast(Command, msgspec.json.decode(_fitting(arguments, "arguments"), type=struct))
    except msgspec.ValidationError as error:
        raise invalid_fields([field_error(str(error), within="arguments")]) from error


def _fitting(value: dict[str, Any], field: str) -> bytes:
    """The value as JSON, small enough for a station's frame and for Kafka."""
    text = msgspec.json.encode(value)
    if len(text) > LARGEST_PAYLOAD_BYTES:
        raise invalid(field, f"{len(text)} bytes as JSON, {LARGEST_PAYLOAD_BYTES} at most")
    return text


def _unknown(value: Any, kind: inspect.Type, path: str) -> list[FieldError]:
    """Members that the type does not have, which it would ignore: a mistyped argument must not be lost in silence."""
    match kind, value:
        case inspect.Metadata(type=inner), _:
            return _unknown(value, inner, path)
        case inspect.StructType(fields=fields), dict():
            known = {field.encode_name: field.type for field in fields}
            found = [
                FieldError(field=f"{path}.{name}", detail=f"unknown; members are {', '.join(known) or 'none'}")
                for name in value
                if name not in known
            ]
            for name, inner in known.items():
                found += _unknown(value.get(name), inner, f"{path}.{name}")
            return found
        case inspect.VarTupleType(item_type=item), list():
            return [error for n, each in enumerate(value) for error in _unknown(each, item, f"{path}[{n}]")]
    return []


def raw(version: OcppVersion | None, action: str, payload: dict[str, Any], *, field: str = "payload") -> RawCall:
    """Any action of the station's own version, validated before it leaves. Raises Problem naming the field.

    `field`: where the request has the payload.
    """
    if version is None:
        raise Problem(409, "The station has never connected, so its OCPP version is not known yet.")
    actions = sendable(version)
    if action not in actions:
        raise invalid("action", f"a CSMS cannot send it in OCPP {version}; it can send {', '.join(sorted(actions))}")
    text = _fitting(payload, field)
    violation = verdict(version, action, "request", text)
    if violation is not None:
        path = ".".join(part for part in (field, violation.path) if part)
        raise invalid_fields([FieldError(field=path, detail=violation.description)])
    return RawCall(action=action, payload=msgspec.Raw(text))

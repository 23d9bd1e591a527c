"""Parsing: the JSON that callers send as a command becomes the command's struct; a fault is reported with its field. PURE."""

from types import UnionType
from typing import Any, cast, get_args

import msgspec
from msgspec import inspect

from schemas.base import OcppVersion
from schemas.command import StationCommand
from schemas.commands import Command, RawCall
from schemas.credentials import hash_password
from schemas.firmware import LONGEST_LOCATION, Firmware
from schemas.sealing import Seal, Unopenable, seal_command, seal_text
from schemas.secrets import secret_of
from schemas.wire import sendable, verdict
from services.api.web.problems import FieldError, Problem, field_error, invalid, invalid_fields

assert isinstance(Command, UnionType)

CANONICAL: dict[str, type[StationCommand]] = {
    str(struct.__struct_config__.tag): struct for struct in get_args(Command) if struct is not RawCall
}
"""The canonical commands by the name callers use."""

VERSIONS: tuple[OcppVersion, ...] = get_args(OcppVersion)

NO_KEY = (
    "The command has a password or a key in it, and this deployment has no key to send it safely: set secrets_key_file."
)

LARGEST_PAYLOAD_BYTES = 524_288
DEEPEST_PAYLOAD = 64

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
        command = msgspec.json.decode(_fitting(arguments, "arguments"), type=struct)
    except msgspec.ValidationError as error:
        raise invalid_fields([field_error(str(error), within="arguments")]) from error
    if faults := [FieldError(field=f"arguments.{each.member}", detail=each.detail) for each in command.faults()]:
        raise invalid_fields(faults)
    return cast(Command, command)


def _require_shallow(value: dict[str, Any], field: str) -> None:
    level: list[Any] = [value]
    for _ in range(DEEPEST_PAYLOAD):
        inner = [each.values() if isinstance(each, dict) else each for each in level if isinstance(each, dict | list)]
        level = [item for items in inner for item in items]
        if not level:
            return
    raise invalid(field, f"nested deeper than {DEEPEST_PAYLOAD} levels")


def _fitting(value: dict[str, Any], field: str) -> bytes:
    """The value as JSON, small enough for a station's frame and for Kafka, and shallow enough for whoever reads it."""
    _require_shallow(value, field)
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
            types = {field.encode_name: field.type for field in fields}
            found = [
                FieldError(field=f"{path}.{name}", detail=f"unknown; members are {', '.join(types) or 'none'}")
                for name in value
                if name not in types
            ]
            for name, inner in types.items():
                found += _unknown(value.get(name), inner, f"{path}.{name}")
            return found
        case inspect.UnionType(types=types), dict():
            (*structs,) = (each for each in types if isinstance(each, inspect.StructType))
            return _unknown(value, structs[0], path) if len(structs) == 1 else []
        case inspect.VarTupleType(item_type=item), list():
            return [error for n, each in enumerate(value) for error in _unknown(each, item, f"{path}[{n}]")]
    return []


class Travelling(msgspec.Struct, frozen=True):
    """A command as it may be published. `credential_hash`: how the password may be kept that it gives its station to come in with."""

    command: Command
    credential_hash: str = ""


def travelling(command: Command, seal: Seal, *, salt: bytes) -> Travelling:
    """The command with its passwords and keys sealed. Raises Problem where that cannot be done."""
    # The station's version may not be known yet; no setting is a password in one version and something else in another.
    change = secret_of(command, "1.6") or secret_of(command, "2.1")
    password_hash = hash_password(change.value, salt) if change is not None and change.value else ""
    try:
        return Travelling(seal_command(command, seal), password_hash)
    except Unopenable as error:
        raise Problem(409, NO_KEY) from error
    except msgspec.ValidationError as error:
        raise invalid("arguments", "a password or a key in it is too long") from error
    except RecursionError as error:
        raise invalid("arguments", "nested too deeply") from error


def travelling_firmware(firmware: Firmware, seal: Seal) -> Firmware:
    """The firmware as it may be published: its location sealed where that has a password in it. Raises Problem."""
    try:
        location = seal_text(firmware.location, seal)
    except Unopenable as error:
        raise Problem(409, NO_KEY) from error
    if len(location) > LONGEST_LOCATION:
        raise invalid("firmware.location", "too long for an address with a password in it")
    return msgspec.structs.replace(firmware, location=location)


def raw(version: OcppVersion | None, action: str, payload: dict[str, Any], *, field: str = "payload") -> RawCall:
    """Any action of the station's own version, validated before it leaves. Raises Problem naming the field.

    A version that is not known yet leaves that to the gateway, which knows it when the station has connected.
    `field`: where the request has the payload.
    """
    actions = frozenset().union(*map(sendable, VERSIONS)) if version is None else sendable(version)
    if action not in actions:
        named = "any version" if version is None else version
        raise invalid("action", f"a CSMS cannot send it in OCPP {named}; it can send {', '.join(sorted(actions))}")
    text = _fitting(payload, field)
    violation = None if version is None else verdict(version, action, "request", text)
    if violation is not None:
        path = ".".join(part for part in (field, violation.path) if part)
        raise invalid_fields([FieldError(field=path, detail=violation.description)])
    return RawCall(action=action, payload=msgspec.Raw(text))

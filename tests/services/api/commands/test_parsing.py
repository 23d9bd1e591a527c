"""Parsing: what a caller may send as a command, and what it is told where that cannot be used."""

import base64
from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from schemas.commands import RawCall
from schemas.configuration import SetConfiguration
from schemas.firmware import Firmware
from schemas.sealing import NO_KEY, Seal
from schemas.stationcommands import Reset
from schemas.transactions import RemoteStop
from services.api.commands.parsing import (
    CANONICAL,
    DEEPEST_PAYLOAD,
    LARGEST_PAYLOAD_BYTES,
    canonical,
    raw,
    travelling,
    travelling_firmware,
)
from services.api.web.problems import Problem

SEAL = Seal(base64.b64decode(base64.b64encode(b"k" * 64)))
PASSWORD = {"settings": [{"key": "AuthorizationKey", "value": "a-long-password-of-tests"}]}


def refused(call: Callable[[], Any]) -> list[str]:
    """The fields for which a call is refused."""
    with pytest.raises(Problem) as problem:
        call()
    return [error.field for error in problem.value.errors]


def nested(levels: int) -> dict[str, Any]:
    value: dict[str, Any] = {}
    for _ in range(levels):
        value = {"a": value}
    return value


def test_a_command_is_what_its_name_and_its_arguments_say() -> None:
    assert canonical("RemoteStop", {"transaction_id": "77"}) == RemoteStop(transaction_id="77")
    assert canonical("Reset", {}) == Reset()
    assert "RawCall" not in CANONICAL


@pytest.mark.parametrize(
    ("name", "arguments", "fields"),
    [
        ("Explode", {}, ["command"]),
        ("Reset", {"command": "Reset"}, ["arguments.command"]),
        ("RemoteStop", {"transactionId": "77"}, ["arguments.transactionId"]),
        ("RemoteStop", {}, ["arguments.transaction_id"]),
        ("SetConfiguration", {"settings": [{"key": "A", "value": "1", "vaule": "2"}]}, ["arguments.settings[0].vaule"]),
        ("Reset", {"type": nested(DEEPEST_PAYLOAD + 1)}, ["arguments"]),
    ],
)
def test_a_fault_is_reported_with_its_field(name: str, arguments: dict[str, Any], fields: list[str]) -> None:
    assert refused(lambda: canonical(name, arguments)) == fields


def test_a_password_travels_sealed_and_its_hash_for_the_gateway_beside_it() -> None:
    sent = travelling(canonical("SetConfiguration", PASSWORD), SEAL, salt=b"s" * 16)

    assert isinstance(sent.command, SetConfiguration)
    assert "a-long-password-of-tests" not in msgspec.json.encode(sent.command).decode()
    assert sent.credential_hash != ""
    assert travelling(Reset(), NO_KEY, salt=b"s" * 16).credential_hash == ""


def test_without_a_key_nothing_that_is_secret_leaves() -> None:
    with pytest.raises(Problem, match="secrets_key_file"):
        travelling(canonical("SetConfiguration", PASSWORD), NO_KEY, salt=b"s" * 16)
    with pytest.raises(Problem, match="secrets_key_file"):
        travelling_firmware(Firmware(version="1", location="ftp://user:password@files.example/fw.bin"), NO_KEY)


def test_an_address_of_firmware_is_sealed_where_it_has_a_password() -> None:
    secret = Firmware(version="1", location="ftp://user:password@files.example/fw.bin")
    public = Firmware(version="1", location="https://files.example/fw.bin")

    assert "password" not in travelling_firmware(secret, SEAL).location
    assert travelling_firmware(public, NO_KEY) == public


def test_any_action_of_the_stations_version_can_be_sent_as_it_is_and_is_checked_before() -> None:
    call = raw("1.6", "Reset", {"type": "Soft"})

    assert isinstance(call, RawCall)
    assert (call.action, bytes(call.payload)) == ("Reset", b'{"type":"Soft"}')
    assert refused(lambda: raw("1.6", "Reset", {"type": "Sideways"})) == ["payload.type"]
    assert refused(lambda: raw("1.6", "SetVariables", {})) == ["action"]
    assert refused(lambda: raw("1.6", "Reset", {"type": "x" * LARGEST_PAYLOAD_BYTES})) == ["payload"]


def test_for_a_version_that_nobody_knows_yet_the_gateway_checks() -> None:
    assert raw(None, "SetVariables", {"anything": 1}).action == "SetVariables"
    assert refused(lambda: raw(None, "NoSuchAction", {})) == ["action"]

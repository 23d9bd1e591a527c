"""Secrets: found by the names of members and settings, masked wherever they stand, sealed on their way."""

import datetime as dt
import json
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.base import OcppVersion
from schemas.commands import Command, RawCall
from schemas.configuration import GetConfiguration, SetConfiguration, Setting, SettingName
from schemas.datatransfer import DataTransfer
from schemas.firmware import UpdateFirmware
from schemas.sealing import BadKey, Seal, Unopenable, key_of, open_command, seal_command
from schemas.secrets import is_secret, mask_command, mask_in, mask_json, mask_text, secret_of, secrets_in

CANARY = "canary-7f3a9"
SEAL = Seal(bytes(range(64)))


def raw(action: str, payload: Any) -> RawCall:
    return RawCall(action=action, payload=msgspec.Raw(msgspec.json.encode(payload)))


def put(**setting: Any) -> SetConfiguration:
    return SetConfiguration(settings=(Setting(**setting),))


def variable(name: str, component: str = "SecurityCtrlr", **more: Any) -> dict[str, Any]:
    return {"component": {"name": component}, "variable": {"name": name}, **more}


PROFILE = {
    "configurationSlot": 1,
    "connectionData": {
        "ocppCsmsUrl": f"wss://user:{CANARY}@csms.example.com",
        "basicAuthPassword": CANARY,
        "apn": {"apn": "internet", "apnPassword": CANARY, "simPin": 4711},
        "vpn": {"server": "vpn.example.com", "user": "u", "password": CANARY, "key": CANARY, "type": "IKEv2"},
    },
}

COMMANDS: list[Command] = [
    put(key="AuthorizationKey", value=CANARY),
    put(key="authorizationkey", value=CANARY),
    put(key="SecurityCtrlr.BasicAuthPassword", value=CANARY),
    put(component="SecurityCtrlr", variable="BasicAuthPassword", value=CANARY),
    put(key="WifiPassword", value=CANARY),
    put(key="sim_pin", value=CANARY),
    raw("ChangeConfiguration", {"key": "AuthorizationKey", "value": CANARY}),
    raw("SetVariables", {"setVariableData": [variable("BasicAuthPassword", attributeValue=CANARY)]}),
    raw("SetNetworkProfile", PROFILE),
    raw("GetLog", {"log": {"remoteLocation": f"ftp://user:{CANARY}@example.com/logs"}}),
    raw("DataTransfer", {"vendorId": "v", "data": json.dumps({"password": CANARY})}),
    DataTransfer(vendor_id="v", data=msgspec.Raw(msgspec.json.encode({"wifi": {"psk": CANARY}}))),
    DataTransfer(vendor_id="v", data=msgspec.Raw(json.dumps(f"user=x;password={CANARY};host=y").encode())),
    DataTransfer(vendor_id="v", data=msgspec.Raw(json.dumps(f"-----BEGIN EC PRIVATE KEY-----\n{CANARY}").encode())),
    UpdateFirmware(
        location=f"ftp://user:{CANARY}@example.com/firmware.bin", retrieve_at=dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    ),
]


@pytest.mark.parametrize("command", COMMANDS, ids=lambda each: msgspec.json.encode(each).decode()[:60])
def test_a_command_is_kept_without_its_secrets_and_travels_with_them_sealed(command: Command) -> None:
    travelling = seal_command(command, SEAL)

    assert CANARY in msgspec.json.encode(command).decode()
    for kept in (mask_command(command), travelling, mask_command(travelling)):
        assert CANARY not in msgspec.json.encode(kept).decode()
    assert "sealed:" not in msgspec.json.encode(mask_command(travelling)).decode()
    assert open_command(travelling, SEAL) == command


@pytest.mark.parametrize(
    "command",
    [
        put(key="HeartbeatInterval", value="300"),
        put(key="WebSocketPingInterval", value="30"),
        raw(
            "SetVariables", {"setVariableData": [variable("HeartbeatInterval", "OCPPCommCtrlr", attributeValue="1.50")]}
        ),
        GetConfiguration(settings=(SettingName(key="AuthorizationKey"),)),
        raw("GetLog", {"log": {"remoteLocation": "https://example.com/logs?key=7"}}),
    ],
)
def test_what_has_no_secret_is_left_as_it_is(command: Command) -> None:
    assert mask_command(command) is command
    assert seal_command(command, Seal(None)) is command


@pytest.mark.parametrize(
    "answer",
    [
        {"configurationKey": [{"key": "AuthorizationKey", "readonly": False, "value": CANARY}]},
        {"getVariableResult": [variable("BasicAuthPassword", attributeStatus="Accepted", attributeValue=CANARY)]},
        {"reportData": [variable("BasicAuthPassword", variableAttribute=[{"value": CANARY}])]},
        {"eventData": [variable("VpnKey", actualValue=CANARY)]},
        [3, "id", {"data": {"privateKey": CANARY}}],
    ],
)
def test_what_a_station_shows_of_a_secret_is_masked(answer: Any) -> None:
    for text in (mask_text(json.dumps(answer)), bytes(mask_json(json.dumps(answer).encode())).decode()):
        assert CANARY not in text
        assert "***" in text


def test_numbers_keep_every_digit_beside_a_masked_secret() -> None:
    assert mask_text('{"password":"x","at":1.50,"n":12345678901234567890123}') == (
        '{"password":"***","at":1.50,"n":12345678901234567890123}'
    )


@pytest.mark.parametrize(
    "text",
    [
        f'[2,"m1","ChangeConfiguration",{{"key":"AuthorizationKey","value":"{CANARY}"',
        f'[2,"m1","ChangeConfiguration",{{"value":"{CANARY}","key":"AuthorizationKey",',
        f'{{"password":"{CANARY}"}} trailing',
        '[2,"m1","DataTransfer",{"password":"' + CANARY + '","x":' + "[" * 5_000,
    ],
)
def test_of_a_message_that_cannot_be_read_and_names_a_secret_only_its_head_is_kept(text: str) -> None:
    assert CANARY not in mask_text(text)
    assert mask_text(text).startswith(text.split("{", maxsplit=1)[0].strip())


def test_a_message_that_cannot_be_read_and_names_no_secret_is_kept_whole() -> None:
    text = '[2,"m1","GetConfiguration",{"key":["WebSocketPingInterval"'

    assert mask_text(text) == text


@pytest.mark.parametrize(
    "name", ["Password", "basicAuthPassword", "AUTHORIZATIONKEY", "SimPin", "wifi_pin", "PinCode", "PSK", "wifiPsk"]
)
def test_a_secret_is_known_by_its_name_in_any_spelling(name: str) -> None:
    assert is_secret(name)


@pytest.mark.parametrize(
    "name", ["WebSocketPingInterval", "MasterPassGroupId", "key", "Spinning", "mapping", "publicKey"]
)
def test_what_only_looks_like_a_secret_is_none(name: str) -> None:
    assert not is_secret(name)


@given(
    st.recursive(
        st.none() | st.text(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=6
    ),
    st.text(),
)
def test_masking_never_fails_and_masking_again_changes_nothing(value: Any, name: str) -> None:
    once = mask_text(json.dumps({"password": value, name: [value]}))

    assert mask_text(once) == once


# -- sealing ----------------------------------------------------------------------------------------------------------


def test_the_same_secret_is_sealed_to_the_same_text_so_that_a_repeat_is_known() -> None:
    assert seal_command(COMMANDS[0], SEAL) == seal_command(COMMANDS[0], SEAL)


def test_another_key_opens_nothing() -> None:
    with pytest.raises(Unopenable, match="another key"):
        open_command(seal_command(COMMANDS[0], SEAL), Seal(b"\x01" * 64))


def test_without_a_key_nothing_is_sealed_and_the_reason_says_what_to_set() -> None:
    with pytest.raises(Unopenable, match="secrets_key_file"):
        seal_command(COMMANDS[0], Seal(None))


def test_a_sealed_text_that_a_caller_puts_elsewhere_is_not_opened_for_him() -> None:
    stolen = SEAL.seal(CANARY)

    sent = open_command(
        seal_command(DataTransfer(vendor_id="v", data=msgspec.Raw(json.dumps(stolen).encode())), SEAL), SEAL
    )

    assert isinstance(sent, DataTransfer)
    assert json.loads(bytes(sent.data)) == stolen


def test_a_secret_that_is_no_text_keeps_its_type() -> None:
    command = raw("DataTransfer", {"simPin": 4711})

    assert open_command(seal_command(command, SEAL), SEAL) == command


def test_a_command_that_was_never_sealed_is_carried_out_as_it_is() -> None:
    assert open_command(COMMANDS[0], SEAL) == COMMANDS[0]


@pytest.mark.parametrize("text", ["", "short", "AAAA", "not base64!"])
def test_a_key_that_cannot_be_used_says_how_to_make_one(text: str) -> None:
    with pytest.raises(BadKey, match="openssl rand -base64 64"):
        key_of(text)


# -- the station's own password -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("version", "command", "hexadecimal", "item"),
    [
        ("1.6", put(key="AuthorizationKey", value="0aff"), True, "AuthorizationKey"),
        ("1.6", raw("ChangeConfiguration", {"key": "authorizationKEY", "value": "0aff"}), True, "authorizationKEY"),
        ("2.0.1", put(key="SecurityCtrlr.BasicAuthPassword", value="0aff"), False, "SecurityCtrlr.BasicAuthPassword"),
        (
            "2.1",
            put(component="SecurityCtrlr", variable="BasicAuthPassword", value="0aff"),
            False,
            "SecurityCtrlr.BasicAuthPassword",
        ),
        (
            "2.0.1",
            raw(
                "SetVariables",
                {"setVariableData": [variable("X"), variable("BasicAuthPassword", attributeValue="0aff")]},
            ),
            False,
            "SecurityCtrlr.BasicAuthPassword",
        ),
    ],
)
def test_a_command_that_changes_the_stations_password_is_known_canonical_or_raw_sealed_or_not(
    version: OcppVersion, command: Command, hexadecimal: bool, item: str
) -> None:
    change, travelling = secret_of(command, version), secret_of(seal_command(command, SEAL), version)

    assert change is not None
    assert travelling is not None
    assert (change.value, change.hexadecimal, change.item) == ("0aff", hexadecimal, item)
    assert SEAL.open(travelling.value) == "0aff"
    assert change.password("0aff") == (b"\x0a\xff" if hexadecimal else b"0aff")


@pytest.mark.parametrize(
    ("version", "command"),
    [
        ("1.6", put(key="HeartbeatInterval", value="300")),
        ("2.0.1", put(key="AuthorizationKey", value="x")),
        ("2.0.1", put(key="SecurityCtrlr.BasicAuthPassword", value="x", attribute="Target")),
        (
            "2.1",
            raw(
                "SetVariables",
                {"setVariableData": [variable("BasicAuthPassword", attributeType="Target", attributeValue="x")]},
            ),
        ),
        ("1.6", GetConfiguration(settings=(SettingName(key="AuthorizationKey"),))),
    ],
)
def test_other_commands_change_no_password(version: OcppVersion, command: Command) -> None:
    assert secret_of(command, version) is None


def test_an_authorization_key_that_is_no_hexadecimal_is_no_password() -> None:
    change = secret_of(put(key="AuthorizationKey", value="not hex"), "1.6")

    assert change is not None
    assert change.password("not hex") is None


@pytest.mark.parametrize(
    "name",
    [
        "password",
        "passphrase",
        "passCode",
        "wifiPwd",
        "secret",
        "PSK",
        "privateKey",
        "authorization_key",
        "api-key",
        "preSharedKey",
        "simPin",
        "vpnKey",
    ],
)
def test_every_name_of_a_secret_is_found_by_the_quick_look_too(name: str) -> None:
    assert CANARY not in mask_text(json.dumps({"a": [{name: CANARY}]}))
    assert CANARY not in mask_text(json.dumps([2, "1", "ChangeConfiguration", {"key": name, "value": CANARY}]))


@pytest.mark.parametrize(
    "text",
    [
        "a://" * 100_000,
        "ab" * 10 + "://" + "a" * 400_000,
        "-----BEGIN " * 40_000,
        '{"pin' * 80_000,
        "password=" * 40_000,
    ],
)
def test_no_text_takes_longer_than_its_length_says(text: str) -> None:
    """400,000 characters take milliseconds each where looking is linear, and hours where it is not."""
    assert isinstance(mask_text(text), str)
    assert isinstance(mask_text(json.dumps([text, "password"])), str)


def test_of_a_command_too_deep_to_look_through_nothing_is_shown() -> None:
    deep = RawCall(action="X", payload=msgspec.Raw(b'{"a":' * 400 + b'{"password":"canary-7f3a9"}' + b"}" * 400))

    assert CANARY not in msgspec.json.encode(mask_command(deep)).decode()


def test_what_a_station_may_say_again_is_the_secret_and_the_password_within_it() -> None:
    update = UpdateFirmware(
        location=f"ftp://user:{CANARY}@example.com/a", retrieve_at=dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    )

    assert secrets_in(update) == (update.location, CANARY)
    assert secrets_in(put(key="AuthorizationKey", value=CANARY)) == (CANARY,)
    assert secrets_in(put(key="sim_pin", value="123")) == ()
    assert mask_in(f'{{"a":"{CANARY}"}}', (CANARY,)) == '{"a":"***"}'
    assert mask_in(json.dumps({"a": 'q"ü'}), ('q"ü',)) == '{"a": "***"}'


@pytest.mark.parametrize("data", ['{{"pin": "{0}"}}', '[{{"wifi": {{"password": "{0}"}}}}]'])
def test_a_secret_inside_the_data_of_a_command_is_known_when_the_station_repeats_it_alone(data: str) -> None:
    sent = DataTransfer(vendor_id="v", data=msgspec.Raw(msgspec.json.encode(data.format(CANARY))))

    assert CANARY in secrets_in(sent)
    assert CANARY not in mask_in(f"'{CANARY}' is no good", secrets_in(sent))


def test_data_that_looks_like_json_and_is_none_is_a_secret_as_a_whole() -> None:
    data = "{password=" + CANARY

    assert data in secrets_in(DataTransfer(vendor_id="v", data=msgspec.Raw(msgspec.json.encode(data))))

"""Local authorization lists: one command for every version, and what its answer means (D01, D02; 1.6, 5.10 and 5.15)."""

import datetime as dt
from typing import Any

import msgspec
import pytest

from gateway.ocpp import translate
from gateway.ocpp.rows import OutboundCall, Unsupported
from schemas.locallists import GetLocalListLimits, GetLocalListVersion, LocalListEntry, SendLocalList

UNTIL = dt.datetime(2027, 1, 1, tzinfo=dt.UTC)
LIST = SendLocalList(
    version=7,
    update="Differential",
    entries=(
        LocalListEntry(token="04A2B3C4D5", status="Blocked", expires_at=UNTIL, group="VANS"),
        LocalListEntry(token="GONE", remove=True),
    ),
)


def sent(version: Any, command: Any) -> Any:
    call = translate.to_call(version, command, "c1")
    assert isinstance(call, OutboundCall), call
    return call.action, msgspec.json.decode(call.payload)


def answered(version: Any, command: Any, payload: Any) -> Any:
    outcome = translate.to_outcome(version, command, msgspec.json.encode(payload))
    return outcome.outcome, outcome.error_description, {item.name: item.status for item in outcome.items}


def test_a_list_of_16_has_tags_and_what_is_taken_off_has_no_info() -> None:
    action, payload = sent("1.6", LIST)

    assert action == "SendLocalList"
    assert payload == {
        "listVersion": 7,
        "localAuthorizationList": [
            {
                "idTag": "04A2B3C4D5",
                "idTagInfo": {"expiryDate": "2027-01-01T00:00:00.000Z", "parentIdTag": "VANS", "status": "Blocked"},
            },
            {"idTag": "GONE"},
        ],
        "updateType": "Differential",
    }


@pytest.mark.parametrize("version", ["2.0.1", "2.1"])
def test_a_list_of_2x_has_tokens_with_their_types_and_groups(version: str) -> None:
    action, payload = sent(version, LIST)

    first, second = payload["localAuthorizationList"]
    assert (action, payload["versionNumber"], payload["updateType"]) == ("SendLocalList", 7, "Differential")
    assert first["idToken"] == {"idToken": "04A2B3C4D5", "type": "ISO14443"}
    assert first["idTokenInfo"]["groupIdToken"] == {"idToken": "VANS", "type": "Central"}
    assert second == {"idToken": {"idToken": "GONE", "type": "ISO14443"}}


@pytest.mark.parametrize("version", ["1.6", "2.0.1", "2.1"])
def test_an_empty_full_list_has_no_list_at_all(version: str) -> None:
    _, payload = sent(version, SendLocalList(version=3))

    assert "localAuthorizationList" not in payload
    assert payload["updateType"] == "Full"


def test_16_has_no_tokens_of_more_than_twenty_characters() -> None:
    command = SendLocalList(version=1, entries=(LocalListEntry(token="X" * 21),))

    assert isinstance(translate.to_call("1.6", command, "c1"), Unsupported)


@pytest.mark.parametrize(
    ("word", "outcome", "detail"),
    [
        ("Accepted", "accepted", ""),
        ("Failed", "rejected", "Failed"),
        ("VersionMismatch", "rejected", "VersionMismatch"),
        ("NotSupported", "unsupported", "NotSupported"),
    ],
)
def test_each_refusal_of_a_list_is_told_apart(word: str, outcome: str, detail: str) -> None:
    assert answered("1.6", LIST, {"status": word})[:2] == (outcome, detail)


@pytest.mark.parametrize(
    ("version", "payload", "expected"),
    [
        ("1.6", {"listVersion": 4}, ("accepted", "4", {"version": "4"})),
        ("1.6", {"listVersion": 0}, ("accepted", "0", {"version": "0"})),
        ("1.6", {"listVersion": -1}, ("unsupported", "The station keeps no local list", {})),
        ("2.0.1", {"versionNumber": 9}, ("accepted", "9", {"version": "9"})),
        ("2.1", {"versionNumber": 0}, ("accepted", "0", {"version": "0"})),
        ("2.1", {}, ("rejected", "the answer has no version", {})),
        ("1.6", {"listVersion": True}, ("rejected", "the answer has no version", {})),
    ],
)
def test_a_version_is_read_and_nought_is_none_and_minus_one_is_never(version: str, payload: Any, expected: Any) -> None:
    assert sent(version, GetLocalListVersion()) == ("GetLocalListVersion", {})
    assert answered(version, GetLocalListVersion(), payload) == expected


def test_limits_of_16_are_configuration_keys() -> None:
    action, payload = sent("1.6", GetLocalListLimits())
    assert (action, "SendLocalListMaxLength" in payload["key"]) == ("GetConfiguration", True)

    told = {
        "configurationKey": [
            {"key": "sendlocallistmaxlength", "readonly": True, "value": "20"},
            {"key": "LocalAuthListMaxLength", "readonly": True},
        ],
        "unknownKey": ["LocalAuthListEnabled"],
    }
    assert answered("1.6", GetLocalListLimits(), told) == ("accepted", "", {"items-per-message": "20"})


@pytest.mark.parametrize("version", ["2.0.1", "2.1"])
def test_limits_of_2x_are_variables(version: str) -> None:
    action, payload = sent(version, GetLocalListLimits())
    assert (action, payload["getVariableData"][0]["component"]["name"]) == ("GetVariables", "LocalAuthListCtrlr")

    told = {
        "getVariableResult": [
            {
                "attributeStatus": "Accepted",
                "attributeValue": "25",
                "component": {"name": "LocalAuthListCtrlr"},
                "variable": {"name": "ItemsPerMessage"},
            },
            {
                "attributeStatus": "UnknownVariable",
                "component": {"name": "LocalAuthListCtrlr"},
                "variable": {"name": "Enabled"},
            },
        ]
    }
    assert answered(version, GetLocalListLimits(), told) == ("accepted", "", {"items-per-message": "25"})

"""Outcomes say what the answer said: of each thing asked for, in the station's own words, the same in every version."""

import json
from typing import Any

import msgspec
import pytest

from gateway.ocpp.rows import V16, V21, V201, StationAnswer
from gateway.ocpp.translate import to_outcome
from schemas.base import OcppVersion
from schemas.commands import Command, RawCall, RemoteStop
from schemas.configuration import GetConfiguration, SetConfiguration, Setting

RAW = RawCall(action="Any")
SET = SetConfiguration(settings=(Setting(key="A.B", value="1"),))
GET = GetConfiguration()


def said(answer: Any, command: Command = RAW, version: OcppVersion = V201) -> StationAnswer:
    return to_outcome(version, command, json.dumps(answer).encode())


def variable(status: str, name: str = "Interval", **more: Any) -> dict[str, Any]:
    return {"attributeStatus": status, "component": {"name": "Sampled"}, "variable": {"name": name}, **more}


@pytest.mark.parametrize("version", [V201, V21])
@pytest.mark.parametrize(
    ("command", "member"), [(SET, "setVariableResult"), (GET, "getVariableResult"), (RAW, "setVariableResult")]
)
def test_mixed_results_are_partial_with_each_items_word_sent_canonically_or_raw(
    version: OcppVersion, command: Command, member: str
) -> None:
    results = [
        variable("Accepted", "Interval"),
        variable("Rejected", "Size", attributeStatusInfo={"reasonCode": "ReadOnly"}),
        variable("UnknownVariable", "Nothing"),
    ]

    answered = said({member: results}, command, version)

    assert answered.outcome == "partial"
    assert [(item.name, item.status, item.reason) for item in answered.items] == [
        ("Sampled.Interval", "Accepted", ""),
        ("Sampled.Size", "Rejected", "ReadOnly"),
        ("Sampled.Nothing", "UnknownVariable", ""),
    ]


@pytest.mark.parametrize(
    ("statuses", "outcome"),
    [
        (["Accepted", "Accepted"], "accepted"),
        (["accepted", "REJECTED"], "partial"),
        (["Rejected", "Rejected"], "rejected"),
        (["Rejected", "UnknownMonitorType"], "rejected"),
        (["UnknownVariable", "UnsupportedMonitorType"], "unsupported"),
        (["Accepted", "NotFound"], "accepted"),
        (["NotFound", "NotFound"], "accepted"),
        (["NotFound", "Rejected"], "partial"),
        (["", "Accepted"], "partial"),
    ],
)
@pytest.mark.parametrize("member", ["setMonitoringResult", "clearMonitoringResult", "clearTariffsResult"])
def test_several_results_together_are_what_they_all_are_or_partial(
    member: str, statuses: list[str], outcome: str
) -> None:
    answered = said({member: [{"id": number, "status": status} for number, status in enumerate(statuses)]})

    assert answered.outcome == outcome
    assert [item.status for item in answered.items] == statuses


@pytest.mark.parametrize("command", [GET, RAW])
def test_keys_of_1_6_that_are_known_beside_some_that_are_not_are_partial(command: Command) -> None:
    answer = {"configurationKey": [{"key": "HeartbeatInterval", "value": "300"}], "unknownKey": ["Nonsense"]}

    answered = said(answer, command, V16)

    assert answered.outcome == "partial"
    assert [(item.name, item.status) for item in answered.items] == [
        ("HeartbeatInterval", "Accepted"),
        ("Nonsense", "UnknownKey"),
    ]


@pytest.mark.parametrize("word", ["EmptyResultSet", "NotFound", "NoProfiles", "NoTariff", "Unknown", "emptyresultset"])
def test_a_station_that_understood_and_has_nothing_has_not_refused(word: str) -> None:
    answered = said({"status": word})

    assert (answered.outcome, answered.error_description) == ("accepted", word)


def test_a_remote_stop_of_an_unknown_transaction_is_refused_all_the_same() -> None:
    assert said({"status": "Unknown"}, RemoteStop(transaction_id="1")).outcome == "rejected"


@pytest.mark.parametrize(
    ("version", "command", "answer"),
    [
        (V16, SET, {"status": "RebootRequired"}),
        (V16, RAW, {"status": "RebootRequired"}),
        (V201, SET, {"setVariableResult": [variable("RebootRequired")]}),
        (V21, SET, {"setVariableResult": [variable("Accepted"), variable("rebootRequired", "Size")]}),
    ],
)
def test_a_reboot_that_is_needed_is_told_in_every_version(version: OcppVersion, command: Command, answer: Any) -> None:
    answered = said(answer, command, version)

    assert (answered.outcome, answered.reboot_required) == ("accepted", True)


def test_nothing_else_needs_a_reboot() -> None:
    assert not said({"status": "Accepted"}).reboot_required
    assert not said({"setVariableResult": [variable("Accepted"), variable("Rejected")]}).reboot_required


@pytest.mark.parametrize(
    ("word", "outcome"), [("Scheduled", "accepted"), ("VersionMismatch", "rejected"), ("NotSupported", "unsupported")]
)
def test_a_word_that_says_more_than_the_outcome_is_told(word: str, outcome: str) -> None:
    answered = said({"status": word})

    assert (answered.outcome, answered.error_description) == (outcome, word)


def test_a_variable_is_named_as_commands_name_it() -> None:
    result = {
        "attributeStatus": "Accepted",
        "attributeType": "MaxSet",
        "component": {"name": "Connector", "instance": "left", "evse": {"id": 1, "connectorId": 2}},
        "variable": {"name": "Power", "instance": "L1"},
    }

    (item,) = said({"getVariableResult": [result]}).items

    assert item.name == "Connector[left]@1:2.Power[L1] (MaxSet)"


@pytest.mark.parametrize(
    "answer",
    [
        {"setVariableResult": None},
        {"setVariableResult": [None]},
        {"setVariableResult": "Accepted"},
        {"clearMonitoringResult": []},
        {"getVariableResult": [{"component": 7}]},
        "Accepted",
        [],
        7,
    ],
)
def test_an_answer_that_breaks_its_schema_is_refused_and_never_raises(answer: Any) -> None:
    assert said(answer).outcome == "rejected"


def test_no_json_at_all_is_refused() -> None:
    assert to_outcome(V16, RAW, b'{"status":').outcome == "rejected"
    assert to_outcome(V16, RAW, b"[" * 10_000).outcome == "rejected"


def test_the_answer_itself_is_kept_beside_what_it_means() -> None:
    answered = said({"status": "Accepted", "statusInfo": None})

    assert msgspec.json.decode(answered.response) == {"status": "Accepted", "statusInfo": None}


def test_of_very_many_results_all_count_and_as_many_are_told_as_a_record_can_hold() -> None:
    results = [variable("Accepted", "x" * 5_000) for _ in range(3_000)] + [variable("Rejected")]

    answered = said({"setVariableResult": results}, SET)

    assert answered.outcome == "partial"
    assert len(answered.items) == 1_000
    assert len(msgspec.json.encode(answered.items)) < 400_000

"""Facts: kept whole on their noun's topic, and answered as their specification demands."""

import json
from random import Random

import pytest

from gateway.ocpp.facts import FACTS
from gateway.ocpp.translate import Answer, Refusal, has_sends, is_sent, receivable, unknown_type, unreadable_id
from schemas.routing import route
from schemas.topics import FACT_TOPICS
from tests.gateway.ocpp.building import NOW, STATION, received, record, well_formed
from tests.schemas.wire.oracle import payload

ROWS = [(version, row.action) for row in FACTS.inbound for version in row.to]
UNDECIDED = {"NotifyEVChargingNeeds", "PullDynamicScheduleUpdate"}


@pytest.mark.parametrize(("version", "action"), ROWS)
def test_a_fact_is_kept_whole_on_its_nouns_topic(version, action):
    whole = payload(version, action, "request", Random(1))

    said = record(version, action, whole)

    assert (said.station, said.version, said.action, said.received_at) == (STATION, version, action, NOW)
    assert json.loads(bytes(said.payload)) == whole
    assert said.noun in FACT_TOPICS
    assert route(said).topic == f"csms.{said.noun}"


@pytest.mark.parametrize(("version", "action"), ROWS)
def test_a_fact_is_answered_once_it_is_stored(version, action):
    got = received(version, action, payload(version, action, "request", Random(2), 0.0))

    assert got.answer is Answer.STORED
    if action == "NotifyPeriodicEventStream":  # a SEND has no answer; a station may make a CALL of it all the same
        assert got.result == b"{}"
    elif action in UNDECIDED:
        assert isinstance(got.result, Refusal)
        assert got.result.code == "NotImplemented"
    else:
        well_formed(version, action, "response", got.result)


@pytest.mark.parametrize(("version", "action"), ROWS)
@pytest.mark.parametrize("wrong", [{"noSuchMember": 1}, [], "text", 7])
def test_a_fact_that_breaks_its_schema_is_kept_as_it_came_and_says_so(version, action, wrong):
    said = record(version, action, wrong)

    assert json.loads(bytes(said.payload)) == wrong
    assert said.deviations


@pytest.mark.parametrize(
    ("action", "wire", "answer"),
    [
        ("SecurityEventNotification", {"type": "StartupOfTheDevice", "timestamp": "2026-01-01T00:00:00Z"}, {}),
        ("LogStatusNotification", {"status": "Idle"}, {}),
        ("SignedFirmwareStatusNotification", {"status": "Idle"}, {}),
    ],
)
def test_the_1_6_security_extension_always_gets_a_result(action, wire, answer):
    assert json.loads(received("1.6", action, wire).result) == answer


def test_periodic_values_are_all_that_stations_say_by_send_and_only_in_2_1():
    sent = [
        (version, action)
        for version in ("1.6", "2.0.1", "2.1")
        for action in receivable(version)
        if is_sent(version, action)
    ]

    assert sent == [("2.1", "NotifyPeriodicEventStream")]
    assert [version for version in ("1.6", "2.0.1", "2.1") if has_sends(version)] == ["2.1"]


def test_a_message_type_that_a_version_lacks_is_answered_where_the_version_has_a_code_for_it():
    assert unknown_type("1.6", "") is None
    assert {unknown_type(version, "").code for version in ("2.0.1", "2.1")} == {"MessageTypeNotSupported"}
    assert [unreadable_id(version) for version in ("1.6", "2.0.1", "2.1")] == [None, "-1", "-1"]

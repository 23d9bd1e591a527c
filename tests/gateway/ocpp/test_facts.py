"""Facts: kept whole on their noun's topic, and answered as their specification demands."""

import json
from random import Random

import pytest

from gateway.ocpp.facts import FACTS
from gateway.ocpp.translate import Answer, Refusal
from schemas.routing import route
from schemas.topics import FACT_TOPICS
from tests.gateway.ocpp.building import NOW, STATION, called, received, record, well_formed
from tests.schemas.wire.oracle import payload

ROWS = [(version, row.action) for row in FACTS.inbound for version in row.to]
UNDECIDED = {
    *("Get15118EVCertificate", "GetCertificateChainStatus", "GetCertificateStatus", "NotifyEVChargingNeeds"),
    *("OpenPeriodicEventStream", "PullDynamicScheduleUpdate", "VatNumberValidation"),
}


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
def test_a_fact_that_breaks_its_schema_is_refused(version, action):
    assert isinstance(called(version, action, {"noSuchMember": 1}), Refusal)


@pytest.mark.parametrize(
    ("action", "wire", "answer"),
    [
        ("SecurityEventNotification", {"type": "StartupOfTheDevice", "timestamp": "2026-01-01T00:00:00Z"}, {}),
        ("LogStatusNotification", {"status": "Idle"}, {}),
        ("SignedFirmwareStatusNotification", {"status": "Idle"}, {}),
        ("SignCertificate", {"csr": "-----BEGIN"}, {"status": "Rejected"}),
    ],
)
def test_the_1_6_security_extension_always_gets_a_result(action, wire, answer):
    assert json.loads(received("1.6", action, wire).result) == answer


def test_a_charging_schedule_that_was_processed_is_accepted():
    wire = payload("2.0.1", "NotifyEVChargingSchedule", "request", Random(3), 0.0)

    assert received("2.0.1", "NotifyEVChargingSchedule", wire).result == b'{"status":"Accepted"}'

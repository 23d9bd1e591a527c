"""Unaccepted: what a station says while its registration is not accepted is kept, and no token is decided on."""

import json
from typing import Any

import msgspec
import pytest

from gateway.ocpp.rows import Answer, Call, Received, Refusal
from gateway.ocpp.translate import receive, triggered, unaccepted, why_not_sent
from schemas.authorization import AuthorizationRequested
from schemas.base import OcppVersion
from schemas.commands import Command, RawCall
from schemas.facts import FactReported
from schemas.routing import route
from schemas.signing import SignatureAsked
from schemas.stationcommands import Reset, TriggerMessage
from schemas.stations import ConnectorStatusReported
from schemas.transactions import MeterValuesReported, TransactionReported
from tests.gateway.ocpp.building import V2X, context
from tests.schemas.wire.oracle import accepts

AT = "2026-03-29T00:59:59Z"
START_16 = {"connectorId": 1, "idTag": "04A2", "meterStart": 0, "timestamp": AT}
STOP_16 = {"transactionId": 7, "idTag": "04A2", "meterStop": 9, "timestamp": AT}
METER_16 = {
    "connectorId": 1,
    "transactionId": 7,
    "meterValue": [{"timestamp": AT, "sampledValue": [{"value": "1"}]}],
}
STATUS_16 = {"connectorId": 1, "errorCode": "NoError", "status": "Available"}
STATUS_2X = {"timestamp": AT, "connectorStatus": "Occupied", "evseId": 1, "connectorId": 1}


def event(kind: str) -> dict[str, Any]:
    return {
        "eventType": kind,
        "timestamp": AT,
        "triggerReason": "Authorized",
        "seqNo": 0,
        "transactionInfo": {"transactionId": "t1"},
        "evse": {"id": 1, "connectorId": 1},
        "idToken": {"idToken": "04A2", "type": "ISO14443"},
    }


def said(
    version: OcppVersion, action: str, payload: Any, *, provisioned: bool = True, asked: tuple[str, ...] | None = ()
) -> Received:
    text = json.dumps(payload).encode()
    received = receive(version, action, "m1", text, context())
    assert isinstance(received, Received)
    call = Call(version=version, action=action, message_id="m1", payload=text, context=context())
    return unaccepted(call, received, provisioned=provisioned, triggers=asked)


def answered(version: OcppVersion, action: str, became: Received) -> Any:
    assert isinstance(became.result, bytes)
    assert accepts(version, action, "response", became.result)
    return msgspec.json.decode(became.result)


# -- no decision about tokens -----------------------------------------------------------------------------------------


def test_a_1_6_station_is_told_invalid_of_every_token_and_nobody_is_asked() -> None:
    became = said("1.6", "Authorize", {"idTag": "04A2"})

    assert (became.answer, became.records) == (Answer.LOCAL, ())
    assert answered("1.6", "Authorize", became) == {"idTagInfo": {"status": "Invalid"}}


@pytest.mark.parametrize("version", V2X)
@pytest.mark.usecase("B03", "B03.FR.07")
def test_a_2_x_station_gets_a_security_error_and_nobody_is_asked(version: OcppVersion) -> None:
    became = said(version, "Authorize", {"idToken": {"idToken": "04A2", "type": "ISO14443"}})

    assert (became.answer, became.records) == (Answer.LOCAL, ())
    assert isinstance(became.result, Refusal)
    assert became.result.code == "SecurityError"


@pytest.mark.parametrize("provisioned", [True, False])
def test_a_1_6_start_is_kept_as_a_fact_and_is_no_session(provisioned: bool) -> None:
    became = said("1.6", "StartTransaction", START_16, provisioned=provisioned)

    (fact,) = became.records
    assert isinstance(fact, FactReported)
    assert (route(fact).topic, fact.action) == ("csms.unaccepted", "StartTransaction")
    assert json.loads(bytes(fact.payload)) == START_16
    answer = answered("1.6", "StartTransaction", became)
    assert answer["idTagInfo"] == {"status": "Invalid"}
    assert answer["transactionId"] > 0
    assert said("1.6", "StartTransaction", START_16).result == became.result


@pytest.mark.parametrize("version", V2X)
@pytest.mark.parametrize("kind", ["Started", "Updated", "Ended"])
@pytest.mark.parametrize("provisioned", [True, False])
@pytest.mark.parametrize("asked", [("TransactionEvent",), (), None])
def test_no_token_of_a_2_x_event_reaches_a_service(
    version: OcppVersion,
    kind: str,
    provisioned: bool,
    asked: tuple[str, ...] | None,
) -> None:
    became = said(version, "TransactionEvent", event(kind), provisioned=provisioned, asked=asked)

    assert became.answer is Answer.STORED
    assert not any(isinstance(record, AuthorizationRequested) for record in became.records)
    assert not any(isinstance(record, TransactionReported) and record.token for record in became.records)
    assert len(became.records) == 1


# -- nothing is lost --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("version", "action", "payload"),
    [("1.6", "StopTransaction", STOP_16), *((v, "TransactionEvent", event("Ended")) for v in V2X)],
)
def test_the_end_of_a_session_still_ends_it_where_the_operator_knows_the_station(
    version: OcppVersion, action: str, payload: Any
) -> None:
    (ended,) = said(version, action, payload, provisioned=True).records

    assert isinstance(ended, TransactionReported)
    assert (ended.event, ended.token) == ("Ended", None)


@pytest.mark.parametrize(("action", "payload"), [("StopTransaction", STOP_16), ("MeterValues", METER_16)])
def test_of_a_station_that_nobody_provisioned_transactions_are_kept_as_facts_alone(action: str, payload: Any) -> None:
    (fact,) = said("1.6", action, payload, provisioned=False).records

    assert isinstance(fact, FactReported)
    assert json.loads(bytes(fact.payload)) == payload


def test_readings_of_a_known_station_still_count() -> None:
    (readings,) = said("1.6", "MeterValues", METER_16).records

    assert isinstance(readings, MeterValuesReported)


# -- what else is said ------------------------------------------------------------------------------------------------


def test_1_6_has_no_such_refusal_so_a_status_is_kept_and_answered_as_always() -> None:
    became = said("1.6", "StatusNotification", STATUS_16)

    assert became.result == b"{}"
    assert isinstance(became.records[0], ConnectorStatusReported)


@pytest.mark.parametrize("version", V2X)
@pytest.mark.usecase("B02", "B02.FR.09")
def test_a_2_x_status_is_kept_and_refused_unless_it_was_asked_for(version: OcppVersion) -> None:
    unasked = said(version, "StatusNotification", STATUS_2X)
    asked = said(version, "StatusNotification", STATUS_2X, asked=("StatusNotification",))

    assert isinstance(unasked.result, Refusal)
    assert isinstance(unasked.records[0], ConnectorStatusReported)
    assert asked.result == b"{}"


@pytest.mark.parametrize("version", V2X)
def test_a_report_that_a_pending_station_may_be_asked_for_is_answered(version: OcppVersion) -> None:
    report = {"requestId": 1, "generatedAt": AT, "seqNo": 0}

    assert said(version, "NotifyReport", report).result == b"{}"


VERSIONS: tuple[OcppVersion, ...] = ("1.6", *V2X)
SIGN = {"csr": "PEM"}


@pytest.mark.parametrize("version", VERSIONS)
def test_no_certificate_is_signed_for_a_station_that_is_not_accepted(version: OcppVersion) -> None:
    for became in (
        said(version, "SignCertificate", SIGN),
        said(version, "SignCertificate", SIGN, asked=None),
        said(version, "SignCertificate", SIGN, provisioned=False, asked=("SignChargingStationCertificate",)),
    ):
        assert [type(record) for record in became.records] == [FactReported]
        if version == "1.6":
            assert answered(version, "SignCertificate", became) == {"status": "Rejected"}
        else:
            assert isinstance(became.result, Refusal)


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.usecase("B02", "B02.FR.02", "A02")
def test_a_pending_station_that_was_triggered_to_ask_is_decided_like_any_other(version: OcppVersion) -> None:
    became = said(version, "SignCertificate", SIGN, asked=("SignChargingStationCertificate",))

    assert became.answer is Answer.DECIDED
    assert [type(record) for record in became.records] == [SignatureAsked]


# -- our own CALLs ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("start_or_stop", ["RemoteStartTransaction", "RequestStopTransaction"])
@pytest.mark.usecase("B03", "B03.FR.03")
def test_what_may_be_sent_to_a_station_follows_from_its_registration(start_or_stop: str) -> None:
    assert why_not_sent(start_or_stop, "Accepted") == ""
    assert "Pending" in why_not_sent(start_or_stop, "Pending")
    assert why_not_sent("GetBaseReport", "Pending") == ""
    assert "Rejected" in why_not_sent("GetBaseReport", "Rejected")


@pytest.mark.parametrize("version", V2X)
@pytest.mark.parametrize(
    ("action", "payload"),
    [("StatusNotification", STATUS_2X), ("NotifyReport", {"requestId": 1, "generatedAt": AT, "seqNo": 0})],
)
def test_a_rejected_station_was_asked_for_nothing(version: OcppVersion, action: str, payload: Any) -> None:
    became = said(version, action, payload, asked=None)

    assert isinstance(became.result, Refusal)
    assert became.result.code == "SecurityError"


@pytest.mark.parametrize(
    ("command", "message"),
    [
        (TriggerMessage(requested_message="StatusNotification"), "StatusNotification"),
        (
            RawCall(action="TriggerMessage", payload=msgspec.Raw(b'{"requestedMessage":"MeterValues"}')),
            "MeterValues",
        ),
        (RawCall(action="TriggerMessage", payload=msgspec.Raw(b'{"requestedMessage":7}')), ""),
        (RawCall(action="Reset", payload=msgspec.Raw(b'{"type":"OnIdle"}')), ""),
        (Reset(), ""),
    ],
)
def test_what_a_command_has_the_station_send_is_known_whether_it_is_canonical_or_raw(
    command: Command, message: str
) -> None:
    assert triggered(command) == message

"""Transactions: starts, events, stops and meter values; remote start and stop."""

import json
from decimal import Decimal

import pytest

from gateway.ocpp.translate import Answer, Invalid, OutboundCall, Refusal, Unsupported, answer, to_call, to_outcome
from schemas.authorization import AuthorizationDecided
from schemas.transactions import RemoteStart, RemoteStop, TransactionDecided
from schemas.transactionstatus import GetTransactionStatus
from tests.gateway.ocpp.building import (
    NOW,
    REPLY_TO,
    STATION,
    V2X,
    VERSIONS,
    answered,
    not_sent,
    received,
    sent,
)
from tests.gateway.ocpp.spelling.test_transactions import EVENT, METER_VALUE_2X, METER_VALUE_16, START, STOP, TOKEN
from tests.schemas.wire.oracle import accepts


def allowed(**override):
    return AuthorizationDecided(
        **{"id": "d", "station": STATION, "reply_to": REPLY_TO, "status": "Accepted"} | override
    )


def costs(amount, *, running=False):
    return TransactionDecided(id="d", station=STATION, reply_to=REPLY_TO, total_cost=Decimal(amount), running=running)


KEPT = TransactionDecided(id="d", station=STATION, reply_to=REPLY_TO)


class TestStart16:
    def test_without_a_decision_the_station_is_told_to_repeat(self):
        got = received("1.6", "StartTransaction", START)

        assert got.answer is Answer.DECIDED
        assert isinstance(got.fallback, Refusal)
        assert got.fallback.code == "InternalError"

    @pytest.mark.parametrize("status", ["Accepted", "Blocked", "Expired", "Invalid", "ConcurrentTx"])
    def test_the_answer_has_the_id_as_an_integer_and_what_is_said_of_the_token(self, status):
        decision = allowed(transaction_id="4711", status=status)

        assert answered("1.6", "StartTransaction", decision) == {
            "idTagInfo": {"status": status},
            "transactionId": 4711,
        }


class TestStop16:
    def test_a_stop_is_kept_without_a_decision(self):
        assert received("1.6", "StopTransaction", STOP).fallback == b"{}"

    def test_the_answer_tells_of_a_token_only_where_one_was_asked_about(self):
        assert answered("1.6", "StopTransaction", KEPT) == {}
        assert answered("1.6", "StopTransaction", allowed(status="Blocked")) == {"idTagInfo": {"status": "Blocked"}}


@pytest.mark.parametrize("version", V2X)
class TestEvent2x:
    @pytest.mark.parametrize(
        ("event", "token", "code"),
        [
            ("Started", {"idToken": TOKEN}, "InternalError"),
            ("Updated", {"idToken": TOKEN}, "InternalError"),
            ("Ended", {"idToken": TOKEN}, None),
            ("Started", {}, None),
            ("Updated", {}, None),
            ("Ended", {}, None),
        ],
    )
    def test_only_a_token_that_wants_to_charge_cannot_do_without_a_decision(self, version, event, token, code):
        said = received(version, "TransactionEvent", EVENT | {"eventType": event} | token).fallback

        assert (said.code if isinstance(said, Refusal) else None) == code
        assert code or said == b"{}"

    def test_the_answer_tells_of_a_token_only_where_one_was_asked_about(self, version):
        assert answered(version, "TransactionEvent", KEPT) == {}
        assert answered(version, "TransactionEvent", allowed(status="ConcurrentTx")) == {
            "idTokenInfo": {"status": "ConcurrentTx"}
        }

    @pytest.mark.parametrize(
        ("cost", "text"), [("12.30", b"12.30"), ("0.00", b"0.00"), ("1E+3", b"1000"), ("0.0000001", b"0.0000001")]
    )
    def test_the_answer_tells_what_was_billed_to_the_digit(self, version, cost, text):
        payload = answer(version, "TransactionEvent", costs(cost), NOW)

        assert payload == b'{"totalCost":' + text + b"}"
        assert accepts(version, "TransactionEvent", "response", payload)


def test_2_1_is_answered_with_the_cost_so_far():
    assert answered("2.1", "TransactionEvent", costs("3.5", running=True)) == {"totalCost": 3.5}


def test_2_0_1_is_answered_with_a_cost_only_when_charging_has_ended():
    assert answered("2.0.1", "TransactionEvent", costs("3.5", running=True)) == {}


class TestMeterValues:
    @pytest.mark.parametrize("version", VERSIONS)
    def test_meter_values_are_answered_when_they_are_stored(self, version):
        whole = {
            "1.6": {"connectorId": 1, "meterValue": [METER_VALUE_16]},
            "2.0.1": {"evseId": 1, "meterValue": [METER_VALUE_2X]},
            "2.1": {"evseId": 1, "meterValue": [METER_VALUE_2X]},
        }[version]

        got = received(version, "MeterValues", whole)

        assert (got.answer, got.result) == (Answer.STORED, b"{}")


class TestRemoteStart:
    @pytest.mark.usecase("1.6:5.11")
    def test_1_6_starts_on_a_connector_or_anywhere(self):
        assert sent("1.6", RemoteStart(token="TAG", evse=2)) == (
            "RemoteStartTransaction",
            {"connectorId": 2, "idTag": "TAG"},
        )
        assert sent("1.6", RemoteStart(token="TAG")) == ("RemoteStartTransaction", {"idTag": "TAG"})

    def test_a_token_that_1_6_has_no_room_for_is_invalid(self):
        invalid = not_sent("1.6", RemoteStart(token="x" * 21))

        assert isinstance(invalid, Invalid)
        assert invalid.description.startswith("idTag")

    @pytest.mark.parametrize("version", V2X)
    def test_2x_names_the_tokens_type_and_the_callers_own_number(self, version):
        action, payload = sent(version, RemoteStart(token="TAG", token_type="ISO14443", evse=2, remote_start_id=0))

        assert action == "RequestStartTransaction"
        assert payload == {"evseId": 2, "idToken": {"idToken": "TAG", "type": "ISO14443"}, "remoteStartId": 0}

    @pytest.mark.parametrize("version", V2X)
    def test_the_number_comes_from_the_command_where_the_caller_gives_none(self, version):
        numbers = [sent(version, RemoteStart(token="TAG"), f"c{n}")[1]["remoteStartId"] for n in range(200)]

        assert all(0 < number < 2**31 for number in numbers)
        assert len(set(numbers)) == 200
        assert sent(version, RemoteStart(token="TAG"), "c0")[1]["remoteStartId"] == numbers[0]


class TestRemoteStop:
    def test_1_6_sends_the_id_as_an_integer(self):
        assert sent("1.6", RemoteStop(transaction_id="77")) == ("RemoteStopTransaction", {"transactionId": 77})
        assert sent("1.6", RemoteStop(transaction_id="-1"))[1] == {"transactionId": -1}

    @pytest.mark.parametrize("text", ["tx-1", "7_7", "٧", "1.0", "-", " 7", "9" * 36])
    def test_an_id_that_is_no_integer_is_invalid_in_1_6(self, text):
        invalid = not_sent("1.6", RemoteStop(transaction_id=text))

        assert isinstance(invalid, Invalid)
        assert invalid.description.startswith("transaction")

    @pytest.mark.parametrize("version", V2X)
    @pytest.mark.usecase("F03", "F04")
    def test_2x_sends_the_id_as_it_is(self, version):
        assert sent(version, RemoteStop(transaction_id="tx-1")) == ("RequestStopTransaction", {"transactionId": "tx-1"})


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize(
    ("payload", "outcome"),
    [
        ({"status": "Accepted"}, "accepted"),
        ({"status": "accepted"}, "accepted"),
        ({"status": "Accepted", "statusInfo": None}, "accepted"),
        ({"status": "Accepted", "extra": [1]}, "accepted"),
        ({"status": "Rejected"}, "rejected"),
        ({"status": 7}, "rejected"),
        ({"status": None}, "rejected"),
        ({}, "rejected"),
        ([], "rejected"),
        ("Accepted", "rejected"),
    ],
)
def test_an_answer_is_an_outcome_even_where_it_breaks_its_schema(version, payload, outcome):
    text = json.dumps(payload).encode()

    said = to_outcome(version, RemoteStart(token="TAG"), text)

    assert said.outcome == outcome
    assert bytes(said.response) == text


def test_no_command_of_transactions_is_unsupported_anywhere():
    assert not any(
        isinstance(sent(version, command), Unsupported)
        for version in VERSIONS
        for command in (RemoteStart(token="TAG"), RemoteStop(transaction_id="7"))
    )


@pytest.mark.usecase("E14", "TC_E_29_CSMS", "TC_E_30_CSMS", "TC_E_31_CSMS", "TC_E_33_CSMS")
@pytest.mark.parametrize(
    ("payload", "outcome", "remark"),
    [
        (b'{"messagesInQueue":true,"ongoingIndicator":true}', "accepted", "it goes on, messages wait at the station"),
        (b'{"messagesInQueue":false,"ongoingIndicator":false}', "accepted", "it does not go on, no message waits"),
        (b'{"messagesInQueue":true}', "accepted", "messages wait at the station"),
        (b"{}", "rejected", "the answer does not say whether messages wait"),
    ],
)
def test_the_status_of_a_transaction_is_said_in_words(payload: bytes, outcome: str, remark: str) -> None:
    judged = to_outcome("2.0.1", GetTransactionStatus(transaction_id="tx-1"), payload)

    assert (judged.outcome, judged.error_description) == (outcome, remark)


def test_only_2_x_can_say_how_a_transaction_is() -> None:
    one, all_ = GetTransactionStatus(transaction_id="tx-1"), GetTransactionStatus()

    assert isinstance(to_call("1.6", one, "c1"), Unsupported)
    for version in ("2.0.1", "2.1"):
        calls = [to_call(version, command, "c1") for command in (one, all_)]
        assert [call.payload for call in calls if isinstance(call, OutboundCall)] == [
            b'{"transactionId":"tx-1"}',
            b"{}",
        ]

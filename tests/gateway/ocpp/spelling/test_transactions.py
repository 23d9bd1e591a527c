"""Facts of transactions: starts, events, stops and meter values, as each version tells them."""

import datetime as dt
from decimal import Decimal

import pytest

from schemas.authorization import IdToken
from tests.gateway.ocpp.building import NOW, REPLY_TO, SECOND, V2X, record

AT = dt.datetime(2026, 3, 29, tzinfo=dt.UTC)
TEXT = "2026-03-29T00:00:00Z"
START = {"connectorId": 2, "idTag": "TAG", "meterStart": 1234, "timestamp": TEXT}
STOP = {"transactionId": 77, "meterStop": 5678, "timestamp": TEXT}
METER_VALUE_16 = {"timestamp": TEXT, "sampledValue": [{"value": "5678"}]}
METER_VALUE_2X = {"timestamp": TEXT, "sampledValue": [{"value": 5678}]}
EVENT = {
    "eventType": "Updated",
    "timestamp": TEXT,
    "triggerReason": "MeterValuePeriodic",
    "seqNo": 4,
    "transactionInfo": {"transactionId": "tx-1"},
}
TOKEN = {"idToken": "TAG", "type": "ISO14443"}


class TestStart16:
    def test_a_start_is_started_without_an_id(self):
        said = record("1.6", "StartTransaction", START | {"reservationId": 3})

        assert (said.event, said.transaction_id, said.seq_no) == ("Started", None, None)
        assert (said.evse, said.connector, said.token) == (2, 1, IdToken(value="TAG"))
        assert (said.meter_wh, said.reservation_id) == (Decimal(1234), 3)
        assert (said.at, said.at_source, said.received_at) == (AT, "station", NOW)
        assert said.reply_to == REPLY_TO

    def test_a_start_whose_time_cannot_be_read_is_kept_with_the_gateways(self):
        said = record("1.6", "StartTransaction", START | {"timestamp": "29.03.2026 00:00"})

        assert (said.at, said.at_source) == (SECOND, "gateway")

    def test_a_start_from_1970_began_when_it_came(self):
        said = record("1.6", "StartTransaction", START | {"timestamp": "1970-01-01T00:00:05Z"})

        assert (said.at, said.at_source, said.deviations) == (SECOND, "gateway", ("time-impossible",))


class TestStop16:
    def test_a_stop_is_ended(self):
        said = record("1.6", "StopTransaction", STOP | {"idTag": "TAG", "reason": "EVDisconnected"})

        assert (said.event, said.transaction_id, said.evse) == ("Ended", "77", None)
        assert (said.meter_wh, said.token, said.stopped_reason) == (
            Decimal(5678),
            IdToken(value="TAG"),
            "EVDisconnected",
        )

    @pytest.mark.parametrize("number", [0, -1, 2**40])
    def test_a_transaction_id_that_nobody_gave_is_kept(self, number):
        assert record("1.6", "StopTransaction", STOP | {"transactionId": number}).transaction_id == str(number)

    @pytest.mark.parametrize("tag", [{}, {"idTag": ""}])
    @pytest.mark.usecase("1.6:4.10")
    def test_a_stop_may_have_no_token(self, tag):
        assert record("1.6", "StopTransaction", STOP | tag).token is None

    @pytest.mark.parametrize(
        ("reason", "stopped_reason", "trigger"),
        [
            (None, "Local", ""),
            ("Remote", "Remote", ""),
            ("DeAuthorized", "DeAuthorized", ""),
            ("HardReset", "ImmediateReset", "ResetCommand"),
            ("SoftReset", "ImmediateReset", "ResetCommand"),
            ("UnlockCommand", "Other", "UnlockCommand"),
        ],
    )
    def test_a_reason_is_said_in_2x_words(self, reason, stopped_reason, trigger):
        said = record("1.6", "StopTransaction", STOP | ({"reason": reason} if reason else {}))

        assert (said.stopped_reason, said.trigger) == (stopped_reason, trigger)

    def test_the_stops_own_meter_values_are_kept(self):
        said = record("1.6", "StopTransaction", STOP | {"transactionData": [METER_VALUE_16, METER_VALUE_16]})

        assert [value.samples[0].value for value in said.meter_values] == [Decimal(5678)] * 2


@pytest.mark.parametrize("version", V2X)
class TestEvent2x:
    def test_an_event_says_all_it_knows(self, version):
        event = EVENT | {
            "offline": True,
            "reservationId": 9,
            "evse": {"id": 1, "connectorId": 2},
            "idToken": TOKEN,
            "transactionInfo": {"transactionId": "tx-1", "chargingState": "Charging", "remoteStartId": 5},
            "meterValue": [METER_VALUE_2X],
        }

        said = record(version, "TransactionEvent", event)

        assert (said.event, said.transaction_id, said.seq_no) == ("Updated", "tx-1", 4)
        assert (said.evse, said.connector) == (1, 2)
        assert said.token == IdToken(value="TAG", type="ISO14443")
        assert (said.trigger, said.charging_state) == ("MeterValuePeriodic", "Charging")
        assert (said.offline, said.remote_start_id, said.reservation_id) == (True, 5, 9)
        assert (said.meter_wh, said.meter_values[0].samples[0].value) == (None, Decimal(5678))
        assert (said.at, said.at_source) == (AT, "station")

    @pytest.mark.parametrize(("evse", "expected"), [({}, (None, None)), ({"evse": {"id": 1}}, (1, None))])
    def test_an_event_may_have_no_evse_or_no_connector(self, version, evse, expected):
        said = record(version, "TransactionEvent", EVENT | evse)

        assert (said.evse, said.connector) == expected

    def test_an_end_without_a_reason_is_local(self, version):
        assert record(version, "TransactionEvent", EVENT | {"eventType": "Ended"}).stopped_reason == "Local"
        assert record(version, "TransactionEvent", EVENT).stopped_reason == ""

    def test_an_end_says_its_reason(self, version):
        info = {"transactionId": "tx-1", "stoppedReason": "StoppedByEV"}

        said = record(version, "TransactionEvent", EVENT | {"eventType": "Ended", "transactionInfo": info})

        assert said.stopped_reason == "StoppedByEV"


def test_2_1_says_in_which_mode_it_runs():
    info = {"transactionId": "tx-1", "operationMode": "CentralSetpoint"}

    said = record("2.1", "TransactionEvent", EVENT | {"triggerReason": "OperationModeChanged", "transactionInfo": info})

    assert (said.operation_mode, said.trigger, said.further) == ("CentralSetpoint", "OperationModeChanged", {})
    assert record("2.1", "TransactionEvent", EVENT).operation_mode == ""


class TestMeterValues:
    @pytest.mark.parametrize(
        ("transaction", "expected"),
        [({}, None), ({"transactionId": 0}, "0"), ({"transactionId": -1}, "-1"), ({"transactionId": 77}, "77")],
    )
    def test_1_6_meter_values_may_be_of_any_transaction_or_none(self, transaction, expected):
        said = record("1.6", "MeterValues", {"connectorId": 0, "meterValue": [METER_VALUE_16]} | transaction)

        assert (said.evse, said.transaction_id) == (0, expected)

    @pytest.mark.parametrize("version", V2X)
    @pytest.mark.usecase("J01")
    def test_2x_meter_values_are_of_no_transaction(self, version):
        said = record(version, "MeterValues", {"evseId": 1, "meterValue": [METER_VALUE_2X]})

        assert (said.evse, said.transaction_id, said.meter_values[0].at) == (1, None, AT)

    def test_a_number_where_1_6_wants_a_string_is_that_number(self):
        wrong = {"connectorId": 1, "meterValue": [{"timestamp": TEXT, "sampledValue": [{"value": 5678}]}]}

        said = record("1.6", "MeterValues", wrong)

        assert said.meter_values[0].samples[0].value == Decimal(5678)
        assert said.deviations == ("number-for-text",)

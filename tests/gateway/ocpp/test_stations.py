"""Stations: boots, heartbeats, connector statuses, and the commands to the station itself."""

import datetime as dt
import json

import pytest

from gateway.ocpp.translate import Answer, Invalid, OutboundCall, Unsupported, to_call, to_outcome
from schemas.base import OcppVersion
from schemas.stationcommands import ChangeAvailability, ClearCache, Reset, TriggerMessage, UnlockConnector
from schemas.stations import BootDecided
from tests.gateway.ocpp.building import (
    NOW,
    REPLY_TO,
    SECOND,
    STATION,
    V2X,
    VERSIONS,
    answered,
    not_sent,
    received,
    record,
    sent,
    well_formed,
)

BOOT_16 = {
    "chargePointVendor": "Vendor",
    "chargePointModel": "Model",
    "chargePointSerialNumber": "SN1",
    "chargeBoxSerialNumber": "SN2",
    "firmwareVersion": "1.2.3",
    "iccid": "8949",
    "imsi": "2620",
    "meterType": "MT",
    "meterSerialNumber": "MSN",
}
BOOT_2X = {
    "reason": "PowerUp",
    "chargingStation": {
        "serialNumber": "SN1",
        "model": "Model",
        "vendorName": "Vendor",
        "firmwareVersion": "1.2.3",
        "modem": {"iccid": "8949", "imsi": "2620"},
    },
}
BOOTS = {"1.6": BOOT_16, "2.0.1": BOOT_2X, "2.1": BOOT_2X}


class TestBoots:
    @pytest.mark.parametrize("version", VERSIONS)
    def test_a_boot_says_what_the_station_is(self, version):
        booted = record(version, "BootNotification", BOOTS[version])

        assert (booted.station, booted.version, booted.vendor, booted.model) == (STATION, version, "Vendor", "Model")
        assert (booted.serial_number, booted.firmware_version) == ("SN1", "1.2.3")
        assert (booted.iccid, booted.imsi) == ("8949", "2620")
        assert (booted.reply_to, booted.received_at) == (REPLY_TO, NOW)

    def test_a_1_6_boot_names_its_meter(self):
        booted = record("1.6", "BootNotification", BOOT_16)

        assert (booted.meter_type, booted.meter_serial_number) == ("MT", "MSN")

    def test_the_charge_boxs_serial_number_stands_in_for_the_charge_points(self):
        without = {k: v for k, v in BOOT_16.items() if k != "chargePointSerialNumber"}

        assert record("1.6", "BootNotification", without).serial_number == "SN2"

    def test_a_2x_boot_may_leave_out_all_but_vendor_model_and_reason(self):
        boot = {"reason": "Unknown", "chargingStation": {"vendorName": "V", "model": "M"}}

        booted = record("2.0.1", "BootNotification", boot)

        assert (booted.serial_number, booted.iccid, booted.reason) == ("", "", "Unknown")

    @pytest.mark.parametrize("version", VERSIONS)
    def test_a_boot_waits_for_a_decision_and_is_pending_without_one(self, version):
        got = received(version, "BootNotification", BOOTS[version])

        assert (got.answer, got.boots, got.result) == (Answer.DECIDED, True, None)
        pending = well_formed(version, "BootNotification", "response", got.fallback)
        assert (pending["status"], pending["interval"] > 0) == ("Pending", True)

    @pytest.mark.parametrize("version", VERSIONS)
    @pytest.mark.parametrize("status", ["Accepted", "Pending", "Rejected"])
    def test_the_answer_says_status_interval_and_time(self, version, status):
        decision = BootDecided(id="d", station=STATION, reply_to=REPLY_TO, status=status, interval_s=300)

        assert answered(version, "BootNotification", decision) == {
            "status": status,
            "currentTime": "2026-03-29T00:59:59.123Z",
            "interval": 300,
        }


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.usecase("G02", "1.6:4.6")
def test_a_heartbeat_is_answered_at_once_with_the_time_and_leaves_no_record(version):
    got = received(version, "Heartbeat", {})

    assert (got.answer, got.records) == (Answer.LOCAL, ())
    assert well_formed(version, "Heartbeat", "response", got.result) == {"currentTime": "2026-03-29T00:59:59.123Z"}


class TestStatuses:
    @pytest.mark.parametrize(
        ("word", "status"),
        [
            ("Available", "Available"),
            ("Preparing", "Occupied"),
            ("Charging", "Occupied"),
            ("SuspendedEV", "Occupied"),
            ("SuspendedEVSE", "Occupied"),
            ("Finishing", "Occupied"),
            ("Reserved", "Reserved"),
            ("Unavailable", "Unavailable"),
            ("Faulted", "Faulted"),
        ],
    )
    def test_a_1_6_status_is_mapped_up_and_keeps_its_own_word(self, word, status):
        said = record("1.6", "StatusNotification", {"connectorId": 2, "errorCode": "GroundFailure", "status": word})

        assert (said.status, said.detail, said.error_code) == (status, word, "GroundFailure")

    @pytest.mark.parametrize(("connector_id", "evse", "connector"), [(0, 0, 0), (1, 1, 1), (3, 3, 1)])
    def test_connector_n_of_1_6_is_evse_n_and_connector_0_is_the_station(self, connector_id, evse, connector):
        wire = {"connectorId": connector_id, "errorCode": "NoError", "status": "Available"}

        said = record("1.6", "StatusNotification", wire)

        assert (said.evse, said.connector) == (evse, connector)

    def test_a_1_6_status_keeps_what_the_vendor_says(self):
        wire = {
            "connectorId": 1,
            "errorCode": "OtherError",
            "status": "Faulted",
            "info": "why",
            "vendorId": "V",
            "vendorErrorCode": "E7",
            "timestamp": "2026-03-29T00:00:00+02:00",
        }

        said = record("1.6", "StatusNotification", wire)

        assert (said.info, said.vendor_id, said.vendor_error_code) == ("why", "V", "E7")
        assert (said.at, said.at_source) == (dt.datetime(2026, 3, 28, 22, tzinfo=dt.UTC), "station")

    @pytest.mark.parametrize("timestamp", [{}, {"timestamp": "yesterday"}, {"timestamp": ""}])
    def test_a_status_without_a_readable_time_has_the_gateways(self, timestamp):
        wire = {"connectorId": 1, "errorCode": "NoError", "status": "Available"} | timestamp

        said = record("1.6", "StatusNotification", wire)

        assert (said.at, said.at_source) == (SECOND, "gateway")

    @pytest.mark.parametrize("version", V2X)
    @pytest.mark.parametrize("status", ["Available", "Occupied", "Reserved", "Unavailable", "Faulted"])
    def test_a_2x_status_is_taken_as_it_is_evse_0_included(self, version, status):
        wire = {"timestamp": "2026-03-29T00:00:00Z", "connectorStatus": status, "evseId": 0, "connectorId": 0}

        said = record(version, "StatusNotification", wire)

        assert (said.evse, said.connector, said.status, said.detail) == (0, 0, status, "")


class TestReset:
    def test_1_6_calls_it_hard_or_soft(self):
        assert sent("1.6", Reset(type="Immediate")) == ("Reset", {"type": "Hard"})
        assert sent("1.6", Reset(type="OnIdle")) == ("Reset", {"type": "Soft"})

    def test_1_6_cannot_reset_one_evse(self):
        assert isinstance(not_sent("1.6", Reset(evse=1)), Unsupported)

    @pytest.mark.usecase("B13")
    def test_only_a_station_of_2_1_goes_on_with_its_transactions_afterwards(self):
        command = Reset(type="ImmediateAndResume", evse=2)

        assert sent("2.1", command) == ("Reset", {"type": "ImmediateAndResume", "evseId": 2})
        for version in ("1.6", "2.0.1"):
            assert isinstance(not_sent(version, Reset(type="ImmediateAndResume")), Unsupported)

    @pytest.mark.parametrize("version", V2X)
    @pytest.mark.usecase("B11", "B12")
    def test_2x_resets_the_station_or_one_evse(self, version):
        assert sent(version, Reset(type="Immediate")) == ("Reset", {"type": "Immediate"})
        assert sent(version, Reset(evse=2)) == ("Reset", {"type": "OnIdle", "evseId": 2})


class TestUnlock:
    @pytest.mark.usecase("1.6:5.18")
    def test_1_6_unlocks_the_connector_that_is_the_evse(self):
        assert sent("1.6", UnlockConnector(evse=2)) == ("UnlockConnector", {"connectorId": 2})

    def test_1_6_has_no_second_connector_of_an_evse(self):
        assert isinstance(not_sent("1.6", UnlockConnector(evse=1, connector=2)), Unsupported)

    @pytest.mark.parametrize("version", V2X)
    @pytest.mark.usecase("G03")
    def test_2x_names_evse_and_connector(self, version):
        command = UnlockConnector(evse=1, connector=2)

        assert sent(version, command) == ("UnlockConnector", {"evseId": 1, "connectorId": 2})

    @pytest.mark.parametrize("version", VERSIONS)
    def test_a_connector_that_nobody_has_seen_is_asked_all_the_same(self, version):
        """The station knows better than we do."""
        assert 99 in sent(version, UnlockConnector(evse=99, connector=1))[1].values()

    @pytest.mark.parametrize(
        ("version", "status", "outcome"),
        [
            ("1.6", "Unlocked", "accepted"),
            ("1.6", "UnlockFailed", "rejected"),
            ("1.6", "NotSupported", "unsupported"),
            ("2.0.1", "OngoingAuthorizedTransaction", "rejected"),
            ("2.1", "UnknownConnector", "rejected"),
        ],
    )
    @pytest.mark.usecase("F05")
    def test_the_answer_tells_whether_it_was_unlocked(self, version, status, outcome):
        payload = json.dumps({"status": status}).encode()

        assert to_outcome(version, UnlockConnector(evse=1), payload).outcome == outcome


class TestAvailability:
    @pytest.mark.usecase("1.6:5.2")
    def test_1_6_names_connector_0_for_the_whole_station(self):
        whole, one = (
            ChangeAvailability(operational_status="Inoperative"),
            ChangeAvailability(operational_status="Operative", evse=2),
        )

        assert sent("1.6", whole) == ("ChangeAvailability", {"connectorId": 0, "type": "Inoperative"})
        assert sent("1.6", one) == ("ChangeAvailability", {"connectorId": 2, "type": "Operative"})

    @pytest.mark.parametrize("version", V2X)
    @pytest.mark.usecase("G04")
    def test_2x_names_no_evse_for_the_whole_station(self, version):
        whole = ChangeAvailability(operational_status="Inoperative")
        one = ChangeAvailability(operational_status="Operative", evse=2, connector=1)

        assert sent(version, whole)[1] == {"operationalStatus": "Inoperative"}
        assert sent(version, one)[1] == {"operationalStatus": "Operative", "evse": {"id": 2, "connectorId": 1}}

    @pytest.mark.parametrize("version", VERSIONS)
    def test_a_connector_without_its_evse_is_invalid(self, version):
        invalid = not_sent(version, ChangeAvailability(operational_status="Operative", connector=1))

        assert isinstance(invalid, Invalid)
        assert "evse" in invalid.description

    @pytest.mark.parametrize("version", VERSIONS)
    def test_scheduled_is_accepted(self, version):
        command = ChangeAvailability(operational_status="Operative")

        assert to_outcome(version, command, b'{"status":"Scheduled"}').outcome == "accepted"


class TestTriggers:
    @pytest.mark.parametrize(
        ("word", "action", "spelled"),
        [
            ("BootNotification", "TriggerMessage", "BootNotification"),
            ("DiagnosticsStatusNotification", "TriggerMessage", "DiagnosticsStatusNotification"),
            ("LogStatusNotification", "ExtendedTriggerMessage", "LogStatusNotification"),
            ("FirmwareStatusNotification", "TriggerMessage", "FirmwareStatusNotification"),
            ("Heartbeat", "TriggerMessage", "Heartbeat"),
            ("MeterValues", "TriggerMessage", "MeterValues"),
            ("StatusNotification", "TriggerMessage", "StatusNotification"),
            ("SignChargingStationCertificate", "ExtendedTriggerMessage", "SignChargePointCertificate"),
        ],
    )
    @pytest.mark.usecase("1.6:5.17", "1.6:F06")
    def test_1_6_spells_the_2x_word_its_own_way(self, word, action, spelled):
        command = TriggerMessage(requested_message=word, evse=1)

        assert sent("1.6", command) == (action, {"requestedMessage": spelled, "connectorId": 1})

    @pytest.mark.parametrize("word", ["TransactionEvent", "SignV2G20Certificate", "PublishFirmwareStatusNotification"])
    def test_what_1_6_cannot_trigger_is_unsupported(self, word):
        assert isinstance(not_sent("1.6", TriggerMessage(requested_message=word)), Unsupported)

    @pytest.mark.parametrize("version", V2X)
    @pytest.mark.usecase("F06")
    def test_2x_takes_the_word_as_it_is(self, version):
        command = TriggerMessage(requested_message="StatusNotification", evse=1, connector=2)

        assert sent(version, command)[1] == {
            "requestedMessage": "StatusNotification",
            "evse": {"id": 1, "connectorId": 2},
        }

    @pytest.mark.parametrize("version", V2X)
    def test_a_word_that_2x_does_not_know_is_invalid_and_named(self, version):
        invalid = not_sent(version, TriggerMessage(requested_message="DiagnosticsStatusNotification"))

        assert isinstance(invalid, Invalid)
        assert invalid.description.startswith("requestedMessage")

    @pytest.mark.parametrize("version", VERSIONS)
    def test_not_implemented_is_unsupported(self, version):
        command = TriggerMessage(requested_message="Heartbeat")

        assert to_outcome(version, command, b'{"status":"NotImplemented"}').outcome == "unsupported"


@pytest.mark.usecase("C11", "1.6:5.4", "TC_C_37_CSMS", "TC_C_38_CSMS")
@pytest.mark.parametrize("version", ["1.6", "2.0.1", "2.1"])
@pytest.mark.parametrize(("word", "outcome"), [("Accepted", "accepted"), ("Rejected", "rejected")])
def test_the_cache_of_tokens_is_cleared_in_every_version(version: OcppVersion, word: str, outcome: str) -> None:
    call = to_call(version, ClearCache(), "c1")

    assert isinstance(call, OutboundCall)
    assert (call.action, call.payload) == ("ClearCache", b"{}")
    assert to_outcome(version, ClearCache(), f'{{"status":"{word}"}}'.encode()).outcome == outcome

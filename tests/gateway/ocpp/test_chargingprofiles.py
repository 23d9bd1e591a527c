"""Charging profiles: one command for every version, reports, and answers to pulls (K01, K05, K08 to K10, K21, K28; 1.6, 5.5, 5.7, 5.16)."""

import json
from decimal import Decimal

import pytest
from msgspec.structs import replace

from gateway.ocpp.translate import Answer, Invalid, Unsupported, answer, to_outcome
from schemas.chargingprofiles import ChargingProfilesReported, ScheduleUpdateDecided, profile_id_of
from schemas.chargingschedules import ScheduleUpdate
from schemas.facts import FactReported
from schemas.profilecommands import (
    AFRRSignal,
    ClearChargingProfile,
    GetChargingProfiles,
    GetCompositeSchedule,
    NotifyAllowedEnergyTransfer,
    SetChargingProfile,
    UpdateDynamicSchedule,
    UsePriorityCharging,
)
from schemas.reports import request_id_of
from schemas.routing import route
from schemas.transactions import RemoteStart
from tests.gateway.ocpp.building import NOW, REPLY_TO, STATION, V2X, VERSIONS, not_sent, received, record, sent
from tests.services.chargingprofiles.records import profile, tx_profile

AT = "2026-03-29T00:59:59.123Z"
OLD = ("1.6", "2.0.1")

REPORTED = {
    "id": 7,
    "stackLevel": 0,
    "chargingProfilePurpose": "TxDefaultProfile",
    "chargingProfileKind": "Relative",
    "chargingSchedule": [
        {"id": 1, "chargingRateUnit": "W", "chargingSchedulePeriod": [{"startPeriod": 0, "limit": 11000}]}
    ],
}


def setting(evse=1, **changes):
    return SetChargingProfile(evse=evse, profile=profile(**changes))


class TestSetChargingProfile:
    def test_1_6_has_a_connector_one_schedule_and_its_own_word_for_the_station(self):
        action, payload = sent(
            "1.6", setting(evse=0, purpose="ChargingStationMaxProfile", kind="Absolute", **started())
        )

        assert action == "SetChargingProfile"
        assert payload["connectorId"] == 0
        assert payload["csChargingProfiles"]["chargingProfilePurpose"] == "ChargePointMaxProfile"
        assert payload["csChargingProfiles"]["chargingSchedule"]["chargingSchedulePeriod"] == [
            {"startPeriod": 0, "limit": 11000}
        ]

    @pytest.mark.parametrize("version", V2X)
    @pytest.mark.usecase("K03", "K04", "K04.FR.03")
    def test_a_limit_of_the_station_or_of_the_group_behind_a_local_controller_is_one_of_evse_0(self, version):
        action, payload = sent(
            version, setting(evse=0, purpose="ChargingStationMaxProfile", kind="Absolute", **started())
        )

        assert (action, payload["evseId"]) == ("SetChargingProfile", 0)
        assert payload["chargingProfile"]["chargingProfilePurpose"] == "ChargingStationMaxProfile"

    @pytest.mark.parametrize("version", V2X)
    def test_2x_has_an_evse_and_numbered_schedules(self, version):
        assert sent(version, setting()) == ("SetChargingProfile", {"evseId": 1, "chargingProfile": REPORTED})

    @pytest.mark.parametrize("version", VERSIONS)
    def test_without_a_number_it_is_that_of_the_command(self, version):
        payload = sent(version, setting(profile_id=None), "c1")[1]

        told = payload.get("chargingProfile") or payload["csChargingProfiles"]
        assert profile_id_of("c1") in (told.get("id"), told.get("chargingProfileId"))

    def test_the_transaction_is_an_integer_in_1_6(self):
        told = sent("1.6", SetChargingProfile(evse=1, profile=tx_profile("42")))[1]
        refused = not_sent("1.6", SetChargingProfile(evse=1, profile=tx_profile("tx-1")))

        assert told["csChargingProfiles"]["transactionId"] == 42
        assert isinstance(refused, Invalid)

    @pytest.mark.parametrize("version", VERSIONS)
    def test_what_breaks_a_rule_is_not_sent_and_the_reason_names_the_clause(self, version):
        refused = not_sent(version, setting(purpose="ChargingStationExternalConstraints"))

        assert isinstance(refused, Invalid)
        assert "K01.FR.22" in refused.description

    @pytest.mark.parametrize("version", OLD)
    @pytest.mark.parametrize("purpose", ["PriorityCharging", "LocalGeneration"])
    def test_purposes_of_2_1_are_unknown_before(self, version, purpose):
        assert isinstance(not_sent(version, setting(purpose=purpose)), Unsupported)
        assert sent("2.1", setting(purpose=purpose))[1]["chargingProfile"]["chargingProfilePurpose"] == purpose


def started():
    (schedule,) = profile().schedules
    return {"schedules": (replace(schedule, start_at=NOW),)}


class TestRemoteStart:
    def start(self):
        return RemoteStart(
            token="CARD", token_type="Central", evse=1, remote_start_id=5, profile=profile(purpose="TxProfile")
        )

    def test_1_6_has_the_profile_inside(self):
        _, payload = sent("1.6", self.start())

        assert payload["chargingProfile"]["chargingProfilePurpose"] == "TxProfile"
        assert "transactionId" not in payload["chargingProfile"]

    @pytest.mark.usecase("K05", "1.6:5.11a")
    @pytest.mark.parametrize("version", V2X)
    def test_2x_has_the_profile_inside(self, version):
        _, payload = sent(version, self.start())

        assert payload["chargingProfile"] == REPORTED | {"chargingProfilePurpose": "TxProfile"}

    @pytest.mark.parametrize("version", VERSIONS)
    def test_any_other_purpose_is_not_sent(self, version):
        refused = not_sent(version, RemoteStart(token="CARD", evse=1, profile=profile()))

        assert isinstance(refused, Invalid)
        assert "K05.FR.02" in refused.description


class TestClear:
    def test_by_number_or_by_what_fits(self):
        assert sent("1.6", ClearChargingProfile(profile_id=7))[1] == {"id": 7}
        assert sent("2.1", ClearChargingProfile(profile_id=7))[1] == {"chargingProfileId": 7}
        fitting = ClearChargingProfile(evse=0, purpose="ChargingStationMaxProfile", stack_level=2)
        assert sent("1.6", fitting)[1] == {
            "connectorId": 0,
            "chargingProfilePurpose": "ChargePointMaxProfile",
            "stackLevel": 2,
        }
        assert sent("2.0.1", fitting)[1]["chargingProfileCriteria"] == {
            "evseId": 0,
            "chargingProfilePurpose": "ChargingStationMaxProfile",
            "stackLevel": 2,
        }

    def test_1_6_has_no_purpose_of_2_1(self):
        assert isinstance(not_sent("1.6", ClearChargingProfile(purpose="PriorityCharging")), Unsupported)

    @pytest.mark.parametrize("version", VERSIONS)
    @pytest.mark.usecase("K10", "1.6:5.5")
    def test_a_station_that_has_none_has_answered(self, version):
        told = to_outcome(version, ClearChargingProfile(profile_id=7), b'{"status":"Unknown"}')

        assert (told.outcome, told.error_description) == ("accepted", "Unknown")


class TestReport:
    def test_1_6_cannot(self):
        assert isinstance(not_sent("1.6", GetChargingProfiles()), Unsupported)

    @pytest.mark.parametrize("version", V2X)
    def test_without_criteria_all_sources_are_asked_for(self, version):
        _, payload = sent(version, GetChargingProfiles(), "c1")

        assert payload["requestId"] == request_id_of("c1")
        assert set(payload["chargingProfile"]["chargingLimitSource"]) == {"EMS", "Other", "SO", "CSO"}

    @pytest.mark.parametrize("version", V2X)
    def test_criteria_are_passed_on_alone(self, version):
        _, payload = sent(version, GetChargingProfiles(evse=0, stack_level=0))

        assert (payload["evseId"], payload["chargingProfile"]) == (0, {"stackLevel": 0})

    @pytest.mark.parametrize("version", V2X)
    def test_none_there_is_an_answer(self, version):
        assert to_outcome(version, GetChargingProfiles(), b'{"status":"NoProfiles"}').outcome == "accepted"

    @pytest.mark.parametrize("version", V2X)
    def test_a_part_has_its_profiles_as_we_would_set_them(self, version):
        told = record(
            version,
            "ReportChargingProfiles",
            {"requestId": 3, "chargingLimitSource": "CSO", "evseId": 1, "tbc": True, "chargingProfile": [REPORTED]},
        )

        assert isinstance(told, ChargingProfilesReported)
        assert (told.station, told.request_id, told.last, told.evse, told.source) == (STATION, 3, False, 1, "CSO")
        (only,) = told.profiles
        assert sent(version, SetChargingProfile(evse=1, profile=only))[1]["chargingProfile"] == REPORTED

    def test_a_part_with_a_word_of_a_vendor_is_kept_as_it_came(self):
        wild = REPORTED | {"chargingProfilePurpose": "VendorProfile"}
        told = record(
            "2.1",
            "ReportChargingProfiles",
            {"requestId": 3, "chargingLimitSource": "CSO", "evseId": 1, "chargingProfile": [wild]},
        )

        assert isinstance(told, FactReported)
        assert route(told).topic == "csms.energy"


def test_the_composite_schedule_is_asked_for_by_connector_or_evse():
    asked = GetCompositeSchedule(evse=1, duration_s=600, unit="A")

    assert sent("1.6", asked)[1] == {"connectorId": 1, "duration": 600, "chargingRateUnit": "A"}
    assert sent("2.1", asked)[1] == {"evseId": 1, "duration": 600, "chargingRateUnit": "A"}


SINCE_21 = [
    (UsePriorityCharging(transaction_id="t1"), {"transactionId": "t1", "activate": True}),
    (UsePriorityCharging(transaction_id="t1", activate=False), {"transactionId": "t1", "activate": False}),
    (
        UpdateDynamicSchedule(
            profile_id=7, update=ScheduleUpdate(limit_l2=Decimal("0.5"), discharge_limit=Decimal(-5))
        ),
        {"chargingProfileId": 7, "scheduleUpdate": {"limit_L2": 0.5, "dischargeLimit": -5}},
    ),
    (AFRRSignal(at=NOW, signal=-2), {"timestamp": AT, "signal": -2}),
    (
        NotifyAllowedEnergyTransfer(transaction_id="t1", modes=("AC_BPT",)),
        {"transactionId": "t1", "allowedEnergyTransfer": ["AC_BPT"]},
    ),
]


@pytest.mark.usecase("K21", "K28", "Q01", "Q04", "Q07")
@pytest.mark.parametrize(("command", "payload"), SINCE_21)
def test_what_2_1_alone_can_is_unsupported_before(command, payload):
    assert sent("2.1", command) == (type(command).__name__, payload)
    assert all(isinstance(not_sent(version, command), Unsupported) for version in OLD)


class TestPull:
    def test_it_waits_for_the_decision_and_is_rejected_without_one(self):
        got = received("2.1", "PullDynamicScheduleUpdate", {"chargingProfileId": 7})

        assert got.answer is Answer.DECIDED
        assert got.records[0].profile_id == 7
        assert json.loads(got.fallback)["status"] == "Rejected"

    @pytest.mark.parametrize(
        ("update", "told"),
        [
            (ScheduleUpdate(limit=Decimal("7000.50")), {"scheduleUpdate": {"limit": 7000.5}, "status": "Accepted"}),
            (None, {"status": "Rejected", "statusInfo": {"reasonCode": "InvalidProfile"}}),
        ],
    )
    def test_the_decision_is_the_answer(self, update, told):
        decided = ScheduleUpdateDecided(id="d1", station=STATION, reply_to=REPLY_TO, update=update)

        assert json.loads(answer("2.1", "PullDynamicScheduleUpdate", decided, NOW)) == told
        assert route(decided).topic == "csms.gateway.gw-0"

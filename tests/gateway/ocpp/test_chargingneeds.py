"""Limits of others, the needs of EVs and what they mean to do: records, and answers as K15 to K22 ask (2.x alone)."""

import json
from decimal import Decimal
from typing import Any

import pytest

from gateway.ocpp.chargingneeds import PARAMETERS
from gateway.ocpp.translate import Answer
from schemas.chargingneeds import ChargingNeedsDecided, EVScheduleDecided
from schemas.facts import FactReported
from schemas.routing import route
from tests.gateway.ocpp.building import NOW, REPLY_TO, STATION, V2X, answered, received, record

SCHEDULE = {"id": 1, "chargingRateUnit": "A", "chargingSchedulePeriod": [{"startPeriod": 0, "limit": 16.5}]}
LIMIT = {
    "chargingLimit": {"chargingLimitSource": "EMS", "isGridCritical": True},
    "chargingSchedule": [SCHEDULE],
    "evseId": 2,
}
DC = {
    "requestedEnergyTransfer": "DC",
    "dcChargingParameters": {"evMaxCurrent": 200, "evMaxVoltage": 800, "stateOfCharge": 7},
}


@pytest.mark.usecase("K11", "K12", "K14", "K23", "K24", "K25", "K26", "K29", "Q06")
@pytest.mark.parametrize("version", V2X)
def test_a_limit_of_another_is_kept_with_its_schedule(version):
    told = record(version, "NotifyChargingLimit", LIMIT)

    assert (told.station, told.source, told.evse, told.grid_critical) == (STATION, "EMS", 2, True)
    assert told.schedules[0].periods[0].limit == Decimal("16.5")
    assert received(version, "NotifyChargingLimit", LIMIT).result == b"{}"
    assert route(told).topic == "csms.energy"


@pytest.mark.usecase("K27")
def test_what_is_generated_there_adds_to_the_limits():
    limit: dict[str, Any] = {"chargingLimit": {"chargingLimitSource": "EMS", "isLocalGeneration": True}}

    assert record("2.1", "NotifyChargingLimit", limit).local_generation


@pytest.mark.parametrize("version", V2X)
def test_a_limit_that_holds_no_more_is_named_by_its_source(version):
    told = record(version, "ClearedChargingLimit", {"chargingLimitSource": "SO"})

    assert (told.source, told.evse) == ("SO", None)


@pytest.mark.parametrize("version", V2X)
@pytest.mark.usecase("K15", "K15.FR.02", "K15.FR.05", "K17", "K17.FR.02", "K17.FR.05")
def test_needs_are_kept_and_wait_for_a_decision(version):
    got = received(version, "NotifyEVChargingNeeds", {"evseId": 1, "chargingNeeds": DC})

    assert (got.answer, got.result) == (Answer.DECIDED, None)
    assert json.loads(got.fallback) == {"status": "Processing"}
    assert (got.records[0].answered, got.records[0].reply_to.message_id) == ("", REPLY_TO.message_id)
    assert got.records[0].parameters["dcChargingParameters.stateOfCharge"] == 7


@pytest.mark.usecase(
    "K15.FR.03",
    "K15.FR.04",
    "K17.FR.03",
    "K17.FR.04",
    "K18",
    "K18.FR.02",
    "K19",
    "K19.FR.02",
    "K19.FR.04",
    "K20",
    "Q02",
)
@pytest.mark.parametrize(
    ("version", "status", "said"),
    [
        *((version, word, word) for version in V2X for word in ("Accepted", "Processing", "Rejected")),
        ("2.1", "NoChargingProfile", "NoChargingProfile"),
        ("2.0.1", "NoChargingProfile", "Rejected"),
    ],
)
def test_needs_are_answered_by_the_decision(version, status, said):
    decision = ChargingNeedsDecided(id="d", station=STATION, reply_to=REPLY_TO, status=status)

    assert answered(version, "NotifyEVChargingNeeds", decision) == {"status": said}


@pytest.mark.parametrize("version", V2X)
def test_a_departure_of_next_week_is_no_wrong_clock(version):
    needs = DC | {"departureTime": "2026-04-09T08:00:00Z"}
    told = record(version, "NotifyEVChargingNeeds", {"evseId": 1, "chargingNeeds": needs})

    assert told.departure_at.isoformat() == "2026-04-09T08:00:00+00:00"
    assert told.deviations == ()


@pytest.mark.parametrize("version", V2X)
@pytest.mark.usecase("K15", "K15.FR.11", "K15.FR.12", "K16", "K16.FR.06", "K16.FR.07")
def test_what_an_ev_means_to_do_is_kept_and_answered_by_the_decision(version):
    payload = {"timeBase": NOW.isoformat(), "evseId": 1, "chargingSchedule": SCHEDULE}
    got = received(version, "NotifyEVChargingSchedule", payload)
    decision = {"id": "d", "station": STATION, "reply_to": REPLY_TO}

    assert (got.result, json.loads(got.fallback)) == (None, {"status": "Accepted"})
    for within, status in ((True, "Accepted"), (False, "Rejected")):
        told = answered(version, "NotifyEVChargingSchedule", EVScheduleDecided(within=within, **decision))
        assert told == {"status": status}
    assert (got.records[0].begins_at, got.records[0].schedule.unit) == (NOW, "A")


@pytest.mark.usecase("K21.FR.09", "K22", "K22.FR.06")
def test_priority_charging_is_kept():
    told = record("2.1", "NotifyPriorityCharging", {"transactionId": "t1", "activated": True})

    assert (told.transaction_id, told.activated) == ("t1", True)


def test_a_schedule_in_a_unit_of_a_vendor_is_kept_as_it_came():
    wild = LIMIT | {"chargingSchedule": [SCHEDULE | {"chargingRateUnit": "kW"}]}

    assert isinstance(record("2.1", "NotifyChargingLimit", wild), FactReported)


def test_every_number_that_an_ev_gives_has_a_place():
    kinds = ("ac", "dc", "v2x", "der")
    assert set(PARAMETERS) == {f"{kind}ChargingParameters" for kind in kinds}


DER: dict[str, Any] = {
    "evSupportedDERControl": ["VoltVar", "FreqWatt"],
    "evIslandingDetectionMethod": ["RoCoF"],
    "evInverterManufacturer": "Elbtal",
    "evInverterSwVersion": "1.2",
    "maxDischargeApparentPower": 11000.5,
    "maxDischargeApparentPower_L2": 3000,
    "evReactiveSusceptance": 0.5,
}


@pytest.mark.usecase("R02", "R02.FR.01", "R03", "R03.FR.01")
def test_what_the_inverter_in_an_ev_can_do_is_carried():
    needs = {"requestedEnergyTransfer": "AC_BPT_DER", "derChargingParameters": DER}
    told = record("2.1", "NotifyEVChargingNeeds", {"evseId": 1, "chargingNeeds": needs})

    assert (told.der_controls, told.islanding_detection) == (("VoltVar", "FreqWatt"), ("RoCoF",))
    assert told.inverter == {"evInverterManufacturer": "Elbtal", "evInverterSwVersion": "1.2"}
    assert told.parameters == {
        "derChargingParameters.maxDischargeApparentPower": Decimal("11000.5"),
        "derChargingParameters.maxDischargeApparentPower_L2": Decimal(3000),
        "derChargingParameters.evReactiveSusceptance": Decimal("0.5"),
    }
    assert told.further == {}

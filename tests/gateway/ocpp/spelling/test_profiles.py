"""Profiles of each version to the digit: what goes out comes back, and nothing is left out in silence."""

import json
from decimal import Decimal
from random import Random

import msgspec
import pytest

from gateway.ocpp.rows import Invalid, Unsupported
from gateway.ocpp.spelling.profiles import PROFILE_2X, profile_16, profile_21, profile_201, profiles_from, update_21
from schemas.chargingschedules import (
    ChargingProfile,
    ChargingSchedule,
    FrequencyPoint,
    SchedulePeriod,
    ScheduleUpdate,
    SocLimit,
)
from schemas.wire import decode, receiver
from tests.gateway.ocpp.building import context
from tests.schemas.wire.oracle import payload
from tests.services.chargingprofiles.records import profile


def with_period(**changes):
    return profile(schedules=(ChargingSchedule(unit="W", periods=(SchedulePeriod(**changes),)),))


def wire(spelled):
    return json.loads(msgspec.json.encode(spelled), parse_float=Decimal, parse_int=Decimal)


@pytest.mark.usecase("Q03", "Q05", "Q09", "Q10")
@pytest.mark.parametrize("seed", range(40))
def test_a_profile_that_a_2_1_station_reports_goes_back_as_it_came(seed):
    told = payload("2.1", "ReportChargingProfiles", "request", Random(seed))
    told["evseId"] = 1
    message = decode(receiver("2.1", "ReportChargingProfiles"), json.dumps(told).encode())

    for theirs, ours in zip(told["chargingProfile"], profiles_from(message.chargingProfile, context()), strict=True):
        back = wire(profile_21(ours, theirs["id"]))
        assert _plain(back, back) == _plain(
            json.loads(json.dumps(theirs), parse_float=Decimal, parse_int=Decimal), back
        )


def _plain(value, like):
    """Without times, which are spelled in another way, and what goes into `further`."""
    if isinstance(value, dict):
        kept = {"customData", "salesTariff", "absolutePriceSchedule", "priceLevelSchedule"}
        times = {"startSchedule", "validFrom", "validTo", "dynUpdateTime"}
        return {
            name: _plain(each, like)
            for name, each in value.items()
            if name not in kept | times and each not in ("", [])
        }
    return [_plain(each, like) for each in value] if isinstance(value, list) else value


@pytest.mark.usecase("Q08", "Q08.FR.02")
def test_the_curve_of_a_frequency_that_the_station_follows_itself_is_carried_whole():
    curve = (
        FrequencyPoint(frequency=Decimal("49.8"), power=Decimal(2000)),
        FrequencyPoint(frequency=Decimal("50.2"), power=Decimal(-2000)),
    )
    told = profile_21(with_period(operation_mode="LocalFrequency", baseline=Decimal(100), frequency_curve=curve), 7)

    (period,) = json.loads(msgspec.json.encode(told))["chargingSchedule"][0]["chargingSchedulePeriod"]
    assert period == {
        "startPeriod": 0,
        "operationMode": "LocalFrequency",
        "v2xBaseline": 100,
        "v2xFreqWattCurve": [{"frequency": 49.8, "power": 2000}, {"frequency": 50.2, "power": -2000}],
    }


def test_digits_stay_as_they_are():
    told = msgspec.json.encode(profile_21(with_period(limit=Decimal("16.10"), limit_l2=Decimal("1E+3")), 7))

    assert b'"limit":16.10,"limit_L2":1000' in told


@pytest.mark.parametrize(
    ("spell", "version"),
    [(profile_16, "1.6"), (profile_201, "2.0.1")],
    ids=lambda each: getattr(each, "__name__", each),
)
@pytest.mark.parametrize(
    "change",
    [
        {"limit_l2": Decimal(1)},
        {"setpoint": Decimal(1)},
        {"evse_sleep": False},
        {"operation_mode": "ChargingOnly"},
        {"discharge_limit": Decimal(0)},
    ],
)
def test_what_is_of_2_1_alone_is_refused_by_name(spell, version, change):
    refused = spell(with_period(limit=Decimal(1), **change), 7)

    assert isinstance(refused, Unsupported)
    assert version in refused.reason
    assert next(iter(change)) in refused.reason


@pytest.mark.parametrize("spell", [profile_16, profile_201])
def test_every_period_has_a_limit_before_2_1(spell):
    assert isinstance(spell(with_period(), 7), Invalid)


def test_1_6_takes_one_schedule_one_digit_and_no_phase():
    (schedule,) = profile().schedules

    assert isinstance(profile_16(profile(schedules=(schedule, schedule)), 7), Invalid)
    assert isinstance(profile_16(with_period(limit=Decimal("0.05")), 7), Invalid)
    assert isinstance(profile_16(with_period(limit=Decimal(1), phases=1, phase_to_use=1), 7), Unsupported)
    assert not isinstance(profile_16(with_period(limit=Decimal("0.50")), 7), Invalid | Unsupported)


def test_a_limit_at_a_state_of_charge_is_carried():
    (schedule,) = profile().schedules
    limited = msgspec.structs.replace(schedule, limit_at_soc=SocLimit(soc=80, limit=Decimal("5.5")))

    told = wire(profile_21(profile(schedules=(limited,)), 7))

    assert told["chargingSchedule"][0]["limitAtSoC"] == {"soc": 80, "limit": Decimal("5.5")}


def test_an_update_has_the_members_that_it_says():
    assert wire(update_21(ScheduleUpdate(setpoint_reactive_l3=Decimal(-1)))) == {"setpointReactive_L3": -1}


def test_every_member_of_a_profile_has_its_name_on_the_wire():
    assert set(PROFILE_2X) == set(ChargingProfile.__struct_fields__)

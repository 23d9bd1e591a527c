"""Which profile serves the needs of an EV: one that stands, or one that is planned."""

from decimal import Decimal

import msgspec
import pytest

from schemas.base import Record
from schemas.energy import limit_number
from schemas.limits import StationLimited, StationLimits
from schemas.transactionlimits import TransactionLimit
from services.chargingprofiles.serving import How
from tests.services.chargingprofiles.records import (
    STATION,
    Station,
    asked,
    needs,
    plans,
    profile,
    profile_in,
    rates,
    session,
    settled,
    start,
    statuses,
    tx_profile,
)
from tests.services.moments import at

FAST, LEVEL, STANDING, OFF = How("fast"), How("level"), How("standing"), How("off")


def test_a_station_that_takes_amperes_alone_gets_no_plan_for_dc() -> None:
    amperes = StationLimited(id="l", station=STATION, revision=1, limits=StationLimits(rate_units=("A",)), at=at(0))
    outputs = Station(session(), amperes, how=FAST).reads(needs(energy_transfer="DC", parameters={}))

    assert (statuses(outputs), plans(outputs)[0].reason) == (["Rejected"], "DC is planned in W")


@pytest.mark.usecase("K16", "K16.FR.12")
@pytest.mark.parametrize("how", [STANDING, FAST, LEVEL])
def test_the_profile_that_an_operator_set_for_the_transaction_serves(how: How) -> None:
    station = Station(session(), asked(profile=tx_profile(), seconds=122), settled(seconds=123), how=how)
    outputs = station.reads(needs())

    assert statuses(outputs) == ["Accepted"]
    assert profile_in(outputs) == tx_profile()


def test_so_does_the_one_that_a_remote_start_brought() -> None:
    begun = session(seconds=120, remote_start_id=5)
    station = Station(start(), settled("go", command="RemoteStart"), begun, how=FAST)

    assert profile_in(station.reads(needs())).profile_id == 7


@pytest.mark.usecase("K15.FR.07", "K16.FR.12")
def test_the_default_of_the_station_serves_as_a_profile_of_the_transaction() -> None:
    station = Station(asked(), settled(), session(), how=STANDING)
    outputs = station.reads(needs())

    assert (profile_in(outputs).purpose, profile_in(outputs).transaction_id) == ("TxProfile", "tx-s1")
    assert rates(outputs) == [(0, Decimal("15.9"))]  # 11 kW by three phases of 230 V


@pytest.mark.usecase("K15.FR.07", "K17.FR.07", "K18.FR.07", "K19.FR.07")
def test_a_schedule_has_no_more_periods_than_ev_and_station_take() -> None:
    steps = tuple(
        msgspec.structs.replace(profile().schedules[0].periods[0], start_s=n * 60, limit=Decimal(9_000 - n * 500))
        for n in range(10)
    )
    default = profile(schedules=(msgspec.structs.replace(profile().schedules[0], periods=steps),))
    few = StationLimited(id="l", station=STATION, revision=1, limits=StationLimits(schedule_periods=3), at=at(0))

    def made(*more: Record, most: int) -> int:
        station = Station(asked(profile=default), settled(), session(), *more, how=FAST)
        return len(rates(station.reads(needs(most_periods=most))))

    assert (made(most=12), made(most=4), made(few, most=4)) == (10, 4, 3)


def test_the_limit_of_the_session_counts_as_a_need_and_as_a_departure() -> None:
    limited = session(limit=TransactionLimit(max_energy_wh=Decimal(2_760), max_time_s=3_610))
    outputs = Station(limited, how=LEVEL).reads(needs())

    assert (plans(outputs)[0].energy_wh, plans(outputs)[0].departure_at) == (2_760, at(120 + 3_610))
    assert rates(outputs) == [(0, Decimal(4)), (3_600, Decimal(16))]


def test_what_a_site_limits_an_evse_to_serves_no_needs_and_limits_no_plan() -> None:
    told = tx_profile(profile_id=limit_number(STATION, 1, "limit"), stack_level=1)
    fallback = profile(limit=1_380, profile_id=limit_number(STATION, 1, "fallback"), stack_level=1)
    of_a_site = (
        asked("told", profile=told, seconds=122),
        settled("told", seconds=123),
        asked("fallback", profile=fallback, seconds=1),
        settled("fallback", seconds=2),
    )
    without, within = Station(session(), how=FAST), Station(session(), *of_a_site, how=FAST)

    assert profile_in(within.reads(needs())) == profile_in(without.reads(needs()))

"""What is known to limit an EVSE, and what EVs say that they can take."""

from decimal import Decimal
from typing import Any

import pytest

from schemas.base import Poison
from schemas.chargingneeds import ChargingLimitCleared, ChargingNeedsReported
from schemas.chargingschedules import ChargingSchedule, SchedulePeriod
from services.chargingprofiles.curves import BELIEVED, Curve, Frame
from services.chargingprofiles.limiting import LIMITS_BYTES_AT_MOST, Taken, Unit, limits_known, taken, unit_for
from tests.services.chargingprofiles.records import STATION, Station, asked, inquired, limit, part, profile, settled
from tests.services.moments import at

WATTS, AMPERES = Unit("W", 3), Unit("A", 3)


def needs(transfer: str = "AC_three_phase", **parameters: Any) -> ChargingNeedsReported:
    told = {name.replace("__", "."): Decimal(value) for name, value in parameters.items()}
    return ChargingNeedsReported(
        id="n", station=STATION, evse=1, energy_transfer=transfer, parameters=told, received_at=at(0)
    )


def cleared(*, source: str = "EMS", evse: int | None = None) -> ChargingLimitCleared:
    return ChargingLimitCleared(id="c", station=STATION, source=source, evse=evse, received_at=at(50))


def known(station: Station, evse: int = 1, unit: Unit = WATTS) -> Curve:
    return limits_known(station.state, evse, Frame(at(1000), 3600, unit.of), None)


def only(rate: Any) -> Curve:
    return ((0, None if rate is None else Decimal(rate)),)


def test_nothing_is_known_of_a_station_without_profiles() -> None:
    assert known(Station()) == only(None)


def test_the_default_for_transactions_and_the_maximum_of_the_station_limit_together() -> None:
    most = profile(9_000, purpose="ChargingStationMaxProfile", profile_id=8)
    station = Station(asked(), settled(), asked("p2", profile=most, evse=0, seconds=5), settled("p2", seconds=6))

    assert known(station) == only(9_000)
    assert known(station, evse=2) == only(9_000)


def test_of_one_purpose_the_highest_level_rules_also_where_it_allows_more() -> None:
    higher = profile(20_000, profile_id=8, stack_level=3)
    station = Station(asked(), settled(), asked("p2", profile=higher, evse=0, seconds=5), settled("p2", seconds=6))

    assert known(station) == only(20_000)


def test_what_the_station_does_not_have_limits_nothing() -> None:
    assert known(Station(asked(), settled(outcome="rejected"))) == only(None)
    assert known(Station(asked())) == only(None)


def test_profiles_of_others_limit_besides() -> None:
    theirs = profile(3_000, purpose="ChargingStationExternalConstraints", profile_id=9)
    station = Station(asked(), settled(), inquired(), part(theirs, source="EMS"))

    assert known(station) == only(3_000)


def test_limits_that_others_set_hold_until_they_take_them_back() -> None:
    station = Station(limit(5_000), limit(4_000, source="SO", evse=2, n=2))

    assert (known(station), known(station, evse=2)) == (only(5_000), only(4_000))
    station.reads(limit(6_000, n=3))
    assert known(station) == only(6_000)
    station.reads(cleared(evse=2))  # of a place where that source set none
    assert known(station) == only(6_000)
    station.reads(cleared())
    assert known(station) == only(None)


def test_what_local_generation_adds_is_no_limit() -> None:
    assert known(Station(limit(1, local_generation=True))) == only(None)


def test_limits_of_a_size_that_nobody_has_are_put_aside() -> None:
    period = SchedulePeriod(limit=Decimal(1), start_s=1)
    long = ChargingSchedule(periods=(period,) * (LIMITS_BYTES_AT_MOST // 20))

    with pytest.raises(Poison, match="limits of others"):
        Station(limit(schedules=(long,)))


@pytest.mark.parametrize(
    ("unit", "rate"), [(AMPERES, Decimal("7.2")), (Unit("A", 1), Decimal("21.7")), (WATTS, Decimal(5_000))]
)
def test_watts_are_amperes_of_each_phase_that_the_ev_uses(unit: Unit, rate: Decimal) -> None:
    assert known(Station(limit(5_000)), unit=unit) == only(rate)


@pytest.mark.parametrize(
    ("unit", "phases", "rate"),
    [(WATTS, None, 11_040), (WATTS, 1, 3_680), (Unit("W", 1), None, 3_680), (Unit("W", 0), None, 11_040)],
)
def test_amperes_are_watts_of_the_phases_that_limit_and_ev_share(unit: Unit, phases: int | None, rate: int) -> None:
    told = ChargingSchedule(unit="A", periods=(SchedulePeriod(limit=Decimal(16), phases=phases),))

    assert known(Station(limit(schedules=(told,))), unit=unit) == only(rate)


@pytest.mark.parametrize(
    ("transfer", "units", "unit"),
    [
        ("AC_three_phase", (), Unit("A", 3)),
        ("AC_single_phase", ("W", "A"), Unit("A", 1)),
        ("AC_two_phase", ("W",), Unit("W", 2)),
        ("DC", (), Unit("W", 0)),
        ("DC", ("A",), None),
        ("DC_BPT", ("W", "A"), Unit("W", 0)),
        ("AC_BPT", ("A",), Unit("A", 3)),
    ],
)
def test_ac_is_planned_in_amperes_and_dc_in_watts_where_the_station_takes_that(
    transfer: str, units: Any, unit: Unit | None
) -> None:
    assert unit_for(needs(transfer), units) == unit


AC = {
    "acChargingParameters__energyAmount": 22_000,
    "acChargingParameters__evMinCurrent": 6,
    "acChargingParameters__evMaxCurrent": 16,
    "acChargingParameters__evMaxVoltage": 400,
}
DC = {"dcChargingParameters__evMaxCurrent": 200, "dcChargingParameters__evMaxVoltage": 400}
V2X = {"v2xChargingParameters__maxChargePower": 4_000, "v2xChargingParameters__minChargePower": 1_000}


@pytest.mark.parametrize(
    ("told", "unit", "takes"),
    [
        (needs(**AC), AMPERES, Taken(Decimal(16), Decimal(6), Decimal(22_000))),
        (needs(**AC), WATTS, Taken(Decimal(11_040), Decimal(4_140), Decimal(22_000))),
        (needs("DC", **DC), Unit("W", 0), Taken(Decimal(80_000), None, None)),
        (
            needs("DC", **DC, dcChargingParameters__evMaxPower=50_000, dcChargingParameters__energyAmount=9),
            Unit("W", 0),
            Taken(Decimal(50_000), None, Decimal(9)),
        ),
        (
            needs(
                "DC",
                **DC,
                dcChargingParameters__evEnergyCapacity=60_000,
                dcChargingParameters__stateOfCharge=20,
                dcChargingParameters__fullSoC=80,
            ),
            Unit("W", 0),
            Taken(Decimal(80_000), None, Decimal(36_000)),
        ),
        (
            needs(
                "AC_BPT",
                **V2X,
                v2xChargingParameters__maxChargePower_L2=3_000,
                v2xChargingParameters__maxChargePower_L3=2_000,
                v2xChargingParameters__evTargetEnergyRequest=5_000,
            ),
            WATTS,
            Taken(Decimal(9_000), Decimal(1_000), Decimal(5_000)),
        ),
        (needs("DC_BPT"), Unit("W", 0), Taken(None, None, None)),
        (needs("AC_DER", derChargingParameters__maxNominalVoltage=1), WATTS, Taken(None, None, None)),
    ],
)
def test_what_an_ev_can_take(told: ChargingNeedsReported, unit: Unit, takes: Taken) -> None:
    assert taken(told, unit) == takes


def test_numbers_that_no_ev_has_are_cut() -> None:
    wild = needs(**{**AC, "acChargingParameters__energyAmount": "1e300", "acChargingParameters__evMaxCurrent": "1e300"})

    assert taken(wild, AMPERES).energy_wh == BELIEVED
    assert known(Station(limit(10**40))) == only(BELIEVED)

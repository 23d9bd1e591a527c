"""What a vehicle gives back in a session: an account of its own, in whatever order the facts come."""

from decimal import Decimal
from itertools import permutations

import pytest

from schemas.anomalies import Anomaly
from schemas.quantities import ENERGY_EXPORT, POWER_EXPORT, POWER_IMPORT
from tests.services.transactions.records import (
    Station,
    ended,
    meter,
    metered,
    number_of,
    sample,
    start_16,
    started,
    stop_16,
    updated,
)

INTERVAL = "Energy.Active.Export.Interval"


def taken(value, **overrides):
    return sample(value, **overrides)


def given_back(value, **overrides):
    return sample(value, measurand=ENERGY_EXPORT, **overrides)


def reading(number, minutes, *samples):
    return updated(f"u{number}", seq_no=number, minutes=minutes, meter_values=(meter(minutes, *samples),))


OFFLINE = (
    started(meter_values=(meter(0, taken("1000"), given_back("200")),)),
    reading(1, 10, taken("3000"), given_back("200")),
    reading(2, 20, taken("3000"), given_back("1700"), sample("9000", measurand=POWER_EXPORT)),
    ended(seq_no=3, meter_values=(meter(30, taken("3500"), given_back("2700")),)),
)


@pytest.mark.usecase("Q12")
@pytest.mark.parametrize("order", list(permutations(range(4))))
def test_both_directions_are_counted_in_whatever_order_the_events_of_an_offline_time_come(order) -> None:
    station = Station()
    for at in (*order, *order):
        station.tells(OFFLINE[at])

    session = station.session
    assert (session.meter_start_wh, session.meter_stop_wh, session.energy_wh) == (1000, 3500, 2500)
    assert (session.export_start_wh, session.export_stop_wh, session.exported_wh) == (200, 2700, 2500)
    assert session.anomalies == ()


def test_the_begin_and_end_of_the_register_count_before_what_is_between() -> None:
    station = Station(
        started(meter_values=(meter(0, given_back("10", context="Transaction.Begin")),)),
        reading(1, 5, given_back("15")),
        ended(seq_no=2, meter_values=(meter(30, given_back("0.05", unit="kWh", context="Transaction.End")),)),
    )

    session = station.session
    assert (session.export_start_wh, session.export_stop_wh, session.exported_wh) == (10, 50, 40)


def test_a_session_without_such_readings_has_none_and_one_that_measured_0_has_0() -> None:
    silent = Station(started(), ended()).session
    zero = Station(
        started(meter_values=(meter(0, given_back("5")),)), ended(meter_values=(meter(30, given_back("5")),))
    ).session

    assert (silent.exported_wh, silent.export_power_w) == (None, None)
    assert zero.exported_wh == 0


def test_phases_without_a_sum_are_summed() -> None:
    phases = [[given_back(value, phase=f"L{n}") for n in (1, 2, 3)] for value in ("100", "150")]
    station = Station(started(meter_values=(meter(0, *phases[0]),)), ended(meter_values=(meter(30, *phases[1]),)))

    assert station.session.exported_wh == 150


def test_intervals_are_added_up_once_each() -> None:
    values = [meter(minute, sample("40", measurand=INTERVAL)) for minute in (10, 20)]
    station = Station(started(), updated(meter_values=tuple(values)))
    station.tells(updated("again", seq_no=2, meter_values=(values[1],)))

    assert (station.session.exported_wh, station.session.energy_wh) == (80, None)


def test_a_1_6_station_that_measures_it_has_it_too() -> None:
    station = Station(start_16(meter_wh=Decimal(1000)))
    number = number_of(station)
    station.tells(metered(meter(5, given_back("100")), message="a", transaction_id=number))
    station.tells(metered(meter(25, given_back("400")), message="b", transaction_id=number))
    station.tells(stop_16(transaction_id=number, meter_wh=Decimal(1500)))

    assert (station.session.energy_wh, station.session.exported_wh) == (500, 300)


def test_its_power_is_that_of_the_running_session_and_shows_that_it_charges() -> None:
    flowing = reading(1, 5, sample("0", measurand=POWER_IMPORT), sample("7000", measurand=POWER_EXPORT))
    station = Station(started(charging_state=""), flowing)

    now = station.session
    assert (now.power_w, now.export_power_w, now.charging_state) == (0, 7000, "Charging")

    station.tells(ended(seq_no=2))
    assert station.session.export_power_w is None


def test_a_register_that_falls_is_told_apart_from_that_of_the_energy_taken() -> None:
    readings = [reading(n + 1, 10 * n, given_back(value)) for n, value in enumerate(("5000", "9000", "100", "300"))]
    station = Station(started(), *readings, ended(seq_no=5, minutes=60))

    assert station.session.exported_wh == 4200
    assert station.session.anomalies == (Anomaly.EXPORT_REGISTER_ODD,)


def test_a_jump_is_set_apart_and_changes_neither_account() -> None:
    station = Station(
        started(meter_values=(meter(0, taken("1000"), given_back("1000")),)),
        reading(1, 10, taken("2000"), given_back("99000000")),
        ended(seq_no=2, meter_values=(meter(30, taken("2500"), given_back("1400")),)),
    )

    assert station.quarantined == ["impossible-jump"]
    assert (station.session.energy_wh, station.session.exported_wh) == (1500, 400)

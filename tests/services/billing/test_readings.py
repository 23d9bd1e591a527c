"""Which readings of a session are kept."""

import datetime as dt
from decimal import Decimal
from typing import Any

from msgspec.structs import replace

from schemas.billing import Sample, SessionUsage
from schemas.quantities import ENERGY_EXPORT, ENERGY_IMPORT, POWER_IMPORT, Reading
from services.billing.readings import MAX_SAMPLES, thin, with_readings, with_state

NOON = dt.datetime(2026, 1, 1, 12, tzinfo=dt.UTC)


def minute(number: int) -> dt.datetime:
    return NOON + dt.timedelta(minutes=number)


def register(number: int, wh: int, **members: Any) -> Reading:
    return Reading(at=minute(number), measurand=ENERGY_IMPORT, value=Decimal(wh), unit="Wh", **members)


def test_readings_are_kept_in_the_order_of_their_times_and_once() -> None:
    usage = with_readings(SessionUsage(), [register(2, 200), register(1, 100), register(2, 200)])

    assert [sample.units for sample in usage.register] == [1_000_000, 2_000_000]


def test_readings_of_single_phases_do_not_count() -> None:
    assert with_readings(SessionUsage(), [register(1, 100, phase="L1")]) == SessionUsage()


def test_only_the_best_measurement_location_counts() -> None:
    usage = with_readings(
        SessionUsage(), [register(1, 7, location="EV"), register(2, 200), register(3, 9, location="EV")]
    )

    assert [sample.units for sample in usage.register] == [2_000_000]


def test_a_repeated_state_changes_nothing() -> None:
    usage = with_state(SessionUsage(), minute(1), "Charging")

    assert with_state(usage, minute(2), "Charging") is usage
    assert [mark.state for mark in with_state(usage, minute(2), "SuspendedEV").states] == ["Charging", "SuspendedEV"]


def test_power_below_100_w_is_none() -> None:
    power = (Reading(at=minute(n), measurand=POWER_IMPORT, value=Decimal(w), unit="W") for n, w in ((1, 7000), (2, 99)))

    assert [mark.flows for mark in with_readings(SessionUsage(), power).flows] == [True, False]


def test_samples_on_a_straight_line_are_dropped_without_loss_and_others_with_a_mark() -> None:
    line = tuple(Sample(n, 5 * n) for n in range(101))
    curve = tuple(Sample(n, n * n) for n in range(101))
    straight, bent = (thin(replace(SessionUsage(), register=register)) for register in (line, curve))

    assert (straight.register, straight.thinned) == ((line[0], line[-1]), False)
    assert bent.thinned
    assert len(bent.register) <= 52
    assert (bent.register[0], bent.register[-1]) == (curve[0], curve[-1])


def test_a_session_never_has_more_samples_than_its_limit() -> None:
    usage = with_readings(SessionUsage(), (register(n, n * n) for n in range(MAX_SAMPLES + 10)))

    assert len(usage.register) <= MAX_SAMPLES
    assert usage.thinned


def test_the_register_of_energy_given_back_is_kept_apart_and_within_the_same_limit() -> None:
    back = [replace(register(n, n * n), measurand=ENERGY_EXPORT) for n in range(MAX_SAMPLES + 1)]
    usage = with_readings(with_readings(SessionUsage(), [register(1, 100)]), back)

    assert [sample.units for sample in usage.register] == [1_000_000]
    assert len(usage.exported) <= MAX_SAMPLES
    assert usage.exported[-1].units == MAX_SAMPLES**2 * 10_000

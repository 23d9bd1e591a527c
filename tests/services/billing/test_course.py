"""The course of a session: energy over time, also of registers that fall."""

import datetime as dt
from decimal import Decimal

from schemas.billing import Sample, SessionUsage
from services.billing.course import SessionTotals, course_of, units
from services.billing.localtime import micros

START = dt.datetime(2026, 1, 1, 12, tzinfo=dt.UTC)


def energies(*register_wh: int, start: int, stop: int, energy: int) -> list[int]:
    """Wh charged at each reading, one a minute, from the begin to the end of the session."""
    times = [START + dt.timedelta(minutes=n + 1) for n in range(len(register_wh))]
    usage = SessionUsage(
        register=tuple(Sample(micros(at), units(Decimal(wh))) for at, wh in zip(times, register_wh, strict=True))
    )
    end = START + dt.timedelta(minutes=len(register_wh) + 1)
    course = course_of(SessionTotals(START, end, Decimal(start), Decimal(stop), Decimal(energy)), usage)
    return [int(node.energy) // units(Decimal(1)) for node in course.nodes]


def test_energy_is_the_rise_of_the_register() -> None:
    assert energies(1100, 1300, start=1000, stop=1500, energy=500) == [0, 100, 300, 500]


def test_a_reading_below_the_one_before_is_ignored() -> None:
    assert energies(1300, 1100, start=1000, stop=1500, energy=500) == [0, 300, 300, 500]


def test_a_reset_register_counts_from_zero() -> None:
    assert energies(1300, 100, start=1000, stop=200, energy=500) == [0, 300, 400, 500]


def test_a_rolled_over_register_counts_on() -> None:
    assert energies(9_900, 100, start=9_800, stop=200, energy=400) == [0, 100, 300, 400]


def test_where_no_fall_explains_the_energy_its_rises_share_it() -> None:
    assert energies(1100, 500, start=1000, stop=600, energy=1000)[-1] == 1000

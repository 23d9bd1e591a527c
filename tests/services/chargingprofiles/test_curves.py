"""Profiles as limits over the seconds: where which limit holds, and that nothing is ever read as more than it is."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.chargingschedules import ChargingProfile, ChargingSchedule, SchedulePeriod
from services.chargingprofiles.curves import (
    CELLS,
    UNLIMITED,
    Curve,
    Frame,
    first_of,
    least,
    of_few_steps,
    of_profile,
    of_schedule,
    rounded,
)
from tests.services.moments import at

DAY = 86_400
FRAME = Frame(at(0), DAY, lambda limit, _, __: limit)


def schedule(*periods: tuple[int, int | None], **changes: Any) -> ChargingSchedule:
    told = tuple(
        SchedulePeriod(start_s=begin, limit=None if rate is None else Decimal(rate)) for begin, rate in periods
    )
    return ChargingSchedule(**{"unit": "W", "start_at": at(0), "periods": told} | changes)


def profile(*periods: tuple[int, int | None], schedules: Any = None, **changes: Any) -> ChargingProfile:
    members = {"purpose": "TxDefaultProfile", "kind": "Absolute", "schedules": schedules or (schedule(*periods),)}
    return ChargingProfile(**members | changes)


def curve(*steps: tuple[int, int | None]) -> Curve:
    return tuple((begin, None if rate is None else Decimal(rate)) for begin, rate in steps)


@pytest.mark.parametrize(
    ("one", "steps"),
    [
        (profile((0, 9), (60, 5)), [(0, 9), (60, 5)]),
        (profile(schedules=(schedule((0, 9), (60, 5), start_at=at(-30)),)), [(0, 9), (30, 5)]),
        (profile(schedules=(schedule((0, 9), (60, 5), start_at=at(-600)),)), [(0, 5)]),
        (profile(schedules=(schedule((0, 9), start_at=at(10), duration_s=20),)), [(0, None), (10, 9), (30, None)]),
        (profile((0, 9), valid_from=at(5), valid_to=at(8)), [(0, None), (5, 9), (8, None)]),
        (profile((0, 9), valid_to=at(-8)), [(0, None)]),
        (profile(schedules=(schedule((0, 9), (60, 5), start_at=None),)), [(0, 5)]),  # nobody knows when it begins
        (profile(schedules=(schedule((0, 9), (60, 5), local_time=True),)), [(0, 5)]),
        (profile((0, None)), [(0, None)]),
        (profile(schedules=(schedule((0, 9)), schedule((0, 12), (60, 4)))), [(0, 9), (60, 4)]),
    ],
)
def test_an_absolute_profile_is_laid_on_the_seconds(one: ChargingProfile, steps: list[tuple[int, int | None]]) -> None:
    assert of_profile(one, FRAME) == curve(*steps)


def test_a_daily_profile_holds_again_every_day() -> None:
    daily = profile(
        kind="Recurring", recurrency="Daily", schedules=(schedule((0, 9), (3600, 5), start_at=at(-7 * DAY + 600)),)
    )

    assert of_profile(daily, FRAME) == curve((0, 5), (600, 9), (4200, 5))


def test_a_relative_profile_is_read_as_begun_with_the_transaction_or_now() -> None:
    rising, falling = profile((0, 4), (600, 9), kind="Relative"), profile((0, 9), (600, 4), kind="Relative")

    assert of_profile(rising, FRAME, at(-300)) == curve((0, 4), (600, 9))
    assert of_profile(falling, FRAME, at(-300)) == curve((0, 9), (300, 4))


def test_a_limit_that_was_told_without_a_start_began_when_it_was_told() -> None:
    told = schedule((0, 9), (60, 5), start_at=None, duration_s=100)

    assert of_schedule(told, FRAME, at(-30)) == curve((0, 9), (30, 5), (70, None))


def test_in_a_second_in_which_a_limit_changes_the_lesser_one_holds() -> None:
    half = at(0) + timedelta(seconds=0.5)

    assert of_profile(profile(schedules=(schedule((10, 9), (20, 5), (30, 9), start_at=half),)), FRAME) == curve(
        (0, None), (10, 9), (20, 5), (31, 9)
    )


def test_of_several_the_least_and_the_first_that_says_something() -> None:
    one, other = curve((0, None), (10, 5)), curve((0, 9), (20, 2))

    assert least([one, other]) == curve((0, 9), (10, 5), (20, 2))
    assert first_of([one, other]) == curve((0, 9), (10, 5))
    assert least([]) == first_of([]) == UNLIMITED


def test_limits_have_one_digit_after_the_point_and_are_not_rounded_up() -> None:
    assert (rounded(Decimal("9.99")), rounded(Decimal(-3))) == (Decimal("9.9"), 0)


STEPS = st.lists(
    st.tuples(st.integers(0, DAY - 1), st.integers(0, 50)), min_size=1, max_size=30, unique_by=lambda one: one[0]
)


@settings(deadline=None)
@given(STEPS, st.integers(1, 8), st.integers(0, DAY - 1))
def test_fewer_steps_allow_nowhere_more(steps: list[tuple[int, int]], most: int, second: int) -> None:
    whole = curve(*{0: 25, **dict(sorted(steps))}.items())
    few = of_few_steps(whole, most, DAY)

    assert len(few) <= most
    assert rate_at(few, second) <= rate_at(whole, second)
    if most >= len(whole):
        assert all(rate_at(few, begin) == rate for begin, rate in whole)


def test_a_curve_of_very_many_steps_is_coarsened_first() -> None:
    many = curve(*((second * 10, 20 + second % 2) for second in range(CELLS * 4)))

    assert of_few_steps(many, 1, DAY) == curve((0, 20))


def rate_at(steps: Curve, second: int) -> Decimal:
    rate = next(rate for begin, rate in reversed(steps) if begin <= second)
    assert rate is not None
    return rate

"""Schedules: ramps never exceed their line, the least of several events counts, and rounding and few periods only lower limits."""

from datetime import datetime, timedelta
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.states.demandresponse import HeldEvent
from services.demandresponse.schedules import Curve, Step, asked_of, curve_of, ends_at, fitted, group_of
from tests.examples import examples
from tests.services.demandresponse.stations import HOUR, STATION, held
from tests.services.moments import at

watts = st.integers(0, 50_000).map(Decimal)


@st.composite
def events(draw: st.DrawFn) -> HeldEvent:
    begins = draw(st.integers(0, 2 * HOUR))
    return held(
        limit_w=draw(watts),
        from_at=at(begins),
        to_at=at(begins + draw(st.integers(1, 2 * HOUR))),
        ramp_down_min=draw(st.integers(0, 40)),
        ramp_up_min=draw(st.integers(0, 40)),
        baseline_w=draw(st.none() | watts),
    )


def line(event: HeldEvent, moment: datetime) -> Decimal | None:
    """The limit of an event as it is drawn: straight down from the baseline, level, and straight up again."""
    terms, full, top = event.terms, event.terms.limit_w, event.baseline_w
    assert full is not None
    if not terms.from_at <= moment < ends_at(terms):
        return None
    if top is None or top <= full:
        return full
    down = min(timedelta(minutes=terms.ramp_down_min), terms.to_at - terms.from_at)
    up = timedelta(minutes=terms.ramp_up_min)
    limits = [top]
    if down and moment < terms.from_at + down:
        limits.append(top - (top - full) * Decimal((moment - terms.from_at) / down))
    elif moment <= terms.to_at or not up:
        limits.append(full)
    if moment >= terms.to_at and up:
        limits.append(full + (top - full) * Decimal((moment - terms.to_at) / up))
    return max(limits[1:])


@given(events(), st.integers(0, 6 * HOUR))
@settings(max_examples=examples(300), deadline=None)
def test_a_ramp_never_exceeds_its_line(event: HeldEvent, second: int) -> None:
    curve, drawn = curve_of(event, "W", STATION), line(event, at(second))
    assert curve is not None
    limit = curve.at(at(second))
    if limit is not None:
        assert drawn is not None
        assert limit <= drawn + Decimal("0.001")
    if event.terms.from_at <= at(second) < event.terms.to_at:
        assert limit is not None


def test_a_limit_comes_down_and_goes_up_in_steps() -> None:
    curve = curve_of(
        held(limit_w=Decimal(2_000), baseline_w=Decimal(10_000), ramp_down_min=4, ramp_up_min=2), "W", STATION
    )

    assert curve == Curve(
        (
            Step(at(0), Decimal(8_000)),
            Step(at(60), Decimal(6_000)),
            Step(at(120), Decimal(4_000)),
            Step(at(180), Decimal(2_000)),
            Step(at(HOUR + 60), Decimal(6_000)),
        ),
        at(HOUR + 120),
    )


def test_stations_of_unknown_baseline_come_back_one_after_the_other() -> None:
    ends = {curve.ends_at for name in "abcdefgh" if (curve := curve_of(held(ramp_up_min=10), "W", name))}

    assert len(ends) == 8
    assert all(at(HOUR) <= end <= at(HOUR + 600) for end in ends)


def test_watts_are_divided_among_three_phases_and_amperes_count_as_watts_of_one() -> None:
    assert asked_of(held(limit_w=Decimal(6_900)), "A") == 10
    assert asked_of(held(limit_a=Decimal(16)), "W") == 3_680
    assert asked_of(held(limit_w=Decimal(9_000), part=Decimal("0.5")), "W") == 4_500
    assert asked_of(held(percent=Decimal(25), baseline_w=Decimal(8_000)), "W") == 2_000
    assert asked_of(held(percent=Decimal(25)), "W") is None


def test_no_station_gets_less_than_the_floor() -> None:
    assert asked_of(held(limit_w=Decimal(1_000), floor_w=Decimal(4_200)), "W") == 4_200


@given(st.lists(events(), min_size=1, max_size=5), st.integers(0, 6 * HOUR), st.randoms())
@settings(max_examples=examples(300), deadline=None)
def test_of_several_events_the_least_counts_whatever_their_order(
    some: list[HeldEvent], second: int, chance: object
) -> None:
    curves = [curve for each in some if (curve := curve_of(each, "W", STATION))]
    group = group_of(curves, at(second))
    shuffled = sorted(curves, key=lambda _: chance.random())  # type: ignore[attr-defined]

    assert group == group_of(shuffled, at(second))
    limits = [limit for each in curves if (limit := each.at(at(second))) is not None]
    assert (group.at(at(second)) if group else None) == min(limits, default=None)


@given(
    st.lists(events(), min_size=1, max_size=4), st.integers(1, 6), st.integers(0, 6 * HOUR), st.sampled_from(["W", "A"])
)
@settings(max_examples=examples(300), deadline=None)
def test_few_periods_and_rounding_only_lower_limits(some: list[HeldEvent], most: int, second: int, unit: str) -> None:
    curve = group_of((one for each in some if (one := curve_of(each, unit, STATION))), at(0))  # type: ignore[arg-type]
    assert curve is not None
    few = fitted(curve, unit, most)  # type: ignore[arg-type]

    assert len(few.steps) <= most
    assert (few.begins_at, few.ends_at) == (curve.begins_at, curve.ends_at)
    before, after = curve.at(at(second)), few.at(at(second))
    assert (before is None) == (after is None) or before is None
    if before is not None:
        assert after is not None
        assert after <= before

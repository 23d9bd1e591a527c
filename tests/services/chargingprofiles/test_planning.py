"""Plans: never above what is known to limit them, the energy there by the departure where that can be, no period too many."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.chargingprofiles.curves import UNLIMITED, Curve, constant, least
from services.chargingprofiles.planning import HORIZON_MOST_S, HORIZON_S, Plan, Request, energy_wh, horizon_s, plan
from tests.services.moments import at


def asked(*limits: tuple[int, int | None], **changes: Any) -> Request:
    curve: Curve = tuple((begin, None if rate is None else Decimal(rate)) for begin, rate in limits) or UNLIMITED
    members: dict[str, Any] = {"at": at(0), "unit": "W", "limits": curve, "most": Decimal(22_000)}
    return Request(**members | changes)


def planned(request: Request) -> Plan:
    found = plan(request)
    assert found is not None
    return found


def curve_of(one: Plan) -> Curve:
    return tuple((period.start_s, period.limit) for period in one.schedule.periods)


def periods(*limits: tuple[int, int | None], **changes: Any) -> list[tuple[int, int]]:
    return [(begin, int(rate or 0)) for begin, rate in curve_of(planned(asked(*limits, **changes)))]


def test_an_ev_gets_what_all_limits_and_itself_allow() -> None:
    assert periods((0, None), (3600, 11_000), (7200, 50_000)) == [(0, 22_000), (3600, 11_000), (7200, 22_000)]


def test_what_is_less_than_an_ev_can_charge_with_is_nothing() -> None:
    assert periods((0, 4_000), (60, 9_000), least=Decimal(4_140)) == [(0, 0), (60, 9_000)]


def test_the_schedule_is_absolute_and_ends() -> None:
    schedule = planned(asked(departure_at=at(100_000))).schedule

    assert (schedule.start_at, schedule.duration_s, schedule.unit) == (at(0), 100_000, "W")


@pytest.mark.parametrize(("stays_s", "holds_s"), [(None, HORIZON_S), (-5, HORIZON_S), (10**7, HORIZON_MOST_S)])
def test_a_schedule_holds_for_a_day_or_until_the_departure(stays_s: int | None, holds_s: int) -> None:
    assert horizon_s(at(0), None if stays_s is None else at(stays_s)) == holds_s


def test_without_any_limit_there_is_no_plan() -> None:
    assert plan(asked(most=None)) is None
    assert plan(asked((0, 5_000), (60, None), most=None)) is None


def test_of_too_many_periods_the_lesser_limit_holds_longer() -> None:
    limits = [(0, 10_000), (100, 9_000), (5_000, 3_000)]

    assert periods(*limits, periods_most=2) == [(0, 9_000), (5_000, 3_000)]
    assert periods(*limits, periods_most=1) == [(0, 3_000)]


def test_levelled_an_ev_charges_no_faster_than_it_needs_until_it_leaves() -> None:
    levelled = {"policy": "level", "energy_wh": Decimal(8_000), "departure_at": at(7_200)}

    assert periods((0, 11_000), **levelled) == [(0, 4_000), (7_200, 11_000)]
    assert periods((0, 2_000), (3_600, 11_000), **levelled) == [(0, 2_000), (3_600, 6_000), (7_200, 11_000)]
    assert periods((0, 11_000), **levelled, periods_most=1) == [(0, 4_000)]
    assert periods((0, 11_000), **levelled, least=Decimal(6_000)) == [(0, 6_000), (7_200, 11_000)]


def test_where_there_is_too_little_time_an_ev_gets_all_there_is() -> None:
    one = planned(asked((0, 3_000), policy="level", energy_wh=Decimal(8_000), departure_at=at(7_200)))

    assert curve_of(one) == ((0, Decimal(3_000)),)
    assert one.planned_wh == 6_000


def test_amperes_are_counted_by_what_one_of_them_is() -> None:
    one = planned(asked((0, 16), unit="A", watts=Decimal(690), most=Decimal(32), departure_at=at(3_600)))

    assert one.planned_wh == 11_040


RATES = st.one_of(st.none(), st.integers(0, 60).map(lambda tens: Decimal(tens * 700) / 10))
CURVES = st.lists(st.tuples(st.integers(1, HORIZON_MOST_S), RATES), max_size=12, unique_by=lambda one: one[0]).flatmap(
    lambda steps: RATES.map(lambda first: ((0, first), *sorted(steps)))
)
REQUESTS = st.builds(
    Request,
    at=st.just(at(0)),
    unit=st.just("W"),
    watts=st.sampled_from([Decimal(1), Decimal(230), Decimal(690)]),
    limits=CURVES,
    most=st.integers(1, 40_000).map(Decimal),
    least=st.one_of(st.none(), st.integers(0, 3_000).map(Decimal)),
    energy_wh=st.one_of(st.none(), st.integers(0, 200_000).map(Decimal)),
    departure_at=st.one_of(st.none(), st.integers(-100, 200_000).map(at)),
    periods_most=st.integers(1, 20),
    policy=st.sampled_from(["fast", "level"]),
)


def rate_at(curve: Curve, second: int) -> Decimal | None:
    return next(rate for begin, rate in reversed(curve) if begin <= second)


@settings(deadline=None)
@given(REQUESTS, st.integers(0, HORIZON_MOST_S))
def test_no_plan_is_ever_above_a_limit_nor_has_too_many_periods(request: Request, second: int) -> None:
    one = planned(request)
    made, holds_s = curve_of(one), one.schedule.duration_s or 0

    for moment in {second % holds_s, *(begin for begin, _ in (*made, *request.limits) if begin < holds_s)}:
        rate, limit = rate_at(made, moment), rate_at(request.limits, moment)
        assert rate is not None
        assert 0 <= rate <= min(Decimal(request.most or 0), rate if limit is None else limit)
        assert rate == 0 or request.least is None or rate >= request.least
    assert len(made) <= request.periods_most
    assert [begin for begin, _ in made] == sorted({begin for begin, _ in made})
    assert made[0][0] == 0


@settings(deadline=None)
@given(REQUESTS)
def test_with_enough_periods_the_energy_is_there_by_the_departure_where_it_can_be(request: Request) -> None:
    made = planned(Request(**{**as_members(request), "periods_most": 100}))
    leaves = 0 if request.departure_at is None else (request.departure_at - at(0)) // timedelta(seconds=1)
    if leaves <= 0 or leaves > HORIZON_MOST_S:
        return
    allowed = least([request.limits, constant(request.most)])
    usable = tuple(
        (begin, Decimal(0) if request.least is not None and rate is not None and rate < request.least else rate)
        for begin, rate in allowed
    )
    best = energy_wh(usable, leaves, request.watts)
    wanted = best if request.policy == "fast" or request.energy_wh is None else min(best, request.energy_wh)

    assert made.planned_wh is not None
    assert made.planned_wh >= wanted


@settings(deadline=None)
@given(REQUESTS, st.integers(0, HORIZON_MOST_S))
def test_levelled_is_nowhere_faster_than_fast(request: Request, second: int) -> None:
    fast, level = (curve_of(planned(Request(**{**as_members(request), "policy": how}))) for how in ("fast", "level"))

    assert (rate_at(level, second) or 0) <= (rate_at(fast, second) or 0)


def as_members(request: Request) -> dict[str, Any]:
    return {name: getattr(request, name) for name in Request.__struct_fields__}

"""Rating by property: readings may be cut finer, totals are the sum of their parts, more energy never costs less."""

import datetime as dt
from decimal import Decimal
from itertools import pairwise
from zoneinfo import ZoneInfo

from hypothesis import example, given, settings
from hypothesis import strategies as st

from schemas.billing import ChargingStateMark, SessionUsage
from schemas.tariffs import Tariff
from services.billing.course import Course, SessionTotals, course_of
from services.billing.rating import rate
from services.billing.readings import thin
from tests.examples import examples
from tests.services.billing.building import component, element, price, sample, tariff

ZONES = [ZoneInfo(name) for name in ("Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "UTC")]
BEGINNINGS = [
    dt.datetime(2026, 3, 28, 22, 17, tzinfo=dt.UTC),  # Berlin skips an hour within the next day
    dt.datetime(2026, 10, 24, 21, 3, tzinfo=dt.UTC),  # Berlin repeats one
    dt.datetime(2026, 12, 31, 20, 45, tzinfo=dt.UTC),
    dt.datetime(2026, 6, 1, 9, 30, tzinfo=dt.UTC),
]
DAYS = ("MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY")

SLOTS = st.lists(
    st.tuples(st.integers(1, 240), st.integers(0, 40), st.sampled_from(["Charging", "SuspendedEV", "SuspendedEVSE"])),
    min_size=1,
    max_size=8,
)
"""Minutes, hundreds of Wh a minute, and what the station says."""

prices = st.integers(0, 500).map(lambda cents: str(Decimal(cents) / 100))
times = st.integers(0, 47).map(lambda half: f"{half // 2:02d}:{half % 2 * 30:02d}")


@st.composite
def restrictions(draw: st.DrawFn) -> dict[str, object]:
    found: dict[str, object] = {}
    if draw(st.booleans()):
        start, end = draw(times), draw(times)
        found |= {"start_time": start, "end_time": end} if start != end else {}
    if draw(st.booleans()):
        found["day_of_week"] = draw(st.lists(st.sampled_from(DAYS), min_size=1, max_size=3, unique=True))
    if draw(st.booleans()):
        found["min_kwh"] = draw(st.integers(1, 30))
    if draw(st.booleans()):
        found["max_duration"] = draw(st.integers(1, 40_000))
    return found


@st.composite
def tariffs(draw: st.DrawFn) -> Tariff:
    steps = st.sampled_from([1, 60, 900])
    elements = []
    for limits in [*draw(st.lists(restrictions(), max_size=3)), {}]:
        dimensions = draw(
            st.lists(st.sampled_from(["FLAT", "ENERGY", "TIME", "PARKING_TIME"]), min_size=1, max_size=4, unique=True)
        )
        vat = draw(st.sampled_from([None, "7", "19"]))
        elements.append(element(*(component(d, draw(prices), draw(steps), vat) for d in dimensions), **limits))
    return tariff(*elements)


def told(began: dt.datetime, slots: list[tuple[int, int, str]], *, pieces: int = 1, extra_wh: int = 0) -> Course:
    """A session of these slots, each read `pieces` times."""
    at, wh, samples, states = began, Decimal(0), [sample(began, Decimal(0))], []
    for minutes, hundreds, state in slots:
        states.append(ChargingStateMark(at, state))
        rise = Decimal(hundreds * 100 * minutes + extra_wh)
        for piece in range(1, pieces + 1):
            share = Decimal(piece) / pieces
            samples.append(sample(at + dt.timedelta(minutes=minutes * piece / pieces), wh + rise * share))
        at, wh = at + dt.timedelta(minutes=minutes), wh + rise
    usage = SessionUsage(register=tuple(samples), rank=0, states=tuple(states))
    return course_of(SessionTotals(began, at, Decimal(0), wh, wh), usage)


@given(st.sampled_from(BEGINNINGS), SLOTS, tariffs(), st.sampled_from(ZONES), st.sampled_from([2, 4, 5, 10]))
@settings(deadline=None, max_examples=examples(150))
def test_cutting_a_session_into_more_readings_never_changes_the_bill(
    began: dt.datetime, slots: list[tuple[int, int, str]], by: Tariff, zone: ZoneInfo, pieces: int
) -> None:
    whole, cut = rate(told(began, slots), by, zone), rate(told(began, slots, pieces=pieces), by, zone)

    assert cut.costs == whole.costs
    assert cut.periods == whole.periods


@given(st.sampled_from(BEGINNINGS), SLOTS, tariffs(), st.sampled_from(ZONES))
@settings(deadline=None, max_examples=examples(150))
def test_the_parts_as_shown_and_the_rounding_make_the_total(
    began: dt.datetime, slots: list[tuple[int, int, str]], by: Tariff, zone: ZoneInfo
) -> None:
    rating = rate(told(began, slots), by, zone)

    costs = rating.costs
    assert costs.rounding is not None
    parts = (costs.flat, costs.energy, costs.time, costs.parking, costs.adjustment, costs.rounding)
    assert sum((part.excl_vat for part in parts), Decimal(0)) == costs.total.excl_vat
    assert abs(costs.rounding.excl_vat) <= Decimal("0.00525")  # half a cent, and five parts shown with four decimals
    if costs.total.incl_vat is not None:
        assert sum((part.incl_vat or Decimal(0) for part in parts), Decimal(0)) == costs.total.incl_vat
    for line in (line for period in rating.periods for line in period.lines):
        assert line.billed >= line.volume


@given(st.sampled_from(BEGINNINGS), SLOTS, tariffs(), st.sampled_from(ZONES))
@settings(deadline=None, max_examples=examples(150))
def test_periods_follow_each_other_and_hold_all_energy_and_time(
    began: dt.datetime, slots: list[tuple[int, int, str]], by: Tariff, zone: ZoneInfo
) -> None:
    course = told(began, slots)

    rating = rate(course, by, zone)

    assert all(before.ended_at == after.started_at for before, after in pairwise(rating.periods))
    assert rating.periods[0].started_at == began
    assert sum((p.energy_wh for p in rating.periods), Decimal(0)) * 10_000 == course.nodes[-1].energy
    ended = began + dt.timedelta(minutes=sum(minutes for minutes, _, _ in slots))
    assert rating.periods[-1].ended_at == ended


@given(
    st.sampled_from(BEGINNINGS), SLOTS, st.sampled_from(ZONES), prices, st.sampled_from([1, 250]), st.integers(0, 5000)
)
@settings(deadline=None, max_examples=examples(150))
def test_more_energy_never_costs_less(
    began: dt.datetime, slots: list[tuple[int, int, str]], zone: ZoneInfo, at_night: str, step: int, extra: int
) -> None:
    # what a step adds is billed at the last price: where there are two, energy that fills the step may be the cheaper one
    night = at_night if step == 1 else "0.45"
    by = tariff(
        element(component("ENERGY", night, step), start_time="22:00", end_time="06:00"),
        element(component("ENERGY", "0.45", step), component("TIME", "1.00")),
        min_price=price("0.10"),
        max_price=price("80"),
    )

    less, more = rate(told(began, slots), by, zone), rate(told(began, slots, extra_wh=extra), by, zone)

    assert more.costs.total.excl_vat >= less.costs.total.excl_vat


@given(st.sampled_from(BEGINNINGS), SLOTS, st.sampled_from(ZONES))
@settings(deadline=None, max_examples=examples(100))
def test_the_hours_of_a_day_add_up_whatever_the_clocks_do(
    began: dt.datetime, slots: list[tuple[int, int, str]], zone: ZoneInfo
) -> None:
    """One price for all time, told as 48 elements, is that price: no minute is lost or billed twice."""
    halves = [f"{half // 2:02d}:{half % 2 * 30:02d}" for half in range(48)]
    split = tariff(
        *(
            element(component("TIME", "6.00"), component("PARKING_TIME", "6.00"), start_time=start, end_time=end)
            for start, end in zip(halves, [*halves[1:], "00:00"], strict=True)
        )
    )
    whole = tariff(element(component("TIME", "6.00"), component("PARKING_TIME", "6.00")))
    course = told(began, slots)

    by_halves, at_once = rate(course, split, zone), rate(course, whole, zone)

    assert by_halves.costs == at_once.costs
    assert (by_halves.charging_us, by_halves.parking_us) == (at_once.charging_us, at_once.parking_us)


STEP_TOLD_BY_A_LINE = [(6, 0, "Charging"), (2, 1, "Charging")]
"""The readings on the line alone show that the register counts in less than whole kWh."""

STOOD_STILL_THEN_WENT_ON = [(1, 1, "Charging"), (60, 0, "Charging"), (2, 1, "Charging")]

BY_TIME = tariff(element(component("TIME", "0.60"), component("PARKING_TIME", "3.00")))


@given(SLOTS, tariffs(), st.sampled_from(ZONES))
@example(STEP_TOLD_BY_A_LINE, BY_TIME, ZONES[0])
@example(STOOD_STILL_THEN_WENT_ON, BY_TIME, ZONES[0])
@settings(deadline=None, max_examples=examples(100))
def test_thinning_readings_on_a_line_changes_no_bill(
    slots: list[tuple[int, int, str]], by: Tariff, zone: ZoneInfo
) -> None:
    began, wh, samples = BEGINNINGS[3], Decimal(0), []
    at = began
    for minutes, hundreds, _ in slots:
        for _ in range(minutes):
            samples.append(sample(at, wh))
            at, wh = at + dt.timedelta(minutes=1), wh + hundreds * 100
    samples.append(sample(at, wh))
    full = SessionUsage(register=tuple(samples), rank=0)
    metered = SessionTotals(began, at, Decimal(0), wh, wh)

    slim = thin(full)

    if not slim.thinned:
        assert rate(course_of(metered, slim), by, zone).costs == rate(course_of(metered, full), by, zone).costs
    assert len(slim.register) <= len(full.register) // 2 + 2

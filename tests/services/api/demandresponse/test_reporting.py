"""Reporting: the baseline's rule, ordered against delivered, and what a report has of an event that still runs."""

from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from services.api.demandresponse.metered import Drawn
from services.api.demandresponse.reporting import (
    MINUTE,
    baseline_before,
    baseline_of_days,
    comparable_days,
    in_force,
    is_short,
    reported,
)
from tests.examples import examples
from tests.services.api.builders import NOON
from tests.services.api.demandresponse.worlds import HOUR, an_event, some_terms

DAY = timedelta(days=1)


def drawn(
    power: float, above: float = 0, *, back: int = 0, since: int = -90, until: int = 60, site: str = "s"
) -> list[Drawn]:
    return [Drawn(site, NOON - back * DAY + m * MINUTE, power, above) for m in range(since, until)]


def test_days_are_compared_with_their_kind_and_without_other_events() -> None:
    # NOON is a Monday
    days = comparable_days(an_event(), [])
    assert days == [3, 4, 5, 6, 7, 10, 11, 12, 13, 14]
    other = an_event("other", terms=some_terms(from_at=NOON - 4 * DAY, to_at=NOON - 4 * DAY + HOUR))
    assert 4 not in comparable_days(an_event(), [other])
    assert 4 in comparable_days(an_event(), [an_event("other", status="cancelled", terms=other.terms)])
    assert comparable_days(an_event(terms=some_terms(from_at=NOON - DAY, to_at=NOON - DAY + HOUR)), [])[0] == 7


def test_the_baseline_is_the_mean_of_days_with_readings_times_what_the_day_itself_was() -> None:
    days = {3: drawn(100, 40, back=3), 4: drawn(200, 80, back=4), 5: drawn(300, 120, back=5), 6: []}
    baseline = baseline_of_days(some_terms(), days, drawn(300, until=0))

    assert baseline is not None
    assert (baseline.factor, len(baseline.days)) == (1.5, 3)
    power, above = baseline.drawn[("s", NOON)]
    assert (round(power), round(above)) == (300, 120)


def test_the_factor_has_its_bounds_and_needs_readings() -> None:
    days = {back: drawn(100, back=back) for back in (3, 4, 5)}
    for today, factor in ((drawn(1_000), 2.0), (drawn(1), 0.5), ([], 1.0)):
        baseline = baseline_of_days(some_terms(), days, today)
        assert baseline is not None
        assert baseline.factor == factor


def test_too_few_days_make_no_baseline() -> None:
    assert baseline_of_days(some_terms(), {3: drawn(1, back=3), 4: drawn(1, back=4)}, []) is None


def test_of_a_short_event_what_was_drawn_before_it_is_the_baseline() -> None:
    assert is_short(some_terms(to_at=NOON + timedelta(minutes=15)))
    assert not is_short(some_terms(to_at=NOON + timedelta(minutes=16)))
    baseline = baseline_before(some_terms(), drawn(900, 600, since=-15, until=0))

    power, above = baseline.drawn[("s", NOON + 59 * MINUTE)]
    assert (round(power), round(above)) == (900, 600)


def test_what_was_delivered_is_told_against_what_was_ordered() -> None:
    today = [*drawn(900, 600, since=-15, until=0), *drawn(300, since=0, until=60)]
    report = reported(an_event(), baseline_before(some_terms(), today), today, NOON + 2 * HOUR)

    assert (report.whole, report.rule, report.until) == (True, "before-event", NOON + HOUR)
    assert (report.total.baseline_wh, report.total.metered_wh) == (900, 300)
    assert (report.total.ordered_wh, report.total.delivered_wh, report.total.delivered_share) == (600, 600, 1.0)
    assert (len(report.minutes), [site.site for site in report.sites]) == (60, ["s"])


def test_a_running_event_is_reported_as_far_as_it_has_gone_and_a_cancelled_one_to_its_end() -> None:
    today = drawn(900, since=-15, until=60)
    baseline = baseline_before(some_terms(), today)
    running = reported(an_event(), baseline, today, NOON + 10.5 * MINUTE)
    assert (running.whole, running.until, len(running.minutes)) == (False, NOON + 10 * MINUTE, 10)
    cancelled = an_event(status="cancelled", cancelled_at=NOON + 5 * MINUTE)
    assert reported(cancelled, baseline, today, NOON + HOUR).until == NOON + 5 * MINUTE


@given(st.integers(0, 30), st.integers(0, 30), st.integers(-5, 100))
@settings(max_examples=examples(200), deadline=None)
def test_a_limit_is_in_force_from_the_ramp_down_to_the_ramp_up(down: int, up: int, minute: int) -> None:
    terms = some_terms(ramp_down_min=down, ramp_up_min=up)
    part = in_force(terms, NOON + minute * MINUTE)

    assert 0 <= part <= 1
    if down <= minute + 1 <= 60 and minute >= 0:
        assert part == 1
    if minute < 0 or minute >= 60 + up:
        assert part == 0

"""Events: planned, active, over; changed by whoever is first, cancelled once, opted out of."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.base import Poison, Record
from schemas.demandresponse import (
    DemandEventCancelled,
    DemandEventChanged,
    DemandEventOrdered,
    DemandSiteOpted,
)
from services.demandresponse.events import due, initial, step
from tests.examples import examples
from tests.services.core import Core
from tests.services.demandresponse.stations import HOUR, terms
from tests.services.demandresponse.stations import ordered as station_order
from tests.services.moments import at

EVENT = "event-1"


def ordered(edition: int = 1, seconds: float = -60, **changes: Any) -> DemandEventOrdered:
    return DemandEventOrdered(
        id=f"order-{edition}-{seconds}",
        event=EVENT,
        edition=edition,
        terms=terms(**changes),
        stations=3,
        requested_at=at(seconds),
        requested_by="operator",
    )


def cancelled(seconds: float = 60) -> DemandEventCancelled:
    return DemandEventCancelled(id=f"cancel-{seconds}", event=EVENT, requested_at=at(seconds), requested_by="operator")


def opted(out: bool = True, seconds: float = 30, site: str = "berlin-1") -> DemandSiteOpted:
    return DemandSiteOpted(id=f"opt-{site}-{out}-{seconds}", event=EVENT, site=site, out=out, requested_at=at(seconds))


def event(*records: Record) -> Core[Any]:
    return Core(initial(EVENT), step, *records, due=due)


def now(of: Core[Any]) -> DemandEventChanged:
    found = of.said[-1]
    assert isinstance(found, DemandEventChanged)
    return found


def test_an_event_is_planned_then_active_then_over_with_its_ramp() -> None:
    of = event(ordered(ramp_up_min=10))
    assert now(of).status == "planned"
    of.pass_time(EVENT, at(0))
    assert now(of).status == "active"
    of.pass_time(EVENT, at(HOUR + 599))
    assert now(of).status == "active"
    of.pass_time(EVENT, at(HOUR + 600))
    assert (now(of).status, due(of.state)) == ("over", None)


def test_an_event_that_begins_at_once_is_active_at_once() -> None:
    assert now(event(ordered(seconds=0))).status == "active"


def test_of_two_changes_at_once_the_first_counts() -> None:
    of = event(ordered(), ordered(2, -50, ramp_up_min=1), ordered(2, -49, ramp_up_min=2))

    assert (now(of).terms.ramp_up_min, now(of).edition, now(of).revision) == (1, 2, 2)


def test_a_cancelled_event_stays_so_and_stations_see_another_edition() -> None:
    of = event(ordered(), cancelled())
    assert (now(of).status, now(of).edition, now(of).cancelled_at) == ("cancelled", 2, at(60))

    assert of.feed(ordered(3, 70), cancelled(80), opted(seconds=90)) == []
    assert due(of.state) is None


def test_an_event_that_is_over_is_neither_cancelled_nor_changed() -> None:
    of = event(ordered())
    of.pass_time(EVENT, at(HOUR))

    assert of.feed(cancelled(HOUR + 1), ordered(2, HOUR + 1)) == []


def test_a_site_opts_out_and_comes_back() -> None:
    of = event(ordered(), opted(), opted(seconds=31))
    assert (now(of).opted_out, now(of).edition, len(of.said)) == (("berlin-1",), 2, 2)
    of.feed(opted(out=False, seconds=40))

    assert (now(of).opted_out, now(of).edition) == ((), 3)


def test_what_is_not_for_events_is_a_dead_letter() -> None:
    with pytest.raises(Poison):
        step(initial(EVENT), station_order())


@given(
    st.permutations([ordered(), ordered(2, -50), cancelled(), opted(), opted(site="b"), opted(out=False, seconds=50)]),
    st.data(),
)
@settings(max_examples=examples(100), deadline=None)
def test_repeats_change_nothing_and_revisions_only_grow(records: list[Any], data: st.DataObject) -> None:
    of = event()
    for record in records:
        of.feed(record)
        repeated = data.draw(st.sampled_from(records[: records.index(record) + 1]))
        before = of.state
        of.feed(repeated)
        assert of.state == before
    revisions = [each.revision for each in of.said if isinstance(each, DemandEventChanged)]
    assert revisions == list(range(1, len(revisions) + 1))

"""Holding: where an event concerns a station, and that no older word replaces a newer one."""

from decimal import Decimal

import pytest

from schemas.base import Poison
from schemas.demandresponse import DEMAND_EVENTS
from schemas.states.demandresponse import StationDemand
from services.demandresponse.holding import EVENTS_MOST, adopted, concerns, dropped, held, moved, newer, told_from
from tests.services.demandresponse.stations import STATION, event_now, ordered, terms
from tests.services.demandresponse.stations import held as an_event
from tests.services.moments import at

THERE = StationDemand(station=STATION, site="berlin-1", labels={"grid": "west"}, tenant="acme", seen_at=at(0))


def test_an_event_concerns_the_stations_of_its_tenant_at_its_sites_with_all_its_labels() -> None:
    assert concerns(terms(), "", THERE)
    assert concerns(terms(sites=("berlin-1",), labels={"grid": "west"}), "acme", THERE)
    assert not concerns(terms(sites=("hamburg-1",)), "acme", THERE)
    assert not concerns(terms(labels={"grid": "east"}), "acme", THERE)
    assert not concerns(terms(), "umbrella", THERE)


def test_an_older_edition_replaces_nothing() -> None:
    state = held(THERE, ordered(edition=3))
    assert held(state, ordered(edition=2, limit_w=Decimal(1))) == state
    assert newer(state, {DEMAND_EVENTS.name: {"event-1": event_now(ordered(), 5)}}) == []


def test_an_event_that_became_another_is_adopted_with_the_stations_own_part() -> None:
    state = held(THERE, ordered(part=Decimal("0.25"), baseline_w=Decimal(7)))
    event = event_now(ordered(limit_w=Decimal(1)), 5)
    assert newer(state, {DEMAND_EVENTS.name: {"event-1": event}}) == [event]
    after = adopted(state, event)

    assert (after.events[0].terms.limit_w, after.events[0].part, after.events[0].edition) == (1, Decimal("0.25"), 2)
    assert newer(after, {DEMAND_EVENTS.name: {"event-1": event}}) == []


def test_a_cancelled_event_stays_cancelled_wherever_the_station_goes() -> None:
    state = adopted(held(THERE, ordered()), event_now(ordered(), 5, status="cancelled"))

    assert moved(state).events[0].off == "cancelled"


def test_an_event_that_is_over_does_not_come_back() -> None:
    state = dropped(held(THERE, ordered()), frozenset({"event-1"}))

    assert held(state, ordered(edition=9)) == state


def test_one_event_too_many_is_a_dead_letter() -> None:
    state = THERE
    for number in range(EVENTS_MOST):
        state = held(state, ordered(f"event-{number}"))
    with pytest.raises(Poison, match="cancel some"):
        held(state, ordered("one-more"))


def test_a_station_is_told_ahead_but_not_before_the_order() -> None:
    assert told_from(an_event(from_at=at(1_000), to_at=at(2_000)), 600) == at(400)
    assert told_from(an_event(from_at=at(100), to_at=at(2_000)), 600) == at(0)

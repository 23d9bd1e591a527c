"""Holding: which events concern a station, by its orders and by what the events have become since. PURE."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from msgspec.structs import replace

from schemas.base import Poison, Record
from schemas.demandresponse import DEMAND_EVENTS, DemandEventChanged, DemandStationOrdered, DemandTerms, in_scope
from schemas.states.demandresponse import HeldEvent, StationDemand

References = Mapping[str, Mapping[str, Record]]

EVENTS_MOST = 50
"""Events of one station; one more becomes a dead letter."""


def concerns(terms: DemandTerms, owner: str, state: StationDemand) -> bool:
    """Whether a station, by where it is now, is in the scope of an event; nobody knows where one is that never showed itself."""
    return state.seen_at is None or in_scope(terms, owner, state)


def held(state: StationDemand, order: DemandStationOrdered) -> StationDemand:
    """The station with the event, or with what is new of it; a repeat and an older edition change nothing.

    Raises Poison for one event too many.
    """
    before = next((each for each in state.events if each.event == order.event), None)
    if order.event in state.over or (before is not None and before.edition >= order.edition and not before.off):
        return state
    if before is not None and before.edition > order.edition:
        return state
    if before is None and len(state.events) >= EVENTS_MOST:
        raise Poison(f"{EVENTS_MOST} events concern the station already: cancel some of them")
    event = HeldEvent(
        event=order.event,
        edition=order.edition,
        terms=order.terms,
        part=order.part,
        baseline_w=order.baseline_w,
        owner=order.owner,
        ordered_at=order.ordered_at if before is None else before.ordered_at,
        said=None if before is None else before.said,
    )
    return _with(state, _placed(event, state))


def newer(state: StationDemand, references: References) -> list[DemandEventChanged]:
    """The events of the station that have become others since it was ordered, or last looked."""
    events = references.get(DEMAND_EVENTS.name, {})
    found = []
    for each in state.events:
        known = events.get(each.event)
        if isinstance(known, DemandEventChanged) and _adopted(each, known, state) != each:
            found.append(known)
    return found


def adopted(state: StationDemand, event: DemandEventChanged) -> StationDemand:
    """The station with the event as it is now."""
    before = next(each for each in state.events if each.event == event.event)
    return _with(state, _adopted(before, event, state))


def _adopted(before: HeldEvent, event: DemandEventChanged, state: StationDemand) -> HeldEvent:
    if event.edition < before.edition:
        return before
    after = replace(before, edition=event.edition, terms=event.terms, owner=event.tenant)
    if event.status == "cancelled":
        return replace(after, off="cancelled")
    if state.site and state.site in event.opted_out:
        return replace(after, off="opted-out")
    return _placed(replace(after, off=""), state)


def _placed(event: HeldEvent, state: StationDemand) -> HeldEvent:
    if event.off in ("cancelled", "opted-out"):
        return event
    return replace(event, off="" if concerns(event.terms, event.owner, state) else "left")


def moved(state: StationDemand) -> StationDemand:
    """The station, where it is now another place, with the events that concern it there."""
    return replace(state, events=tuple(_placed(each, state) for each in state.events))


def dropped(state: StationDemand, events: frozenset[str]) -> StationDemand:
    """The station without events that are over."""
    kept = tuple(each for each in state.events if each.event not in events)
    return replace(state, events=kept, over=(*state.over, *sorted(events))[-EVENTS_MOST:])


def told_from(event: HeldEvent, ahead_s: float) -> datetime:
    """From when on the station may be told of an event."""
    return max(event.ordered_at, event.terms.from_at - timedelta(seconds=ahead_s))


def _with(state: StationDemand, event: HeldEvent) -> StationDemand:
    others = [each for each in state.events if each.event != event.event]
    return replace(state, events=tuple(sorted([*others, event], key=lambda each: (each.ordered_at, each.event))))

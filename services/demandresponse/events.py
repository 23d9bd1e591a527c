"""Events: what a demand-response event is, by what operators ordered and by the time. PURE."""

from datetime import datetime
from typing import Any

from msgspec.structs import replace

from schemas.base import Due, Poison, Record, derived_id
from schemas.demandresponse import (
    OPEN,
    DemandEventCancelled,
    DemandEventChanged,
    DemandEventOrdered,
    DemandSiteOpted,
    EventStatus,
)
from schemas.states.demandresponse import DemandEventState
from services.demandresponse.schedules import ends_at

Step = tuple[DemandEventState, list[Record]]

APPLIED_KNOWN = 50
"""Orders of which it is known that they were applied: a repeat of an older one would be a change of the past."""
OPTED_MOST = 2_000


def initial(key: str) -> DemandEventState:
    """An event of which nothing is known."""
    return DemandEventState(key=key)


def due(state: DemandEventState) -> datetime | None:
    """When the event begins, or is over."""
    event = state.event
    if event is None or event.status not in OPEN:
        return None
    return event.terms.from_at if event.status == "planned" else ends_at(event.terms)


def step(state: DemandEventState, record: Record) -> Step:
    """Apply one record. Raises Poison."""
    match record:
        case DemandEventOrdered() | DemandEventCancelled() | DemandSiteOpted() if record.id in state.applied:
            return state, []
        case DemandEventOrdered():
            return _ordered(_noted(state, record.id), record)
        case DemandEventCancelled():
            return _cancelled(_noted(state, record.id), record)
        case DemandSiteOpted():
            return _opted(_noted(state, record.id), record)
        case Due():
            moment, at = due(state), record.sent_at or record.at
            if moment is None or moment > at or state.event is None:
                return state, []
            return _published(state, at)
    raise Poison(f"demandevents has no use for a {type(record).__name__}")


def status_of(event: DemandEventChanged, at: datetime) -> EventStatus:
    """What an event that was not cancelled is at a moment."""
    if at < event.terms.from_at:
        return "planned"
    return "active" if at < ends_at(event.terms) else "over"


def _noted(state: DemandEventState, order: str) -> DemandEventState:
    return replace(state, applied=(*state.applied, order)[-APPLIED_KNOWN:])


def _ordered(state: DemandEventState, order: DemandEventOrdered) -> Step:
    before, at = state.event, order.requested_at
    members: dict[str, Any] = {
        "edition": order.edition,
        "terms": order.terms,
        "stations": order.stations,
    }
    if before is None:
        event = DemandEventChanged(
            id="",
            event=order.event,
            revision=0,
            requested_at=at,
            requested_by=order.requested_by,
            changed_at=at,
            tenant=order.tenant,
            **members,
        )
        return _published(replace(state, event=event), at)
    if before.status not in OPEN or order.edition != before.edition + 1 or order.tenant != before.tenant:
        return state, []  # over, or somebody else was first
    return _published(replace(state, event=replace(before, **members)), at)


def _cancelled(state: DemandEventState, cancelled: DemandEventCancelled) -> Step:
    event, at = state.event, cancelled.requested_at
    if event is None or event.status not in OPEN:
        return state, []
    event = replace(
        event,
        edition=event.edition + 1,
        status="cancelled",
        cancelled_at=at,
        cancelled_by=cancelled.requested_by,
    )
    return _published(replace(state, event=event), at)


def _opted(state: DemandEventState, opted: DemandSiteOpted) -> Step:
    event, at = state.event, opted.requested_at
    if event is None or event.status not in OPEN or (opted.site in event.opted_out) == opted.out:
        return state, []
    out = tuple(site for site in event.opted_out if site != opted.site)
    if opted.out:
        if len(out) >= OPTED_MOST:
            raise Poison(f"{OPTED_MOST} sites have opted out already: cancel the event")
        out = (*out, opted.site)
    return _published(replace(state, event=replace(event, edition=event.edition + 1, opted_out=out)), at)


def _published(state: DemandEventState, at: datetime) -> Step:
    """The event with its next revision, whose time does not go back."""
    event = state.event
    assert event is not None
    at = max(at, event.changed_at)
    revision = event.revision + 1
    event = replace(
        event,
        id=derived_id(event.event, "demand-event-changed", revision),
        revision=revision,
        status=event.status if event.status == "cancelled" else status_of(event, at),
        changed_at=at,
    )
    return replace(state, event=event), [event]

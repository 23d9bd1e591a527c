"""Publishing: what became of each event at a station, as others see it. PURE."""

from datetime import datetime

from msgspec.structs import replace

from schemas.base import Record, derived_id
from schemas.demandresponse import DemandStationChanged, StationStatus
from schemas.states.demandresponse import HeldEvent, StationDemand, ToldLimit
from services.demandresponse.schedules import Curve, asked_of, ends_at
from services.demandresponse.telling import members_of
from services.following.snapshots import revised

OFFS: dict[str, StationStatus] = {"cancelled": "released", "left": "released", "opted-out": "opted-out"}
NO_BASELINE = "Nobody knows what it draws at such a time."
BACK = "It is told when it connects."


def published(
    state: StationDemand, at: datetime, target: ToldLimit | None, group: Curve | None
) -> tuple[StationDemand, list[Record]]:
    """The station with what is said of its events from now on, and the records that say it where that is new.

    `target`: what it is to have now; `group`: the limit of the events that it follows, or is to follow next, in W.
    """
    if not state.events:
        return state, []
    now = (
        frozenset(each.event for each in members_of(state, group))
        if target is not None and group is not None
        else frozenset()
    )
    standing = "" if target is None else target.events
    events, outputs = list[HeldEvent](), list[Record]()
    for each in state.events:
        status, detail = _standing(state, each, at, told=each.event in now, standing=standing)
        event, record = _said(state, each, status, detail, at)
        events.append(event)
        if record is not None:
            outputs.append(record)
    return replace(state, events=tuple(events)), outputs


def _standing(  # noqa: PLR0911 one row for each status
    state: StationDemand, event: HeldEvent, at: datetime, *, told: bool, standing: str
) -> tuple[StationStatus, str]:
    if event.off:
        detail = "The limit is being taken back." if state.clearing else ""
        return OFFS[event.off], detail
    if ends_at(event.terms) <= at:
        return "over", ""
    if asked_of(event, "W") is None:
        return "unlimited", NO_BASELINE
    if not told:
        return "waiting", ""
    if state.refused and state.refused == standing:
        return "rejected", state.detail
    if state.accepted and state.told is not None and state.told.events == standing:
        return "accepted", ""
    if not state.connected:
        return "unreachable", BACK
    if state.asking is not None:
        return "asked", ""
    return ("unanswered", state.detail) if state.failures else ("waiting", "")


def _said(
    state: StationDemand, event: HeldEvent, status: StationStatus, detail: str, at: datetime
) -> tuple[HeldEvent, DemandStationChanged | None]:
    before, limit = event.said, state.told
    at = at if before is None else max(at, before.changed_at)
    has = status in ("asked", "accepted")
    asked_at = at if status == "asked" and (before is None or before.command_id != state.command_id) else event.asked_at
    first = status == "accepted" and (before is None or before.edition != event.edition or event.accepted_at is None)
    event = replace(event, asked_at=asked_at, accepted_at=at if first else event.accepted_at)
    if status == "asked" and (before is None or before.command_id != state.command_id):
        event = replace(event, attempts=event.attempts + 1)
    terms = event.terms
    record = DemandStationChanged(
        id="",
        demand_station=derived_id(event.event, state.station),
        station=state.station,
        site=state.site,
        event=event.event,
        edition=event.edition,
        revision=0,
        status=status,
        detail=detail,
        limit_w=None if terms.limit_a is not None else asked_of(event, "W"),
        limit_a=None if terms.limit_a is None else asked_of(event, "A"),
        baseline_w=event.baseline_w,
        least=limit.least if limit is not None and has else getattr(before, "least", None),
        unit=limit.unit if limit is not None and has else getattr(before, "unit", None),
        purpose=limit.purpose if limit is not None and has else getattr(before, "purpose", None),
        command_id=state.command_id if status == "asked" else getattr(before, "command_id", ""),
        attempts=event.attempts,
        from_at=terms.from_at,
        to_at=terms.to_at,
        ordered_at=event.ordered_at,
        asked_at=event.asked_at,
        accepted_at=event.accepted_at,
        changed_at=at,
    )
    fresh = revised(before, record, at, record.demand_station, "changed")
    return (event, None) if fresh is None else (replace(event, said=fresh), fresh)

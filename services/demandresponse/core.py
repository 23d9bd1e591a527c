"""Demand response at one station: which events concern it, what it is told, and what became of that. PURE.

An order makes an event known at once; what the event has become since (changed, cancelled, opted out of) follows from `csms.demand-events`.
The station has one profile with the least limit of all its events. It is told anew when that has become another one, when it comes back
without an answer to the last, and after a boot.
"""

from datetime import datetime

from msgspec.structs import replace

from schemas.base import Due, Poison, Record
from schemas.commands import CommandSettled
from schemas.demandresponse import DemandStationOrdered
from schemas.limits import StationLimited
from schemas.states.demandresponse import StationDemand, ToldLimit
from schemas.stations import StationChanged, evse_count
from services.demandresponse.holding import References, adopted, dropped, held, moved, newer
from services.demandresponse.publishing import published
from services.demandresponse.schedules import Curve, ends_at
from services.demandresponse.telling import (
    Rules,
    asked,
    cleared,
    group_now,
    settled,
    tell_at,
    unanswered,
    wanted,
)

Step = tuple[StationDemand, list[Record]]


def initial(key: str) -> StationDemand:
    """A station of which nothing is known."""
    return StationDemand(station=key)


def step(state: StationDemand, record: Record, *, references: References, rules: Rules) -> Step:
    """Apply one record. Raises Poison."""
    match record:
        case DemandStationOrdered():
            after = held(state, record)
            return (state, []) if after == state else _acted(after, record.ordered_at, rules)
        case StationChanged():
            return _shown(state, record, rules)
        case StationLimited():
            limits = record.limits
            return replace(state, units=limits.rate_units, periods_most=limits.schedule_periods), []
        case CommandSettled() if record.command_id == state.command_id and state.command_id:
            return _acted(settled(state, record), record.settled_at, rules)
        case CommandSettled():
            return state, []
        case Due():
            return _due(state, record.sent_at or record.at, references, rules)
    raise Poison(f"demandresponse has no use for a {type(record).__name__}")


def due(state: StationDemand, *, references: References) -> datetime | None:
    """When something is to be done at the station: by the time, or because an event of it became another."""
    moments = [each.changed_at for each in newer(state, references)] if state.events else []
    if state.look_at is not None:
        moments.append(state.look_at)
    return min(moments, default=None)


def _due(state: StationDemand, at: datetime, references: References, rules: Rules) -> Step:
    changed = newer(state, references)
    if not changed and (state.look_at is None or state.look_at > at):
        return state, []
    for event in changed:
        state, at = adopted(state, event), max(at, event.changed_at)
    if state.until is not None and state.until <= at:
        state = unanswered(replace(state, detail="No answer came."), at)
    return _acted(state, at, rules)


def _shown(state: StationDemand, station: StationChanged, rules: Rules) -> Step:
    at = station.changed_at
    if state.seen_at is not None and at < state.seen_at:
        return state, []
    connected = station.connected and station.registration == "Accepted" and not station.removed
    after = replace(
        state,
        connected=connected,
        removed=station.removed,
        site=station.site,
        labels=station.labels,
        tenant=station.tenant,
        evses=evse_count(station),
        epoch=station.epoch,
        booted_at=station.booted_at,
        seen_at=state.seen_at or at,
    )
    if after == state:
        return state, []
    after = replace(after, seen_at=at)
    if after.booted_at != state.booted_at and state.booted_at is not None:  # it may have lost what it had
        after = replace(after, accepted=False, refused="", form=0)
    if connected and not state.connected:
        after = replace(after, not_before=None, failures=0)
    if not after.events and after.told is None:
        return after, []
    return _acted(moved(after), at, rules)


def _acted(state: StationDemand, at: datetime, rules: Rules) -> Step:
    """The station after it was told what it is to be told now; what is said of its events, and when to look again."""
    if state.told is not None and state.told.ends_at <= at and not state.command_id:
        state = replace(state, told=None, accepted=False)
    outputs: list[Record] = []
    target = wanted(state, at, rules)
    if not state.command_id and state.connected and (state.not_before is None or state.not_before <= at):
        request: Record | None = None
        if target is None and state.told is not None:
            state, request = cleared(state, at)
        elif target is not None and _is_news(state, target[0]):
            state, request = asked(state, *target, at, rules)
        if request is not None:
            outputs.append(request)
    group = group_now(state, "W", at)
    state, said = published(state, at, None if target is None else target[0], group)
    kept = _without_over(state, at, group)
    if kept is not state:
        group = group_now(kept, "W", at)
    return replace(kept, look_at=_look_at(kept, at, rules, group)), [*said, *outputs]


def _is_news(state: StationDemand, limit: ToldLimit) -> bool:
    if state.refused == limit.events:
        return False
    return not (state.accepted and state.told is not None and state.told.digest == limit.digest)


def _without_over(state: StationDemand, at: datetime, group: Curve | None) -> StationDemand:
    """The station without events that are over; those stay whose limit is in the schedule that the station still follows."""
    over = {
        each.event
        for each in state.events
        if ends_at(each.terms) <= at and (group is None or each.off or ends_at(each.terms) < group.begins_at)
    }
    return dropped(state, frozenset(over)) if over else state


def _look_at(state: StationDemand, at: datetime, rules: Rules, group: Curve | None) -> datetime | None:
    """The next moment after this one at which the time alone changes something."""
    moments = [ends_at(each.terms) for each in state.events]
    if group is not None:
        moments += [group.ends_at, tell_at(state, group, rules)]
    moments += [moment for moment in (state.until, state.not_before) if moment is not None]
    if state.told is not None:
        moments.append(state.told.ends_at)
    return min((moment for moment in moments if moment > at), default=None)

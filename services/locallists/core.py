"""Local lists: what the station is to have by its rule and what it has; where they differ, what is sent next. PURE.

What records say is remembered as they come, in whatever order; everything is sent at a `Due`, one command at a time, and each is chosen
by what the station has by then. So a change of the rule or of tokens needs no plan to be undone. First the limits are asked for, then the
version; then the list is sent, full where nobody knows what the station has (D01.FR.03, FR.15; 1.6, 5.15), in messages within the limits;
last the version is asked for again, which the station must have by then (D02).
"""

from datetime import datetime

from msgspec.structs import replace

from schemas.base import Due, Poison, Record
from schemas.commands import CommandSettled
from schemas.devicemodel import VariableChanged
from schemas.locallists import (
    GetLocalListLimits,
    GetLocalListVersion,
    LocalListChanged,
    LocalListProvisioned,
    LocalListRemoved,
    LocalListRule,
    LocalListStatus,
    LocalListSyncOrdered,
    SendLocalList,
    longest_token,
)
from schemas.states.locallists import StationLocalList
from schemas.stations import StationChanged
from services.following.snapshots import revised
from services.locallists.answers import again, given_up, reported, settled
from services.locallists.selecting import References, Select, Selection, Wish, selection
from services.locallists.sending import next_of, sent

Step = tuple[StationLocalList, list[Record]]

OURS = frozenset(each.__struct_config__.tag for each in (SendLocalList, GetLocalListVersion, GetLocalListLimits))


def initial(key: str) -> StationLocalList:
    """A station of which nothing is known, and whose list nobody manages."""
    return StationLocalList(station=key)


def due(state: StationLocalList, *, references: References, select: Select = selection) -> datetime | None:
    """When something is to be sent, or what was sent has had no outcome for too long."""
    if state.sending is not None and not state.sending.doubtful:
        return state.sending.until
    if state.acted_at is None or not next_of(state, _wanted(state, references, select)):
        return None
    return max(state.acted_at, state.not_before or state.acted_at)


def step(state: StationLocalList, record: Record, *, references: References, select: Select = selection) -> Step:
    """Remember what a record says, send what is due, and publish the list as a whole where it changed."""
    outputs: list[Record] = []
    match record:
        case LocalListProvisioned():
            after, at = _ruled(state, record.rule, record.provisioned_at), record.provisioned_at
        case LocalListRemoved():
            after, at = _ruled(state, None, record.removed_at), record.removed_at
        case LocalListSyncOrdered():
            after, at = _ordered(state, record.ordered_at), record.ordered_at
        case StationChanged():
            after, at = _station(state, record), record.changed_at
        case CommandSettled():
            after, at = (settled(state, record) if record.command in OURS else state), record.settled_at
        case VariableChanged():
            after, at = reported(state, record), record.changed_at
        case Due():
            at = record.sent_at or record.at
            after, outputs = _acted(state, at, references, select)
        case _:
            raise Poison(f"locallists has no use for a {type(record).__name__}")
    if after is state:
        return state, []
    after, said = _told(after, at, references, select)
    return after, [*said, *outputs]


# -- what is remembered -----------------------------------------------------------------------------------------------


def _ruled(state: StationLocalList, rule: LocalListRule | None, at: datetime) -> StationLocalList:
    if (state.ruled_at is not None and at < state.ruled_at) or (at == state.ruled_at and rule == state.rule):
        return state
    return again(replace(state, rule=rule, ruled_at=at), at)


def _ordered(state: StationLocalList, at: datetime) -> StationLocalList:
    if state.ordered_at is not None and at <= state.ordered_at:
        return state
    return again(replace(state, ordered_at=at, held=None, held_digest="", verified=False, station_version=None), at)


def _station(state: StationLocalList, station: StationChanged) -> StationLocalList:
    connected = station.connected and not station.removed
    booted_at = station.booted_at or state.booted_at
    told = (connected, booted_at, station.version, station.tenant)
    if told == (state.connected, state.booted_at, state.ocpp, state.tenant):
        return state
    after = replace(state, connected=connected, booted_at=booted_at, ocpp=station.version, tenant=station.tenant)
    if station.tenant != state.tenant:  # tokens of the tenant before are taken off
        after = again(after, station.changed_at)
    if connected and not state.connected:
        after = replace(after, not_before=None, acted_at=station.changed_at)
    if booted_at != state.booted_at:  # it may have lost its list, or be another make
        after = replace(after, station_version=None, verified=False, limits_known=False)
        return after if state.stopped == "unsupported" else again(after, station.changed_at)
    return after


# -- what is sent -----------------------------------------------------------------------------------------------------


def _wanted(state: StationLocalList, references: References, select: Select) -> Selection:
    """The list by the rule; an empty one where there is none."""
    if state.rule is None:
        return Selection((), 0)
    return select(Wish(state.rule, state.most_entries, longest_token(state.ocpp), state.tenant), references)


def _acted(state: StationLocalList, at: datetime, references: References, select: Select) -> Step:
    """Give up what has no outcome, or send what is next."""
    pending = state.sending
    if pending is not None and not pending.doubtful:
        return (given_up(state, at), []) if pending.until <= at else (state, [])
    wanted = _wanted(state, references, select)
    what = next_of(state, wanted)
    if not what or (state.not_before is not None and state.not_before > at):
        return state, []
    return sent(state, what, wanted, at)


# -- what is published ------------------------------------------------------------------------------------------------


def _told(state: StationLocalList, at: datetime, references: References, select: Select) -> Step:
    """The state that knows what was published, and the list as a whole where that is not what was published last."""
    if state.rule is None and state.said is None:
        return state, []
    wanted = _wanted(state, references, select)
    status, why = _status(state, wanted)
    now = LocalListChanged(
        id="",
        station=state.station,
        revision=0,
        status=status,
        why=why,
        rule=state.rule,
        version=state.held_version if state.held_digest == wanted.digest else state.version + 1,
        station_version=state.station_version,
        entries=len(wanted.entries),
        known=state.held.count("\n") + 1 if state.held else 0,
        left_out=wanted.left_out,
        most_entries=state.most_entries,
        most_items=state.most_items,
        longest_token=longest_token(state.ocpp),
        changed_at=at,
    )
    fresh = revised(state.said, now, at, state.station, "local-list-changed")
    return (state, []) if fresh is None else (replace(state, said=fresh), [fresh])


def _status(state: StationLocalList, wanted: Selection) -> tuple[LocalListStatus, str]:
    if state.rule is None:
        return "unmanaged", ""
    if state.stopped:
        return state.stopped, state.why
    if state.verified and state.held_digest == wanted.digest:
        return "in-step", ""
    if not state.connected:
        return "out-of-step", "The station is not connected."
    if state.sending is not None and not state.sending.doubtful:
        return "sending", state.why
    return "out-of-step", state.why

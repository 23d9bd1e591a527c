"""Billing: a charge detail record for each session that ends, corrections of it, and the running cost. PURE.

A record is issued as soon as an ended session's readings are as new as its snapshot says, at the latest SETTLE later: readings
and snapshots come on different topics, in any order. Whatever comes behind that is a correction: a credit of the last record
and the next version. The tariff is chosen when the first record is issued, by what the operator had said when
the session started, and kept for corrections, unless these change who charged where and when.

Remembered per station: MAX_ACTIVE running sessions, the MAX_OVER last ones that are over (`transactions` tells of no
older ones again), and the ids of MAX_FORGOTTEN before these, of which nothing is billed any more.
"""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import NamedTuple
from zoneinfo import ZoneInfo

from msgspec.structs import replace

from schemas.base import Due, Poison, Record, Timestamp, derived_id
from schemas.billing import BilledSession, CdrIssued, CostUpdated, StationBilling
from schemas.commands import CommandRequested, CommandSettled
from schemas.tariffs import Tariff
from schemas.transactions import MeterValuesRecorded, SessionChanged
from services.billing.answering import asked_by, with_billed_cost, with_cost_so_far, without_cost
from services.billing.issuing import Site, charged, issued, running_cost
from services.billing.lookup import References, site_of, tariff_for, version_of
from services.billing.remembering import with_readings, with_state, within_bounds

SETTLE = timedelta(milliseconds=500)
MAX_ACTIVE = 96
MAX_OVER = 16
MAX_FORGOTTEN = 64

COST_TTL = timedelta(seconds=30)
COST_TIMEOUT_S = 15.0
COST_PRIORITY = 9
"""Whatever an operator asks goes before a running cost."""

LONGEST_TRANSACTION_ID = 36

Event = SessionChanged | MeterValuesRecorded | CdrIssued | CommandSettled | Due


class Policy(NamedTuple):
    """What the deployment says: the time zone of stations without one, and how often running costs are told (None: never)."""

    default_zone: ZoneInfo
    cost_every: timedelta | None = None


class Surroundings(NamedTuple):
    """What a step knows besides state and record."""

    references: References
    policy: Policy


def initial(station: str) -> StationBilling:
    """A station that nobody charged at yet."""
    return StationBilling(station=station)


def due(state: StationBilling) -> datetime | None:
    """When a session that waits for readings is issued without them."""
    return min((s.issue_at for s in state.sessions if s.issue_at is not None), default=None)


def step(
    state: StationBilling, event: Event, references: References, policy: Policy
) -> tuple[StationBilling, list[Record]]:
    """Apply one fact; return the new state and the records it issues."""
    around = Surroundings(references, policy)
    match event:
        case SessionChanged():
            return _session_changed(state, event, around)
        case MeterValuesRecorded():
            return _metered(state, event, around)
        case Due():
            return _time_passed(state, event, around)
        case CdrIssued():
            return _heard_issued(state, event, around), []
        case CommandSettled():
            return _cost_settled(state, event), []
    raise Poison(f"billing has no use for a {type(event).__name__}")


# -- facts ------------------------------------------------------------------------------------------------------------


def _session_changed(
    state: StationBilling, event: SessionChanged, around: Surroundings
) -> tuple[StationBilling, list[Record]]:
    asked = asked_by(event)
    if event.session in state.forgotten:
        return state, without_cost(asked, event)
    held = _held(state, event.session, event.changed_at)
    if held.snapshot is not None and event.changed_at <= held.snapshot.changed_at:
        return state, []
    usage = held.usage
    if event.charging_state and event.charging_state_at is not None:
        usage = with_state(usage, event.charging_state_at, event.charging_state)
    snapshot, heard_at = replace(event, awaits_cost=None), max(held.heard_at, event.changed_at)
    after = replace(held, snapshot=snapshot, usage=usage, heard_at=heard_at, asked=asked or held.asked)
    said = without_cost(held.asked, event) if asked else []
    if not _is_over(after):
        state, more = _running(state, after, snapshot, around)
    elif _is_metered(after):
        state, more = _settled(state, after, around, at=event.changed_at)
    else:
        state, more = _with(state, replace(after, issue_at=event.changed_at + SETTLE)), []
    return state, said + more


def _metered(
    state: StationBilling, event: MeterValuesRecorded, around: Surroundings
) -> tuple[StationBilling, list[Record]]:
    if not event.session or event.session in state.forgotten or not event.readings:
        return state, []
    held = _held(state, event.session, event.received_at)
    newest = max(reading.at for reading in event.readings)
    usage = with_readings(held.usage, event.readings)
    after = replace(held, usage=usage, readings_at=max(held.readings_at or newest, newest))
    if not _is_over(after):
        return _with(state, after), []  # the snapshot that knows these readings tells the running cost
    if after.cdr is None and _is_metered(after):
        return _settled(state, after, around, at=event.received_at)
    if usage == held.usage or after.issue_at is not None:
        return _with(state, after), []
    # late: the snapshot that says what the session is with these readings is on its way
    return _with(state, replace(after, issue_at=event.received_at + SETTLE)), []


def _time_passed(state: StationBilling, event: Due, around: Surroundings) -> tuple[StationBilling, list[Record]]:
    said: list[Record] = []
    for session in state.sessions:
        if session.issue_at is not None and session.issue_at <= event.at:
            state, more = _settled(state, session, around, at=event.sent_at or event.at)
            said += more
    return state, said


def _heard_issued(state: StationBilling, event: CdrIssued, around: Surroundings) -> StationBilling:
    """What was issued is the truth, also where this state was made again and would have it otherwise."""
    if event.credit or event.session in state.forgotten:
        return state
    held = _held(state, event.session, event.issued_at)
    if held.cdr is not None and (held.cdr == event or held.cdr.version > event.version):
        return state
    same = held.tariff is not None and (held.tariff.tariff, held.tariff.version) == (event.tariff, event.tariff_version)
    tariff = held.tariff if same else version_of(around.references, event.tariff, event.tariff_version)
    return _with(state, replace(held, cdr=event, tariff=tariff))


def _cost_settled(state: StationBilling, event: CommandSettled) -> StationBilling:
    if event.command_id != state.cost_command or event.outcome != "unsupported":
        return state
    return replace(state, cost_refused=True)


# -- sessions that are over -------------------------------------------------------------------------------------------


def _settled(
    state: StationBilling, session: BilledSession, around: Surroundings, *, at: Timestamp
) -> tuple[StationBilling, list[Record]]:
    """The session's record as it now stands, issued where it differs from the last."""
    session = replace(session, issue_at=None)
    snapshot = session.snapshot
    if snapshot is None:
        return _with(state, session), []
    site = _site(session, state.station, around)
    tariff = _tariff(session, site, around)
    cdr, said = issued(session.cdr, charged(session, tariff, site, at=at))
    session = replace(session, cdr=cdr, tariff=tariff)
    said = [*said, *with_billed_cost(session, snapshot)]
    return _with(state, replace(session, asked=None)), said


def _site(session: BilledSession, station: str, around: Surroundings) -> Site:
    """Where it charged, as it was when it was first billed: a station that has moved since did not charge elsewhere."""
    if session.cdr is None:
        return site_of(around.references, station, around.policy.default_zone)
    return Site(session.cdr.site, ZoneInfo(session.cdr.time_zone))


def _tariff(session: BilledSession, site: Site, around: Surroundings) -> Tariff | None:
    snapshot, cdr = session.snapshot, session.cdr
    assert snapshot is not None
    if session.tariff is not None and cdr is not None:
        billed = (cdr.token, cdr.evse, cdr.connector, cdr.started_at)
        if billed == (snapshot.token, snapshot.evse, snapshot.connector, snapshot.started_at):
            return session.tariff
    return tariff_for(around.references, snapshot, site)


def _is_over(session: BilledSession) -> bool:
    return session.snapshot is not None and session.snapshot.status != "active"


def _is_metered(session: BilledSession) -> bool:
    """All readings that the snapshot knows of have come."""
    assert session.snapshot is not None
    told = session.snapshot.last_meter_at
    return told is None or (session.readings_at is not None and session.readings_at >= told)


# -- sessions that run ------------------------------------------------------------------------------------------------


def _running(
    state: StationBilling, session: BilledSession, snapshot: SessionChanged, around: Surroundings
) -> tuple[StationBilling, list[Record]]:
    """A running session, and its cost told to the station: where that asks, and where that is wanted and due (I02)."""
    every, asked = around.policy.cost_every, session.asked
    wanted = every is not None and not state.cost_refused and _may_be_told(session, snapshot, every)
    if asked is None and not wanted:
        return _with(state, session), []
    session = replace(session, asked=None)
    site = site_of(around.references, state.station, around.policy.default_zone)
    cost = running_cost(session, tariff_for(around.references, snapshot, site), site)
    said = with_cost_so_far(asked, snapshot, cost)
    if cost is None or not wanted or cost == session.cost_told:
        return _with(state, session), said
    command = _cost_update(session, snapshot, cost)
    state = replace(state, cost_command=command.id)
    return _with(state, replace(session, cost_told_at=snapshot.changed_at, cost_told=cost)), [*said, command]


def _cost_update(session: BilledSession, snapshot: SessionChanged, cost: Decimal) -> CommandRequested:
    at = snapshot.changed_at
    return CommandRequested(
        id=derived_id(snapshot.id, session.session, "cost-updated"),
        station=snapshot.station,
        command=CostUpdated(transaction_id=snapshot.transaction_id, total_cost=cost),
        requested_at=at,
        expires_at=at + COST_TTL,
        priority=COST_PRIORITY,
        when_offline="fail",
        timeout_s=COST_TIMEOUT_S,
        requested_by="billing",
    )


def _may_be_told(session: BilledSession, snapshot: SessionChanged, every: timedelta) -> bool:
    if not 0 < len(snapshot.transaction_id) <= LONGEST_TRANSACTION_ID:
        return False
    return session.cost_told_at is None or snapshot.changed_at - session.cost_told_at >= every


# -- memory -----------------------------------------------------------------------------------------------------------


def _held(state: StationBilling, session: str, at: Timestamp) -> BilledSession:
    known = next((s for s in state.sessions if s.session == session), None)
    return known or BilledSession(session=session, heard_at=at)


def _with(state: StationBilling, session: BilledSession) -> StationBilling:
    """The state with a changed session, within its bounds."""
    sessions = tuple(session if s.session == session.session else s for s in state.sessions)
    if all(s is not session for s in sessions):
        sessions = (*sessions, session)
    return _bounded(replace(state, sessions=within_bounds(sessions)))


def _bounded(state: StationBilling) -> StationBilling:
    # whoever waits for readings is not over yet
    over = [s for s in state.sessions if s.issue_at is None and (s.cdr is not None or _is_over(s))]
    running = [s for s in state.sessions if s.cdr is None and not _is_over(s)]
    leaving = _oldest(over, len(over) - MAX_OVER) + _oldest(running, len(running) - MAX_ACTIVE)
    if not leaving:
        return state
    gone = {s.session for s in leaving}
    billed = tuple(s.session for s in leaving if s.cdr is not None)
    return replace(
        state,
        sessions=tuple(s for s in state.sessions if s.session not in gone),
        forgotten=(*state.forgotten, *billed)[-MAX_FORGOTTEN:],
    )


def _oldest(sessions: list[BilledSession], count: int) -> list[BilledSession]:
    return sorted(sessions, key=lambda s: (s.heard_at, s.session))[: max(0, count)]

"""Billing: a charge detail record for each session that ends, corrections of it, and the running cost. PURE.

A record is issued as soon as an ended session's readings are as new as its snapshot says, at the latest SETTLE later: readings
and snapshots come on different topics, in any order. Whatever comes behind that is a correction: a credit of the last record
and the next version. The tariff is chosen when the first record is issued, by what the operator had said when
the session started, and kept for corrections, unless these change who charged where and when.

What is decided is said a step later, when the shell has saved it: an id never has two contents, whatever a crash repeats.
"""

from datetime import UTC, datetime, timedelta
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
from services.billing.memory import (
    FORM,
    held,
    is_forgotten,
    is_running,
    keeping,
    knows_change,
    knows_record,
    upgraded,
    waits_until,
)
from services.billing.remembering import with_readings, with_state

SETTLE = timedelta(milliseconds=500)
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
MOMENT = timedelta(microseconds=1)
"""What is decided is said at once, at a time of its own: each is MOMENT after the one before, and LONG_AGO."""
COST_TTL = timedelta(seconds=30)
COST_TIMEOUT_S = 15.0
COST_PRIORITY = 9
"""Whatever an operator asks goes before a running cost."""

COST_REFUSED_FOR = timedelta(days=7)
"""A station that cannot be told costs is asked again then: its firmware may have learnt it."""

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
    return StationBilling(station=station, form=FORM)


def due(state: StationBilling) -> datetime | None:
    """When what is decided is said, or a session that waits for readings is issued without them."""
    return min((at for session in state.sessions if (at := waits_until(session)) is not None), default=None)


def step(
    state: StationBilling, event: Event, references: References, policy: Policy
) -> tuple[StationBilling, list[Record]]:
    """Apply one fact; return the new state and the records it issues."""
    around, state = Surroundings(references, policy), upgraded(state)
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
    if is_forgotten(state, event.session):
        return state, without_cost(asked, event)
    if knows_change(state, event):
        return state, []
    before = held(state, event.session, event.changed_at)
    usage = before.usage
    if event.charging_state and event.charging_state_at is not None:
        usage = with_state(usage, event.charging_state_at, event.charging_state)
    snapshot = event if asked is None else replace(event, awaits_cost=None)
    heard_at = max(before.heard_at, event.changed_at)
    after = replace(before, snapshot=snapshot, usage=usage, heard_at=heard_at, asked=asked or before.asked)
    said = without_cost(before.asked, event) if asked else []
    if is_running(after):
        state, more = _running(state, replace(after, issue_at=None), snapshot, around)
    elif _is_metered(after):
        state, more = _settled(state, after, around, at=heard_at)
    else:
        state, more = keeping(state, replace(after, issue_at=event.changed_at + SETTLE)), []
    return state, said + more


def _metered(
    state: StationBilling, event: MeterValuesRecorded, around: Surroundings
) -> tuple[StationBilling, list[Record]]:
    if not event.session or is_forgotten(state, event.session) or not event.readings:
        return state, []
    before = held(state, event.session, event.received_at)
    newest = max(reading.at for reading in event.readings)
    usage = with_readings(before.usage, event.readings)
    if usage == before.usage and before.readings_at is not None and newest <= before.readings_at:
        return state, []
    heard_at = max(before.heard_at, event.received_at)
    after = replace(before, usage=usage, readings_at=max(before.readings_at or newest, newest), heard_at=heard_at)
    if after.snapshot is None or is_running(after):
        return keeping(state, after), []  # the snapshot that knows these readings tells the running cost
    if after.cdr is None and _is_metered(after):
        return _settled(state, after, around, at=heard_at)
    if usage == before.usage or after.issue_at is not None:
        return keeping(state, after), []
    # late: the snapshot that says what the session is with these readings is on its way
    return keeping(state, replace(after, issue_at=event.received_at + SETTLE)), []


def _time_passed(state: StationBilling, event: Due, around: Surroundings) -> tuple[StationBilling, list[Record]]:
    said: list[Record] = []
    for session in state.sessions:
        if session.say_at is not None:
            if session.say_at == event.at:  # no other session's time: that may be told before this one is saved
                state, more = _said(state, session)
                said += more
        elif session.issue_at is not None and session.issue_at <= event.at:
            state, more = _settled(state, session, around, at=session.issue_at)
            said += more
    return state, said


def _heard_issued(state: StationBilling, event: CdrIssued, around: Surroundings) -> StationBilling:
    """What was issued is the truth, also where this state was made again and would have it otherwise."""
    if event.credit or is_forgotten(state, event.session) or knows_record(state, event):
        return state
    before = held(state, event.session, event.issued_at)
    if before.cdr is not None and before.cdr.version > event.version:
        return state
    if before.cdr == event:
        return keeping(state, replace(before, saying=())) if before.saying else state
    known = before.tariff
    if known is None or (known.tariff, known.version) != (event.tariff, event.tariff_version):
        known = version_of(around.references, event.tariff, event.tariff_version)
    return keeping(state, replace(before, cdr=event, tariff=known, saying=()))


def _cost_settled(state: StationBilling, event: CommandSettled) -> StationBilling:
    if event.command_id != state.cost_command or event.outcome != "unsupported":
        return state
    return replace(state, cost_refused_at=event.settled_at)


# -- sessions that are over -------------------------------------------------------------------------------------------


def _settled(
    state: StationBilling, session: BilledSession, around: Surroundings, *, at: Timestamp
) -> tuple[StationBilling, list[Record]]:
    """The session's record as it now stands, to be said where it differs from the last."""
    if session.say_at is not None:
        return keeping(state, replace(session, issue_at=at)), []
    session = replace(session, issue_at=None)
    snapshot = session.snapshot
    if snapshot is None:
        return keeping(state, session), []
    site = _site(session, state.station, around)
    tariff = _tariff(session, site, around)
    cdr, saying = issued(session.cdr, charged(session, tariff, site, at=at))
    session = replace(session, cdr=cdr, tariff=tariff)
    if not saying:
        return keeping(state, replace(session, asked=None)), with_billed_cost(session, snapshot)
    say_at = (state.said_at or LONG_AGO) + MOMENT
    state = replace(state, said_at=say_at)
    return keeping(state, replace(session, saying=tuple(saying), say_at=say_at)), []


def _said(state: StationBilling, session: BilledSession) -> tuple[StationBilling, list[Record]]:
    """What was decided is said, now that it is saved: whatever is read again after a crash, this stays decided."""
    answers = with_billed_cost(session, session.snapshot) if session.snapshot is not None else []
    after = replace(session, saying=(), say_at=None, asked=None)
    return keeping(state, after), [*session.saying, *answers]


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
    wanted = every is not None and not _is_refused(state, snapshot) and _may_be_told(session, snapshot, every)
    if asked is None and not wanted:
        return keeping(state, session), []
    session = replace(session, asked=None)
    site = site_of(around.references, state.station, around.policy.default_zone)
    cost = running_cost(session, tariff_for(around.references, snapshot, site), site)
    said = with_cost_so_far(asked, snapshot, cost)
    if cost is None or not wanted or cost == session.cost_told:
        return keeping(state, session), said
    command = _cost_update(session, snapshot, cost)
    state = replace(state, cost_command=command.id)
    return keeping(state, replace(session, cost_told_at=snapshot.changed_at, cost_told=cost)), [*said, command]


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


def _is_refused(state: StationBilling, snapshot: SessionChanged) -> bool:
    at = state.cost_refused_at
    return at is not None and snapshot.changed_at - at < COST_REFUSED_FOR


def _may_be_told(session: BilledSession, snapshot: SessionChanged, every: timedelta) -> bool:
    if not 0 < len(snapshot.transaction_id) <= LONGEST_TRANSACTION_ID:
        return False
    return session.cost_told_at is None or snapshot.changed_at - session.cost_told_at >= every

"""Billing: a charge detail record for each session that ends, corrections of it, and the running cost. PURE.

A record is issued as soon as the readings of an ended session are as new as its snapshot, at the latest SETTLE later, because readings
and snapshots are on different topics and arrive in any order. A session whose end is only presumed is billed after a grace period in
which its end may still be reported, and marked as estimated. Later changes are corrections: a credit of the last record and the next
version. The tariff is chosen for the first record, by the assignments in force at the start of the session, and kept for
corrections, unless these change who charged where and when.

A decided record is sent one step later, after the state with it was saved, so that an id never has two contents after a crash.
"""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from msgspec.structs import replace

from schemas.base import Due, Poison, Record, Timestamp, derived_id
from schemas.billing import BilledSession, CdrIssued, CorrectionQuarantined, StationBilling
from schemas.commands import CommandSettled
from schemas.tariffs import Tariff
from schemas.transactionlimits import NO_LIMIT
from schemas.transactions import ChargingStateRecorded, MeterValuesRecorded, SessionChanged
from services.billing.answering import answer_billed_cost, answer_without_cost, cost_request_of
from services.billing.comparing import compared
from services.billing.issuing import Site, cdr_of, next_cdr
from services.billing.lookup import References, site_of, tariff_for, version_of
from services.billing.readings import with_readings, with_state
from services.billing.running import Policy, Surroundings, publish_running_cost
from services.billing.sessions import (
    FORM,
    is_forgotten,
    is_running,
    knows_change,
    knows_record,
    note_late_change,
    put_session,
    session_of,
    upgrade,
    waits_until,
)
from services.billing.times import add_snapshot, believable_times

SETTLE = timedelta(milliseconds=500)
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
MOMENT = timedelta(microseconds=1)
"""A decided CDR is sent at its own `Due`, one step after the state that holds it was saved. Due times only have to be distinct and in
the past, so they count up in microseconds from the year 2000."""

Event = SessionChanged | MeterValuesRecorded | ChargingStateRecorded | CdrIssued | CommandSettled | Due


def initial(station: str) -> StationBilling:
    """The state of a station without sessions."""
    return StationBilling(station=station, form=FORM)


def due(state: StationBilling) -> datetime | None:
    """When a decided record is sent, or a session that waits for readings is billed without them."""
    return min((at for session in state.sessions if (at := waits_until(session)) is not None), default=None)


def step(
    state: StationBilling, event: Event, references: References, policy: Policy
) -> tuple[StationBilling, list[Record]]:
    """Apply one fact; return the new state and the records it issues."""
    around, state = Surroundings(references, policy), upgrade(state)
    match event:
        case SessionChanged():
            return _apply_snapshot(state, event, around)
        case MeterValuesRecorded():
            return _apply_readings(state, event, around)
        case ChargingStateRecorded():
            return _apply_charging_state(state, event), []
        case Due():
            return _apply_due(state, event, around)
        case CdrIssued():
            return _apply_issued(state, event, around), []
        case CommandSettled():
            return _apply_cost_outcome(state, event), []
    raise Poison(f"billing has no use for a {type(event).__name__}")


# -- facts ------------------------------------------------------------------------------------------------------------


def _apply_snapshot(
    state: StationBilling, event: SessionChanged, around: Surroundings
) -> tuple[StationBilling, list[Record]]:
    request = cost_request_of(event)
    if is_forgotten(state, event.session):
        quarantined = note_late_change(state, event)
        too_late = [] if quarantined is None else [_correction_quarantined(event)]
        return quarantined or state, [*answer_without_cost(request, event), *too_late]
    if knows_change(state, event):
        return state, []
    before = session_of(state, event.session, event.changed_at)
    usage = before.usage
    if event.charging_state and event.charging_state_at is not None:
        usage = with_state(usage, event.charging_state_at, event.charging_state)
    snapshot = event if request is None else replace(event, awaits_cost=None, limit_to_say=NO_LIMIT)
    after = add_snapshot(before, snapshot, usage, request or before.asked)
    outputs = answer_without_cost(before.asked, event) if request else []
    if is_running(after):
        state, more = publish_running_cost(
            state, after if after.issue_at is None else replace(after, issue_at=None), around
        )
    elif (grace_ends := _grace_ends(after, around.policy)) is not None and event.changed_at < grace_ends:
        state, more = publish_running_cost(state, replace(after, issue_at=grace_ends), around)
    elif _has_all_readings(after):
        state, more = _bill(state, after, around, at=after.heard_at)
    else:
        state, more = put_session(state, replace(after, issue_at=event.changed_at + SETTLE)), []
    return state, outputs + more


def _correction_quarantined(event: SessionChanged) -> CorrectionQuarantined:
    members = {name: getattr(event, name) for name in CorrectionQuarantined.__struct_fields__ if name != "id"}
    return CorrectionQuarantined(id=derived_id(event.id, "uncorrected"), **members)


def _apply_readings(
    state: StationBilling, event: MeterValuesRecorded, around: Surroundings
) -> tuple[StationBilling, list[Record]]:
    if not event.session or is_forgotten(state, event.session) or not event.readings:
        return state, []
    before = session_of(state, event.session, event.received_at)
    newest = max(reading.at for reading in event.readings)
    usage = with_readings(before.usage, event.readings)
    if usage == before.usage and before.readings_at is not None and newest <= before.readings_at:
        return state, []
    heard_at = max(before.heard_at, event.received_at)
    after = replace(before, usage=usage, readings_at=max(before.readings_at or newest, newest), heard_at=heard_at)
    if after.snapshot is None or is_running(after):
        return put_session(state, after), []  # the snapshot with these readings publishes the running cost
    if after.cdr is None and not _waits_for_its_end(after) and _has_all_readings(after):
        return _bill(state, after, around, at=heard_at)
    if usage == before.usage or after.issue_at is not None:
        return put_session(state, after), []
    # late readings: the snapshot with them will follow
    return put_session(state, replace(after, issue_at=event.received_at + SETTLE)), []


def _apply_charging_state(state: StationBilling, event: ChargingStateRecorded) -> StationBilling:
    """Apply a charging state from its own time on, however late it arrives; a billed session is billed again.

    Billing waits as for late readings: more states, and the snapshot with them, may follow.
    """
    if not event.session or is_forgotten(state, event.session):
        return state
    before = session_of(state, event.session, event.received_at)
    usage = with_state(before.usage, event.at, event.state)
    if usage == before.usage:
        return state
    after = replace(before, usage=usage, heard_at=max(before.heard_at, event.received_at))
    if after.snapshot is None or is_running(after) or after.issue_at is not None:
        return put_session(state, after)
    return put_session(state, replace(after, issue_at=event.received_at + SETTLE))


def _apply_due(state: StationBilling, event: Due, around: Surroundings) -> tuple[StationBilling, list[Record]]:
    outputs: list[Record] = []
    for session in state.sessions:
        if session.say_at is not None:
            if (
                session.say_at == event.at
            ):  # only at its own due time: at that of another session this one may not be saved yet
                state, more = _send(state, session)
                outputs += more
        elif session.issue_at is not None and session.issue_at <= event.at:
            state, more = _bill(state, session, around, at=session.issue_at)
            outputs += more
    return state, outputs


def _apply_issued(state: StationBilling, event: CdrIssued, around: Surroundings) -> StationBilling:
    """Take over an issued record, also where this state was rebuilt and would differ."""
    if event.credit or is_forgotten(state, event.session) or knows_record(state, event):
        return state
    before = session_of(state, event.session, event.issued_at)
    if before.cdr is not None and before.cdr.version > event.version:
        return state
    if before.cdr == event:
        return put_session(state, replace(before, saying=())) if before.saying else state
    tariff = before.tariff
    if tariff is None or (tariff.tariff, tariff.version) != (event.tariff, event.tariff_version):
        tariff = version_of(around.references, event.tariff, event.tariff_version)
    return put_session(state, replace(before, cdr=event, tariff=tariff, saying=()))


def _apply_cost_outcome(state: StationBilling, event: CommandSettled) -> StationBilling:
    if event.command_id != state.cost_command or event.outcome != "unsupported":
        return state
    return replace(state, cost_refused_at=event.settled_at)


# -- sessions that are over -------------------------------------------------------------------------------------------


def _bill(
    state: StationBilling, session: BilledSession, around: Surroundings, *, at: Timestamp
) -> tuple[StationBilling, list[Record]]:
    """Make the session's present record; it is to be sent where it differs from the last."""
    if session.say_at is not None:
        return put_session(state, replace(session, issue_at=at)), []
    session = replace(session, issue_at=None)
    snapshot = session.snapshot
    if snapshot is None:
        return put_session(state, session), []
    believable, site = believable_times(session), _site(session, state.station, around)
    tariff = _tariff(session, believable.snapshot, site, around)
    billed = compared(cdr_of(believable, tariff, site, at=at), snapshot.station_cost, snapshot.station_tariff)
    cdr, to_send = next_cdr(session.cdr, billed)
    session = replace(session, cdr=cdr, tariff=tariff)
    if not to_send:
        return put_session(state, replace(session, asked=None)), answer_billed_cost(session, snapshot)
    say_at = (state.said_at or LONG_AGO) + MOMENT
    state = replace(state, said_at=say_at)
    return put_session(state, replace(session, saying=tuple(to_send), say_at=say_at)), []


def _send(state: StationBilling, session: BilledSession) -> tuple[StationBilling, list[Record]]:
    """Send the decided records, now that they are saved and a crash cannot change them."""
    answers = answer_billed_cost(session, session.snapshot) if session.snapshot is not None else []
    after = replace(session, saying=(), say_at=None, asked=None)
    return put_session(state, after), [*session.saying, *answers]


def _site(session: BilledSession, station: str, around: Surroundings) -> Site:
    """The site of the session at its first bill; a later move of the station does not change it. Whose the station was then is known by
    a tariff that is a tenant's; else it is whose it is now."""
    now = site_of(around.references, station, around.policy.default_zone)
    if session.cdr is None:
        return now
    billed_by = session.tariff.tenant if session.tariff is not None else ""
    return Site(session.cdr.site, ZoneInfo(session.cdr.time_zone), billed_by or now.tenant)


def _tariff(session: BilledSession, snapshot: SessionChanged, site: Site, around: Surroundings) -> Tariff | None:
    cdr = session.cdr
    if session.tariff is not None and cdr is not None:
        billed = (cdr.token, cdr.evse, cdr.connector, cdr.started_at)
        if billed == (snapshot.token, snapshot.evse, snapshot.connector, snapshot.started_at):
            return session.tariff
    return tariff_for(around.references, snapshot, site)


def _grace_ends(session: BilledSession, policy: Policy) -> Timestamp | None:
    """Until when a session with a presumed end waits for its reported end before it is billed; None where it does not wait."""
    if session.presumed_at is None or session.cdr is not None:
        return None
    return session.presumed_at + policy.presumed_grace


def _waits_for_its_end(session: BilledSession) -> bool:
    return session.presumed_at is not None and session.issue_at is not None


def _has_all_readings(session: BilledSession) -> bool:
    """Whether all readings that the snapshot includes have arrived."""
    assert session.snapshot is not None
    last_meter_at = session.snapshot.last_meter_at
    return last_meter_at is None or (session.readings_at is not None and session.readings_at >= last_meter_at)

"""Security operations at one station: one at a time, step by step, in the order in which they were ordered. PURE.

What a station shows of itself (its connections, variables and certificates) is remembered as it comes. An operation begins when its wave
has, and the station is connected and Accepted; what speaks against it is looked at then. Steps that the station takes by itself are
recognised by the connections that follow (`waiting`).
"""

from datetime import datetime, timedelta
from typing import cast

from msgspec.structs import replace

from schemas.base import Due, Poison, Record, derived_id
from schemas.certificates import CertificateChanged
from schemas.commands import CommandSettled
from schemas.devicemodel import LIMITING, VariableChanged
from schemas.devicemodel import NETWORK_PRIORITY as PRIORITY_VARIABLE
from schemas.securityoperations import (
    PLANS,
    REVERSIBLE,
    OperationStatus,
    OperationStep,
    RotatePassword,
    SecurityOperationCancelled,
    SecurityOperationOrdered,
    StepName,
)
from schemas.signing import STATION, IssuedCertificateChanged
from schemas.states.securityoperations import QueuedOperation, RunningOperation, StationSecurity
from schemas.stations import StationChanged
from services.securityoperations.checks import against, needs_password
from services.securityoperations.publishing import publish_running, publish_waiting
from services.securityoperations.queue import References, due_of_queue, fraction_of, is_void, may_begin_at
from services.securityoperations.sending import Keys, sent, step_of
from services.securityoperations.steps import WAITS, Step, advanced, dropped, ended, given_up, settled
from services.securityoperations.waiting import begun, waited

QUEUE_MOST = 10
"""Operations that wait at one station; one more is dropped."""
ORDERS_KNOWN = 20
CERTIFICATES_MOST = 50
AGED_AGAIN = timedelta(days=7)
"""A rotation for the password's age that did not succeed is tried again so much later."""
AGED_WITHIN = timedelta(days=14)
"""A station has so long to come for a rotation for the password's age."""

CROWDED = f"{QUEUE_MOST} operations wait at the station already."
EXPIRED = "The station could not be told in time."
REMOVED = "The station was removed."
STOPPED = "An operator stopped it."
BATCH_STOPPED = "An operator stopped its batch."


def initial(key: str) -> StationSecurity:
    """A station of which nothing is known."""
    return StationSecurity(station=key)


def due(state: StationSecurity, *, references: References, after_days: int = 0) -> datetime | None:
    """When something is to be done at the station."""
    moments = [due_of_queue(state, references), _due_of_running(state), _due_by_age(state, after_days)]
    return min((moment for moment in moments if moment is not None), default=None)


def _due_of_running(state: StationSecurity) -> datetime | None:
    running = state.running
    if running is None:
        return None
    if running.until is not None:
        return running.until
    begins, expires_at = state.not_before or running.started_at, running.queued.order.expires_at
    return min(begins, expires_at) if state.able or step_of(running).step in WAITS else expires_at


def _due_by_age(state: StationSecurity, after_days: int) -> datetime | None:
    """When the station's password is too old; None where that does not matter, or an operation is under way."""
    if not after_days or not state.provisioned or state.credential_since is None or state.running or state.queue:
        return None
    aged = state.credential_since + timedelta(days=after_days + fraction_of(state.station))
    return aged if state.aged_at is None else max(aged, state.aged_at + AGED_AGAIN)


def step(  # noqa: PLR0911 one row for each record
    state: StationSecurity, record: Record, *, references: References, keys: Keys | None, after_days: int = 0
) -> Step:
    """Apply one record."""
    match record:
        case SecurityOperationOrdered():
            return _ordered(state, record)
        case SecurityOperationCancelled():
            return _cancelled(state, record)
        case StationChanged():
            return _station(state, record)
        case VariableChanged():
            return _variable(state, record)
        case CertificateChanged() | IssuedCertificateChanged():
            return _certificate(state, record), []
        case CommandSettled():
            return settled(state, record)
        case Due():
            return _due(state, record.sent_at or record.at, references, keys=keys, after_days=after_days)
    raise Poison(f"securityoperations has no use for a {type(record).__name__}")


# -- orders -----------------------------------------------------------------------------------------------------------


def _ordered(state: StationSecurity, order: SecurityOperationOrdered) -> Step:
    if order.id in state.known:
        return state, []
    why = "It begins when the station is connected and accepted."
    if order.batch:
        why = "It begins with its wave."
    elif state.running is not None or state.queue:
        why = "It begins after the operations before it."
    queued = QueuedOperation(order=order)
    state = replace(state, known=(*state.known, order.id)[-ORDERS_KNOWN:])
    if len(state.queue) >= QUEUE_MOST:
        return dropped(replace(state, queue=(*state.queue, queued)), QUEUE_MOST, "rejected", CROWDED, order.ordered_at)
    queued, record = publish_waiting(queued, "waiting", why, at=order.ordered_at)
    return replace(state, queue=(*state.queue, queued)), [record]


def _cancelled(state: StationSecurity, cancelled: SecurityOperationCancelled) -> Step:
    at = cancelled.requested_at
    for place, queued in enumerate(state.queue):
        if queued.order.id == cancelled.operation:
            return dropped(state, place, "cancelled", STOPPED, at)
    running = state.running
    if running is None or running.queued.order.id != cancelled.operation or running.ending is not None:
        return state, []
    if any(each.step not in REVERSIBLE for each in running.steps if each.attempts):
        return state, []  # the station acts by itself on what it was told
    return ended(state, running, "cancelled", STOPPED, at)


# -- what a station shows ---------------------------------------------------------------------------------------------


def _station(state: StationSecurity, station: StationChanged) -> Step:
    at = station.changed_at
    if state.seen_at is not None and at < state.seen_at:
        return state, []
    shown = replace(
        state,
        able=station.connected and station.registration == "Accepted" and not station.removed,
        connected=station.connected,
        provisioned=station.provisioned and not station.removed,
        epoch=station.epoch,
        version=station.version,
        booted_at=station.booted_at,
        security_profile=station.security_profile,
        credential=station.credential,
        credential_since=station.credential_since,
    )
    if shown == state and not station.removed:
        return state, []
    state = replace(shown, seen_at=at)
    if station.removed:
        return _emptied(state, at)
    return _seen(state, at)


def _seen(state: StationSecurity, at: datetime) -> Step:
    """What the operation under way makes of the station as it is now."""
    running = state.running
    if running is None:
        return state, []
    if step_of(running).status == "waiting":
        return waited(state, at, due=False)
    used = state.connected and running.new_credential and state.credential == running.new_credential
    if used and step_of(running).step == "password":  # it took the password, and the answer was lost
        return advanced(state, running, "done", at)
    return state, []


def _emptied(state: StationSecurity, at: datetime) -> Step:
    """Nothing is done at the station any more."""
    outputs: list[Record] = []
    while state.queue:
        state, more = dropped(state, 0, "cancelled", REMOVED, at)
        outputs += more
    if state.running is not None:
        state, more = ended(replace(state, connected=False), state.running, "failed", REMOVED, at)
        outputs += more
    return state, outputs


def _variable(state: StationSecurity, variable: VariableChanged) -> Step:
    key, value = variable.key.casefold(), variable.value
    if key == PRIORITY_VARIABLE and value:
        state = replace(state, priority=value)
        running = state.running
        if running is not None and step_of(running).step == "read" and step_of(running).status == "waiting":
            state = replace(state, running=replace(running, old_priority=value))
            return waited(state, variable.changed_at, due=False)
    elif LIMITING.get(key) == "security_profile" and value is not None and value.isdecimal():
        return _seen(replace(state, reported_profile=int(value)), variable.changed_at)
    return state, []


def _certificate(state: StationSecurity, record: CertificateChanged | IssuedCertificateChanged) -> StationSecurity:
    """Remember a root certificate of the CSMS, or a certificate of the station, as long as it is there."""
    match record:
        case CertificateChanged(use="CSMSRootCertificate"):
            return replace(state, roots=_known(state.roots, record.certificate, there=record.status == "installed"))
        case IssuedCertificateChanged() if record.use in (None, STATION):
            return replace(state, leaves=_known(state.leaves, record.certificate, there=record.status == "installed"))
    return state


def _known(known: tuple[str, ...], certificate: str, *, there: bool) -> tuple[str, ...]:
    others = tuple(each for each in known if each != certificate)
    return (*others, certificate)[-CERTIFICATES_MOST:] if there else others


# -- what is due ------------------------------------------------------------------------------------------------------


def _due(state: StationSecurity, at: datetime, references: References, *, keys: Keys | None, after_days: int) -> Step:
    state, outputs = _voided(state, at, references)
    aged = _due_by_age(state, after_days)
    if aged is not None and aged <= at:
        state, order = _by_age(state, aged, at)
        outputs.append(order)
    if state.running is None and state.able:
        state, more = _next(state, at, references, keys)
        outputs += more
    if state.running is not None:
        state, more = _on(state, state.running, at, keys)
        outputs += more
    return state, outputs


def _voided(state: StationSecurity, at: datetime, references: References) -> Step:
    """Drop operations whose batch was cancelled, and those that have expired."""
    outputs: list[Record] = []
    for place in reversed(range(len(state.queue))):
        queued = state.queue[place]
        void = is_void(queued, references)
        if void or queued.order.expires_at <= at:
            why = BATCH_STOPPED if void else EXPIRED
            state, more = dropped(state, place, "cancelled" if void else "missing", why, at)
            outputs += more
    return state, outputs


def _by_age(state: StationSecurity, aged: datetime, at: datetime) -> tuple[StationSecurity, Record]:
    """Order a new password, as an operator would."""
    order = SecurityOperationOrdered(
        id=derived_id(state.station, "password-age", aged.isoformat()),
        station=state.station,
        operation=RotatePassword(),
        expires_at=at + AGED_WITHIN,
        scheduled=True,
        ordered_at=at,
        ordered_by="rotate_passwords_after_days",
    )
    return replace(state, aged_at=at), order


def _next(state: StationSecurity, at: datetime, references: References, keys: Keys | None) -> Step:
    """Begin the first operation that may begin by now; one that something speaks against ends before it has begun."""
    outputs: list[Record] = []
    for queued in state.queue:
        moment = may_begin_at(queued, references)
        if moment is None or moment > at:
            continue
        why = against(queued.order.operation, state, has_key=keys is not None)
        if not why:
            after, record = _started(state, queued, at)
            return after, [*outputs, record]
        state, more = dropped(state, state.queue.index(queued), "rejected", why, at)
        outputs += more
    return state, outputs


def _started(state: StationSecurity, queued: QueuedOperation, at: datetime) -> tuple[StationSecurity, Record]:
    assert state.version is not None
    operation = queued.order.operation
    names: tuple[StepName, ...] = PLANS[state.version][operation.kind]
    if needs_password(operation, state):
        names = ("password", *names)
    if not getattr(operation, "inoperative", True):
        names = tuple(name for name in names if name != "inoperative")
    running = RunningOperation(
        queued=queued,
        steps=tuple(OperationStep(step=name) for name in names),
        old_credential=state.credential,
        profile_before=state.security_profile,
        started_at=at,
    )
    running, record = publish_running(running, "running", at=at)
    queue = tuple(each for each in state.queue if each.order.id != queued.order.id)
    return replace(state, queue=queue, running=running, not_before=at), record


def _on(state: StationSecurity, running: RunningOperation, at: datetime, keys: Keys | None) -> Step:
    """Take the next step, or give up the one whose time is over."""
    if running.until is not None:
        if running.until > at:
            return state, []
        return given_up(state, at) if running.command_id else waited(state, at, due=True)
    if step_of(running).step in WAITS:
        return begun(state, at)
    if state.able and (state.not_before is None or state.not_before <= at):
        state, request = sent(state, running, at, keys)
        return state, [request]
    if running.queued.order.expires_at <= at:
        status, why = running.ending or ("failed", EXPIRED)
        return ended(state, running, cast(OperationStatus, status), why, at)
    return state, []

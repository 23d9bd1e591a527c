"""Transactions: makes charging sessions of a station's facts, in any order and with repeats. PURE.

Independent of order and repetition of a session's facts: every fact is answered each time it arrives; status, energy and the set of
readings are the same, as long as the register only rises; no energy is negative; no fact is dropped. The state of a station (bounds
in settling) has all active sessions, the last ended ones, and packed ones before these. Later facts of a packed session are
answered and applied to it; facts of a session that is not in the state any more open a new session, with the anomaly `start-missing`.
"""

from datetime import datetime, timedelta
from typing import Any

import msgspec
from msgspec.structs import replace

from schemas.anomalies import Anomaly
from schemas.authorization import DecisionRecorded, TokenLimitChanged
from schemas.base import Due, Record, derived_id
from schemas.commands import CommandCancelled, CommandRequested
from schemas.limits import StationLimited
from schemas.sessionorders import SessionCorrected, SessionEndOrdered, SessionLimitOrdered, SessionReleased
from schemas.startnumbers import start_key, transaction_number
from schemas.states.transactions import ForgottenSession, SessionState, StationTransactions
from schemas.transactionlimits import NO_LIMIT
from schemas.transactions import (
    ChargingStateRecorded,
    FallbackAnswered,
    MeterValueQuarantined,
    MeterValuesRecorded,
    MeterValuesReported,
    TransactionReported,
)
from services.transactions.answering import answer_again, answer_of, saying
from services.transactions.awaiting import leave_to_billing, may_leave_to_billing
from services.transactions.charging import charging_before_start, charging_of_event
from services.transactions.evidence import with_evidence
from services.transactions.identity import PLACEHOLDERS, fact_digest
from services.transactions.lateness import apply_decision, apply_fallback, matched_by_place, with_alias
from services.transactions.limiting import (
    apply_start,
    apply_station_limits,
    apply_token_limit,
    with_start_limit,
    with_station_limit,
)
from services.transactions.matching import (
    fact_starts,
    is_unknown,
    match_meter_values,
    match_transaction,
    opened_id,
    running_on,
    sessions_called,
)
from services.transactions.meter import Normalised, normalise
from services.transactions.orders import Order, apply_order
from services.transactions.packing import restore
from services.transactions.sessionreadings import WithReadings, add_meter_values, add_readings, add_register
from services.transactions.sessions import (
    add_fact,
    quarantine_anomalies,
    remember,
    started_at,
    with_anomalies,
)
from services.transactions.settling import settle
from services.transactions.surroundings import Surrounding, apply_due, apply_surrounding
from services.transactions.surroundings import due as due_of_silence

Event = (
    TransactionReported
    | MeterValuesReported
    | FallbackAnswered
    | DecisionRecorded
    | TokenLimitChanged
    | StationLimited
    | CommandRequested
    | CommandCancelled
    | Order
    | Surrounding
    | Due
)


class Policy(msgspec.Struct, frozen=True, kw_only=True):
    """The policy of the deployment.

    `answer_total_cost`: leave answers to billing. `silent_limit`: how long a station is disconnected before its sessions are presumed
    ended. `stops_late_refusals`: stop a session that was answered Accepted before its decision, which then was a refusal.
    """

    answer_total_cost: bool = False
    silent_limit: timedelta = timedelta(hours=48)
    stops_late_refusals: bool = True


STANDARD = Policy()
"""The default policy."""


def initial(station: str) -> StationTransactions:
    """The state of a station without any transaction."""
    return StationTransactions(station=station)


def due(state: StationTransactions, policy: Policy = STANDARD) -> datetime | None:
    """When the sessions of a disconnected station are presumed ended; None while it is connected."""
    return due_of_silence(state, policy.silent_limit)


def step(  # noqa: PLR0911 a flat match over the records
    state: StationTransactions, event: Event, policy: Policy = STANDARD
) -> tuple[StationTransactions, list[Record]]:
    """Apply one record; return the new state and the outputs."""
    match event:
        case TransactionReported():
            return _transaction(state, event, policy.answer_total_cost)
        case MeterValuesReported():
            return _meter_values(state, event)
        case FallbackAnswered():
            return apply_fallback(state, event, stop=policy.stops_late_refusals)
        case DecisionRecorded():
            state, outputs = apply_token_limit(state, event)
            state, more = apply_decision(state, event, stop=policy.stops_late_refusals)
            return state, outputs + more
        case TokenLimitChanged():
            return apply_token_limit(state, event)
        case StationLimited():
            return apply_station_limits(state, event), []
        case CommandRequested():
            return apply_start(state, event)
        case CommandCancelled():
            return state, []
        case SessionEndOrdered() | SessionCorrected() | SessionReleased() | SessionLimitOrdered():
            return apply_order(state, event)
        case Due():
            return apply_due(state, event, policy.silent_limit)
        case _:
            return apply_surrounding(state, event)


# -- transaction messages ---------------------------------------------------------------------------------------------


def _transaction(
    state: StationTransactions, fact: TransactionReported, answer_total_cost: bool
) -> tuple[StationTransactions, list[Record]]:
    digest = fact_digest(fact)
    matched, unchanged = match_transaction(state, fact, digest), state
    if isinstance(matched, ForgottenSession):
        state, matched = restore(state, matched)
    if isinstance(matched, ForgottenSession):
        values = normalise(fact.meter_values)
        return state, [
            answer_of(fact, matched, NO_LIMIT, ()),
            *charging_of_event(fact, matched, fact.evse),
            *_reading_records(fact, matched, digest, values),
        ]
    if matched is not None and (digest in matched.seen or _is_repeated_start(matched, fact)):
        return with_alias(unchanged, matched, fact), [answer_again(fact, matched, unchanged.supports)]
    before = matched or _open(state, fact, digest)
    after = with_station_limit(add_fact(before, fact, digest), fact)
    state, after = with_start_limit(state, after)
    if matched is not None and fact.seq_no is None:
        after = matched_by_place(after, fact.transaction_id)
    with_register = add_register(after, fact)
    values = normalise(fact.meter_values)
    metered = add_readings(with_register.session, values)
    session, earlier = _with_connector_history(state, matched, metered.session)
    rejects = (*with_register.rejects, *metered.rejects)
    said, session = saying(session, fact, state.supports)
    state, outputs = settle(state, before if matched else None, session, fact)
    values = Normalised(_without_repeats(with_register, metered), values.signed, rejects)
    answer = answer_of(fact, session, said, state.supports)
    facts = [
        *earlier,
        *charging_of_event(fact, session, session.evse),
        *_reading_records(fact, session, digest, values),
    ]
    if answer_total_cost and may_leave_to_billing(answer, fact):
        return state, [*leave_to_billing(outputs, answer, session.session), *facts]
    # These before the answer: a session that this one ends must not make its token concurrent.
    return state, [*outputs, answer, *facts]


def _with_connector_history(
    state: StationTransactions, matched: SessionState | None, session: SessionState
) -> tuple[SessionState, list[ChargingStateRecorded]]:
    """The session with the statuses of its connector since its start, where the start was unknown until now."""
    if matched is not None and matched.start_at == session.start_at:
        return session, []
    session, earlier = charging_before_start(state, session)
    return with_evidence(state, session), earlier


def _is_repeated_start(session: SessionState, fact: TransactionReported) -> bool:
    """Whether it is a start without a transaction id: these are matched by their whole content, so it has nothing new."""
    return fact_starts(fact) and session.start_key != ""


def _without_repeats(register: WithReadings, metered: WithReadings) -> tuple[Any, ...]:
    """All readings; meterStart and meterStop only where the meter values have no register of the same moment."""
    moments = {(r.at, r.measurand, r.context) for r in metered.readings}
    return (*(r for r in register.readings if (r.at, r.measurand, r.context) not in moments), *metered.readings)


def _open(state: StationTransactions, fact: TransactionReported, digest: str) -> SessionState:
    """A new session, before the fact is applied to it."""
    number = fact.transaction_id or ""
    key = ""
    if fact.event == "Started" and fact.transaction_id is None:
        key, number = start_key(fact), transaction_number(fact)
    session = SessionState(
        session=opened_id(state, fact, number, digest),
        transaction_id=number,
        start_key=key,
        first_at=fact.at,
        last_at=fact.at,
        heard_at=fact.received_at,
    )
    numbered_by_us = fact.seq_no is None
    if numbered_by_us and fact.event != "Started":
        return with_anomalies(session, Anomaly.TRANSACTION_UNKNOWN)
    return session


# -- meter values outside of transaction messages ---------------------------------------------------------------------


def _meter_values(state: StationTransactions, fact: MeterValuesReported) -> tuple[StationTransactions, list[Record]]:
    digest = fact_digest(fact)
    nameless = is_unknown(state, fact)
    # A fact with a transaction id can only have been applied to a session with that id.
    of_name = list(state.sessions) if nameless else sessions_called(state, fact.transaction_id or "")
    if any(digest in session.seen for session in of_name):
        return state, []
    matched = None if nameless else match_meter_values(state, of_name, fact)
    if isinstance(matched, ForgottenSession):
        return _add_to_forgotten(state, fact, matched, digest)
    if matched is not None:
        return _add_to_named(state, fact, matched, digest)
    running = running_on(state, fact.evse) if nameless and fact.evse else []
    if len(running) != 1:
        return state, _reading_records(fact, None, digest, normalise(fact.meter_values))
    began = started_at(running[0])
    inside = tuple(m for m in fact.meter_values if m.at >= began)
    outside = tuple(m for m in fact.meter_values if m.at < began)
    outputs = _reading_records(fact, None, digest, normalise(outside))
    if not inside:
        return state, outputs
    called = None if (fact.transaction_id or "") in PLACEHOLDERS else matched_by_place(running[0], fact.transaction_id)
    state, more = _add_values(state, replace(fact, meter_values=inside), running[0], digest, called)
    return state, outputs + more


def _add_to_forgotten(
    state: StationTransactions, fact: MeterValuesReported, forgotten: ForgottenSession, digest: str
) -> tuple[StationTransactions, list[Record]]:
    """Add meter values to a session that ended long ago, if it is packed in the state."""
    after, restored = restore(state, forgotten)
    if isinstance(restored, ForgottenSession):
        return state, _reading_records(fact, restored, digest, normalise(fact.meter_values))
    return (state, []) if digest in restored.seen else _add_to_named(after, fact, restored, digest)


def _add_to_named(
    state: StationTransactions, fact: MeterValuesReported, named: SessionState, digest: str
) -> tuple[StationTransactions, list[Record]]:
    """Add meter values with a known transaction id. If they name another EVSE, they count unless another session runs there."""
    if fact.evse in {0, named.evse} or named.evse is None:
        return _add_values(state, fact, named, digest)
    odd = with_anomalies(named, Anomaly.EVSE_MISMATCH)
    if not running_on(state, fact.evse):
        return _add_values(state, fact, named, digest, odd)
    state, outputs = settle(state, named, remember(odd, digest), fact)
    return state, outputs + _reading_records(fact, None, digest, normalise(fact.meter_values))


def _add_values(
    state: StationTransactions,
    fact: MeterValuesReported,
    before: SessionState,
    digest: str,
    changed: SessionState | None = None,
) -> tuple[StationTransactions, list[Record]]:
    values = normalise(fact.meter_values)
    absorbed = add_meter_values(
        remember(with_anomalies(changed or before, *quarantine_anomalies(fact)), digest), fact, values
    )
    state, outputs = settle(state, before, absorbed.session, fact)
    values = Normalised(absorbed.readings, values.signed, absorbed.rejects)
    return state, outputs + _reading_records(fact, absorbed.session, digest, values)


def _reading_records(
    fact: TransactionReported | MeterValuesReported,
    session: SessionState | ForgottenSession | None,
    digest: str,
    values: Normalised,
) -> list[Record]:
    """The records of readings and of implausible values, with ids derived from their content."""
    where: dict[str, Any] = {
        "station": fact.station,
        "session": session.session if session else "",
        "evse": session.evse if isinstance(session, SessionState) and session.evse is not None else fact.evse,
        "transaction_id": session.transaction_id if session else fact.transaction_id or "",
        "received_at": fact.received_at,
    }
    outputs: list[Record] = []
    if values.readings or values.signed:
        id = derived_id("meter-values", fact.station, where["session"], digest)
        outputs.append(MeterValuesRecorded(id=id, readings=values.readings, signed=values.signed, **where))
    for number, (reason, meter_value) in enumerate(values.rejects):
        id = derived_id("quarantine", fact.station, digest, number, reason)
        outputs.append(MeterValueQuarantined(id=id, reason=reason, meter_value=meter_value, **where))
    return outputs

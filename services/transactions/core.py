"""Transactions: one charging session out of whatever its station says of it, in whatever order and however often. PURE.

Promised, whatever the order and repetition of a session's facts: each is answered each time it comes; status, energy and the
set of readings come out the same, as long as its register only rises; no energy is ever negative; nothing is thrown away.
Remembered per station (bounds in settling): all active sessions, the last ones that are over, and of some before these whose
they are. Later facts of a forgotten session are answered, their readings are recorded under it, its
last snapshot stands; facts of what is not even in that memory open a session of their own, with the anomaly `start-missing`.
"""

from typing import Any

from msgspec.structs import replace

from schemas.authorization import AuthorizationRequested, IdToken, token_key
from schemas.base import Due, Record, derived_id
from schemas.transactions import (
    Anomaly,
    ForgottenSession,
    MeterValueQuarantined,
    MeterValuesRecorded,
    MeterValuesReported,
    SessionState,
    StationTransactions,
    TransactionDecided,
    TransactionReported,
)
from services.transactions.awaiting import left_to_billing, may_be_left
from services.transactions.identity import PLACEHOLDERS, fact_digest, start_key, transaction_number
from services.transactions.matching import match_meter_values, match_transaction, opened_id, running_on
from services.transactions.meter import Normalised, normalise
from services.transactions.sessions import (
    Absorbed,
    add_fact,
    add_readings,
    add_told_register,
    is_active,
    remember,
    started_at,
    with_anomalies,
)
from services.transactions.settling import settle

Event = TransactionReported | MeterValuesReported | Due


def initial(station: str) -> StationTransactions:
    """A station of which no transaction was ever heard."""
    return StationTransactions(station=station)


def step(
    state: StationTransactions, event: Event, *, answer_total_cost: bool = False
) -> tuple[StationTransactions, list[Record]]:
    """Apply one fact; return the new state and what to say about it. `answer_total_cost` leaves answers to billing."""
    match event:
        case TransactionReported():
            return _transaction(state, event, answer_total_cost)
        case MeterValuesReported():
            return _meter_values(state, event)
        case Due():
            return state, []  # sessions silent for days are never closed by time


# -- transaction messages ---------------------------------------------------------------------------------------------


def _transaction(
    state: StationTransactions, fact: TransactionReported, answer_total_cost: bool
) -> tuple[StationTransactions, list[Record]]:
    digest = fact_digest(fact)
    held = match_transaction(state, fact, digest)
    if isinstance(held, ForgottenSession):
        values = normalise(fact.meter_values)
        return state, [_answer(fact, held), *_recorded(fact, held, digest, values)]
    if held is not None and (digest in held.seen or _is_start_again(held, fact)):
        return state, [_answer(fact, held)]
    before = held or _opened(state, fact, digest)
    after = add_fact(before, fact, digest)
    told = add_told_register(after, fact)
    values = normalise(fact.meter_values)
    metered = add_readings(told.session, values)
    absorbed = Absorbed(metered.session, _once(told, metered), (*told.rejects, *metered.rejects))
    state, said = settle(state, before if held else None, absorbed.session, fact)
    values = Normalised(absorbed.readings, values.signed, absorbed.rejects)
    session, answer = absorbed.session, _answer(fact, absorbed.session)
    if answer_total_cost and may_be_left(answer, fact):
        return state, [*left_to_billing(said, answer, session.session), *_recorded(fact, session, digest, values)]
    # Said before the answer: a session that this one ends must not make its own token concurrent.
    return state, [*said, answer, *_recorded(fact, session, digest, values)]


def _is_start_again(held: SessionState, fact: TransactionReported) -> bool:
    """A start without a transaction id was matched by its whole content: there is nothing new in it."""
    return fact.event == "Started" and fact.transaction_id is None and held.start_key == start_key(fact)


def _once(told: Absorbed, metered: Absorbed) -> tuple[Any, ...]:
    """All readings; meterStart and meterStop only where the meter values do not say the same moment's register."""
    said = {(r.at, r.measurand, r.context) for r in metered.readings}
    return (*(r for r in told.readings if (r.at, r.measurand, r.context) not in said), *metered.readings)


def _opened(state: StationTransactions, fact: TransactionReported, digest: str) -> SessionState:
    """A new session, still without what the fact says."""
    number = fact.transaction_id or ""
    key = ""
    if fact.event == "Started" and fact.transaction_id is None:
        key = start_key(fact)
        taken = {s.transaction_id for s in state.sessions} | {s.transaction_id for s in state.forgotten}
        number = transaction_number(key, fact, taken=taken)
    session = SessionState(
        session=opened_id(state.station, fact, number, digest),
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


def _answer(
    fact: TransactionReported, session: SessionState | ForgottenSession
) -> TransactionDecided | AuthorizationRequested:
    """What the station waits for: the verdict on its token where it brought one, else that the fact is kept.

    Without a sequence number it is a StartTransaction, whose answer must have a verdict, or a StopTransaction, which needs none.
    """
    number = session.transaction_id
    needs_verdict = fact.token is not None if fact.seq_no is not None else fact.event == "Started"
    if not needs_verdict:
        return TransactionDecided(
            id=derived_id(fact.id, "decided"), station=fact.station, reply_to=fact.reply_to, transaction_id=number
        )
    token = fact.token or IdToken(value="")
    return AuthorizationRequested(
        id=derived_id(fact.id, "authorization"),
        token=token_key(token.value),
        id_token=token,
        station=fact.station,
        session=session.session,
        transaction_id=number,
        evse=fact.evse if isinstance(session, ForgottenSession) else session.evse,
        final=isinstance(session, ForgottenSession) or not is_active(session),
        reply_to=fact.reply_to,
        received_at=fact.received_at,
    )


# -- meter values outside of transaction messages ---------------------------------------------------------------------


def _meter_values(state: StationTransactions, fact: MeterValuesReported) -> tuple[StationTransactions, list[Record]]:
    digest = fact_digest(fact)
    nameless = (fact.transaction_id or "") in PLACEHOLDERS
    # A fact with a name was only ever applied to a session of that name.
    of_name = [s for s in state.sessions if nameless or s.transaction_id == fact.transaction_id]
    if any(digest in session.seen for session in of_name):
        return state, []
    held = None if nameless else match_meter_values(state, of_name, fact)
    if isinstance(held, ForgottenSession):
        return state, _recorded(fact, held, digest, normalise(fact.meter_values))
    if held is not None:
        return _metered_by_name(state, fact, held, digest)
    running = running_on(state, fact.evse) if nameless and fact.evse else []
    if len(running) != 1:
        return state, _recorded(fact, None, digest, normalise(fact.meter_values))
    began = started_at(running[0])
    inside = tuple(m for m in fact.meter_values if m.at >= began)
    outside = tuple(m for m in fact.meter_values if m.at < began)
    said = _recorded(fact, None, digest, normalise(outside))
    if not inside:
        return state, said
    state, more = _metered(state, replace(fact, meter_values=inside), running[0], digest)
    return state, said + more


def _metered_by_name(
    state: StationTransactions, fact: MeterValuesReported, named: SessionState, digest: str
) -> tuple[StationTransactions, list[Record]]:
    """Meter values with a known transaction id. They may name another EVSE: they count unless another session runs there."""
    if fact.evse in {0, named.evse} or named.evse is None:
        return _metered(state, fact, named, digest)
    odd = with_anomalies(named, Anomaly.EVSE_MISMATCH)
    if not running_on(state, fact.evse):
        return _metered(state, fact, named, digest, odd)
    state, said = settle(state, named, remember(odd, digest), fact)
    return state, said + _recorded(fact, None, digest, normalise(fact.meter_values))


def _metered(
    state: StationTransactions,
    fact: MeterValuesReported,
    before: SessionState,
    digest: str,
    changed: SessionState | None = None,
) -> tuple[StationTransactions, list[Record]]:
    values = normalise(fact.meter_values)
    absorbed = add_readings(remember(changed or before, digest), values)
    state, said = settle(state, before, absorbed.session, fact)
    values = Normalised(absorbed.readings, values.signed, absorbed.rejects)
    return state, said + _recorded(fact, absorbed.session, digest, values)


def _recorded(
    fact: TransactionReported | MeterValuesReported,
    session: SessionState | ForgottenSession | None,
    digest: str,
    values: Normalised,
) -> list[Record]:
    """The readings and what cannot be believed, by ids that the same content always gives."""
    where: dict[str, Any] = {
        "station": fact.station,
        "session": session.session if session else "",
        "evse": session.evse if isinstance(session, SessionState) and session.evse is not None else fact.evse,
        "transaction_id": session.transaction_id if session else fact.transaction_id or "",
        "received_at": fact.received_at,
    }
    said: list[Record] = []
    if values.readings or values.signed:
        id = derived_id("meter-values", fact.station, where["session"], digest)
        said.append(MeterValuesRecorded(id=id, readings=values.readings, signed=values.signed, **where))
    for number, (reason, meter_value) in enumerate(values.rejects):
        id = derived_id("quarantine", fact.station, digest, number, reason)
        said.append(MeterValueQuarantined(id=id, reason=reason, meter_value=meter_value, **where))
    return said

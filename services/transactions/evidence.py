"""Evidence: signs that a transaction is over although the station has not reported its end. PURE.

A connector that is Available has no transaction, nor has one that is Preparing again, for the next car, after it had been
Finishing or Available, or after the station booted. A station that refuses to stop a transaction does not know it, nor does one that says
that it does not go on and that nothing of it waits (2.x part 2, E14). Evidence from
before the session's start or its last fact does not count, and a later sign of life revokes it.
"""

import msgspec
from msgspec.structs import replace

from schemas.anomalies import Anomaly
from schemas.base import Timestamp
from schemas.commands import CommandSettled
from schemas.states.transactions import ConnectorWord, ConnectorWords, RefusedStop, SessionState, StationTransactions
from schemas.transactionstatus import TransactionStatusSaid
from services.transactions.identity import is_before
from services.transactions.places import connectors_of, moment_in, newest
from services.transactions.sessions import by_its_clock, is_active, last_sign_at

FREED = frozenset({"Finishing", "Available"})
"""Statuses of a connector whose transaction is over, in either version."""

IDLE = "Idle"
"""2.x ChargingStateEnumType: no car is connected. Such a transaction may run while the connector is Available (E01, E03)."""

Evidence = tuple[Timestamp, Anomaly]


def with_evidence(state: StationTransactions, session: SessionState) -> SessionState:
    """The session with the newest evidence of its connectors' statuses and refused stops."""
    if not is_active(session):
        return session
    for refused in state.refused_stops:
        session = with_refused_stop(session, refused)
    for place in connectors_of(state, session):
        evidence = _evidence_of_connector(state, place, session)
        if evidence is not None and _is_nowhere_else(state, place, session):
            session = over(session, *evidence)
    return session


def over(session: SessionState, at: Timestamp, by: Anomaly) -> SessionState:
    """The session with evidence that it is over; unchanged where a later fact is known."""
    if not is_active(session) or is_before(at, last_sign_at(session)):
        return session
    return replace(session, over_at=at, over_by=str(by))


def is_refusal(settled: CommandSettled) -> bool:
    """Whether the station itself answered, without an error, that it does not stop the transaction."""
    return settled.outcome == "rejected" and bytes(settled.response) not in {b"null", b""} and not settled.error_code


def is_unknown_there(settled: CommandSettled) -> bool:
    """Whether the station answered that the transaction does not go on, and that no message of it waits (E14.FR.01, FR.03, FR.05)."""
    if settled.outcome != "accepted" or not settled.queried_transaction:
        return False
    try:
        said = msgspec.json.decode(settled.response, type=TransactionStatusSaid)
    except msgspec.DecodeError:  # an answer that breaks its schema says nothing
        return False
    return said.ongoing is False and said.waits is False


def with_refused_stop(session: SessionState, refused: RefusedStop) -> SessionState:
    """The session after the station said that it has no such transaction; unchanged where it is another one, or began afterwards."""
    if session.transaction_id != refused.transaction_id or session.heard_at is None or session.heard_at >= refused.at:
        return session
    at = max(by_its_clock(session, refused.at), last_sign_at(session))
    return over(session, at, Anomaly(refused.by) if refused.by else Anomaly.OVER_BY_REFUSED_STOP)


def presume_over_by_silence(session: SessionState) -> SessionState:
    """Presume a session over, because its station was disconnected for longer than the limit."""
    return over(session, last_sign_at(session), Anomaly.OVER_BY_SILENCE)


def _evidence_of_connector(state: StationTransactions, place: ConnectorWords, session: SessionState) -> Evidence | None:
    """The newest evidence in the statuses of one connector."""
    evidence: Evidence | None = None
    for number, word in enumerate(place.words):
        at = moment_in(session, word)
        if at is None:
            continue
        booted = _booted_between(state, session, word)
        if _frees(word, session, place.words[:number], booted=booted):
            evidence = (at, Anomaly.OVER_BY_BOOT if booted else Anomaly.OVER_BY_STATUS)
    return evidence


def _frees(word: ConnectorWord, session: SessionState, earlier: tuple[ConnectorWord, ...], *, booted: bool) -> bool:
    """Whether this status, after the earlier ones, means that the connector has no transaction any more."""
    if word.word == "Available":
        return booted or session.charging_state != IDLE
    return word.word == "Preparing" and (booted or _was_freed(earlier, session))


def _booted_between(state: StationTransactions, session: SessionState, word: ConnectorWord) -> bool:
    """Whether the station booted during the session and before this status."""
    booted_at, heard_at = state.booted_at, session.heard_at
    return booted_at is not None and heard_at is not None and heard_at < booted_at <= word.heard_at


def _was_freed(earlier: tuple[ConnectorWord, ...], session: SessionState) -> bool:
    return any(word.word in FREED and moment_in(session, word) is not None for word in earlier)


def _is_nowhere_else(state: StationTransactions, place: ConnectorWords, session: SessionState) -> bool:
    """Whether the session cannot be on another connector: one without a connector may be on any Occupied one of its EVSE."""
    others = [c for c in connectors_of(state, session) if c.connector != place.connector]
    return not any((last := newest(c.words)) is not None and last.word == "Occupied" for c in others)

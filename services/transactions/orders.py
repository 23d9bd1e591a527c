"""Orders: applies orders of operators to a session; they override its station's reports, which are kept. PURE."""

from msgspec.structs import replace

from schemas.anomalies import Anomaly
from schemas.base import Record
from schemas.sessionorders import SessionCorrected, SessionEndOrdered, SessionLimitOrdered, SessionReleased
from schemas.states.transactions import SessionState, StationTransactions
from services.transactions.limiting import with_ordered_limit
from services.transactions.packing import restore
from services.transactions.sessions import is_active, with_anomalies
from services.transactions.settling import Cause, settle

MAX_ORDERS = 16
"""Orders kept of one session, to recognise repeats."""

Order = SessionEndOrdered | SessionCorrected | SessionReleased | SessionLimitOrdered


def apply_order(state: StationTransactions, order: Order) -> tuple[StationTransactions, list[Record]]:
    """Apply an order once. One of a session that is out of reach (WITHIN_REACH) changes nothing: the API refuses it."""
    older = next((f for f in state.forgotten if f.session == order.session), None)
    if older is not None:
        state, _ = restore(state, older)
    session = next((s for s in state.sessions if s.session == order.session), None)
    if session is None or order.id in session.orders:
        return state, []
    after = replace(_after(session, order), orders=(*session.orders, order.id)[-MAX_ORDERS:])
    return settle(state, session, after, Cause(order.id, order.station, order.ordered_at))


def _after(session: SessionState, order: Order) -> SessionState:
    match order:
        case SessionEndOrdered() if session.end_at is not None or session.ordered_end:
            return session  # it has ended meanwhile
        case SessionEndOrdered():
            corrected = _with_operator_values(session, order)
            return with_anomalies(replace(corrected, ordered_end=True), Anomaly.ENDED_BY_OPERATOR)
        case SessionCorrected() if is_active(session):
            return session
        case SessionCorrected():
            return with_anomalies(_with_operator_values(session, order), Anomaly.CORRECTED_BY_OPERATOR)
        case SessionLimitOrdered():
            return with_ordered_limit(session, order.limit, order.ordered_at)
        case SessionReleased():
            return with_anomalies(replace(session, released=True), Anomaly.RELEASED_BY_OPERATOR)


def _with_operator_values(session: SessionState, order: SessionEndOrdered | SessionCorrected) -> SessionState:
    return replace(
        session,
        told_end_at=order.ended_at or session.told_end_at,
        told_energy_wh=session.told_energy_wh if order.energy_wh is None else order.energy_wh,
    )

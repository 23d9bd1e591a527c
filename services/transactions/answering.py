"""Answering: what a transaction message is answered with: an acknowledgement, or a decision on its token. PURE."""

from schemas.authorization import AuthorizationRequested, IdToken, token_key
from schemas.base import derived_id
from schemas.states.transactions import ForgottenSession, SessionState
from schemas.transactionlimits import NO_LIMIT, LimitKind, TransactionLimit
from schemas.transactions import TransactionDecided, TransactionReported
from services.transactions.limiting import limit_to_say, said_again, with_said
from services.transactions.sessions import is_active

STOPPING = frozenset({"StopAuthorized", "Deauthorized"})
"""Triggers of an event whose token ends the transaction, though it may go on until the cable is out (2.x, E06)."""


def needs_verdict(fact: TransactionReported) -> bool:
    """Without a sequence number it is a StartTransaction, whose answer needs a decision, or a StopTransaction, which needs none."""
    return fact.token is not None if fact.seq_no is not None else fact.event == "Started"


def saying(
    session: SessionState, fact: TransactionReported, supports: tuple[LimitKind, ...]
) -> tuple[TransactionLimit, SessionState]:
    """What the answer says of the limit, and the session that knows so; with a token the decision says it."""
    if needs_verdict(fact):
        return session.limits.said, session
    limit = limit_to_say(session, supports)
    return limit, with_said(session, limit)


def answer_of(
    fact: TransactionReported,
    session: SessionState | ForgottenSession,
    limit: TransactionLimit,
    supports: tuple[LimitKind, ...],
) -> TransactionDecided | AuthorizationRequested:
    """The answer to the station: a decision on its token where it has one, else an acknowledgement with the `limit` to say.

    The decision says the limit where that is another than what the station was told before.
    """
    number = session.transaction_id
    if not needs_verdict(fact):
        return TransactionDecided(
            id=derived_id(fact.id, "decided"),
            station=fact.station,
            reply_to=fact.reply_to,
            transaction_id=number,
            limit=limit,
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
        purpose="stop" if fact.event == "Ended" or fact.trigger in STOPPING else "start",
        reply_to=fact.reply_to,
        received_at=fact.received_at,
        limit=NO_LIMIT if isinstance(session, ForgottenSession) else session.limits.ordered,
        supports=supports,
        limit_known=limit,
    )


def answer_again(
    fact: TransactionReported, session: SessionState, supports: tuple[LimitKind, ...]
) -> TransactionDecided | AuthorizationRequested:
    """The answer to a repeated message: the one before may have been lost, with the limit that it said."""
    again = said_again(session)
    if needs_verdict(fact):
        return answer_of(fact, session, session.limits.said if again == NO_LIMIT else NO_LIMIT, supports)
    return answer_of(fact, session, again, supports)

"""Session orders: an operator ends, corrects or releases a charging session, with a reason, on csms.session-orders."""

from decimal import Decimal
from typing import Annotated

import msgspec

from schemas.base import Record, Timestamp
from schemas.topic import BILLS_KEPT_S, Topic
from schemas.transactionlimits import NO_LIMIT, TransactionLimit

WITHIN_REACH = 38
"""How many of the last ended sessions of a station can still be changed, by an order or by a message of the station."""

Reason = Annotated[str, msgspec.Meta(min_length=1, max_length=500)]


class SessionEndOrdered(Record, frozen=True, kw_only=True, tag="session-end-ordered"):
    """The session is over. Its end and energy are given where the operator knows them; otherwise its last reading counts.

    If the station still reports the end, that fills in what the operator left open.
    """

    id: str
    station: str
    session: str
    ended_at: Timestamp | None = None
    energy_wh: Decimal | None = None
    reason: Reason
    ordered_by: str
    ordered_at: Timestamp


class SessionCorrected(Record, frozen=True, kw_only=True, tag="session-corrected"):
    """A session that is over ended at another time, or with another energy, than its station reported. The report itself is kept."""

    id: str
    station: str
    session: str
    ended_at: Timestamp | None = None
    energy_wh: Decimal | None = None
    reason: Reason
    ordered_by: str
    ordered_at: Timestamp


class SessionReleased(Record, frozen=True, kw_only=True, tag="session-released"):
    """The session's token is free for other sessions; the session itself goes on."""

    id: str
    station: str
    session: str
    reason: Reason
    ordered_by: str
    ordered_at: Timestamp


class SessionLimitOrdered(Record, frozen=True, kw_only=True, tag="session-limit-ordered"):
    """A running session is limited, or its limit raised; of several orders the newest counts. The limit of its token holds besides."""

    id: str
    station: str
    session: str
    limit: TransactionLimit = NO_LIMIT
    reason: Reason
    ordered_by: str
    ordered_at: Timestamp


SESSION_ORDERS = Topic(
    name="csms.session-orders",
    meaning="Orders of operators on charging sessions: ended, corrected, released, limited.",
    records=(SessionEndOrdered, SessionCorrected, SessionReleased, SessionLimitOrdered),
    retention_s=BILLS_KEPT_S,
)

TOPICS = (SESSION_ORDERS,)

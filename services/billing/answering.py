"""Answering: TransactionEvents whose answers `transactions` leaves to billing, each answered once, with the cost or without. PURE.

While a session runs the answer has its cost so far; once it is over the answer waits for the charge detail record.
A station waits for one answer at a time: where the next question comes first, the one before is answered without cost.
"""

from decimal import Decimal

from schemas.base import Record, derived_id
from schemas.billing import BilledSession, CostAsked
from schemas.transactions import SessionChanged, TransactionDecided
from services.billing.issuing import told_cost


def asked_by(changed: SessionChanged) -> CostAsked | None:
    """What a change asks for: the same change asks for the same answer each time it is heard."""
    if changed.awaits_cost is None:
        return None
    return CostAsked(decision=derived_id(changed.id, "decided"), reply_to=changed.awaits_cost)


def without_cost(asked: CostAsked | None, changed: SessionChanged) -> list[Record]:
    """The answer where no cost is known; none where nobody asked."""
    return _answer(asked, changed, None, running=False)


def with_cost_so_far(asked: CostAsked | None, changed: SessionChanged, cost: Decimal | None) -> list[Record]:
    """The answer while the session runs."""
    return _answer(asked, changed, cost, running=True)


def with_billed_cost(session: BilledSession, changed: SessionChanged) -> list[Record]:
    """The answer once the record is issued. An end that is only presumed has not the last word."""
    costs = session.cdr.costs if session.cdr is not None else None
    cost = None if costs is None else told_cost(costs)
    return _answer(session.asked, changed, cost, running=changed.status != "ended")


def _answer(asked: CostAsked | None, changed: SessionChanged, cost: Decimal | None, *, running: bool) -> list[Record]:
    if asked is None:
        return []
    return [
        TransactionDecided(
            id=asked.decision,
            station=changed.station,
            reply_to=asked.reply_to,
            transaction_id=changed.transaction_id,
            total_cost=cost,
            running=cost is not None and running,
        )
    ]

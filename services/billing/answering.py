"""Answering: answers TransactionEvents that `transactions` leaves to billing, each once, with or without the cost. PURE.

While a session runs the answer has its cost so far; once it is over the answer waits for the charge detail record.
A station waits for one answer at a time: if the next request arrives first, the one before is answered without cost.
"""

from decimal import Decimal

from schemas.base import Record, derived_id
from schemas.billing import BilledSession, CostAsked
from schemas.transactions import SessionChanged, TransactionDecided
from services.billing.issuing import cost_for_driver


def cost_request_of(changed: SessionChanged) -> CostAsked | None:
    """The cost request in a session change; the same change always gives the same request."""
    if changed.awaits_cost is None:
        return None
    decision = derived_id(changed.id, "decided")
    return CostAsked(decision=decision, reply_to=changed.awaits_cost, limit=changed.limit_to_say)


def answer_without_cost(request: CostAsked | None, changed: SessionChanged) -> list[Record]:
    """The answer without a cost; none where nothing was requested."""
    return _answer(request, changed, None, running=False)


def answer_cost_so_far(
    request: CostAsked | None, changed: SessionChanged, cost: Decimal | None, text: str = ""
) -> list[Record]:
    """The answer with the cost of a running session, and the tariff in words where the driver was not shown it yet (I06)."""
    return _answer(request, changed, cost, running=True, text=text)


def answer_billed_cost(session: BilledSession, changed: SessionChanged) -> list[Record]:
    """The answer once the record is issued; after a presumed end it is still a running cost."""
    costs = session.cdr.costs if session.cdr is not None else None
    cost = None if costs is None else cost_for_driver(costs)
    return _answer(session.asked, changed, cost, running=changed.status != "ended")


def _answer(
    request: CostAsked | None, changed: SessionChanged, cost: Decimal | None, *, running: bool, text: str = ""
) -> list[Record]:
    if request is None:
        return []
    return [
        TransactionDecided(
            id=request.decision,
            station=changed.station,
            reply_to=request.reply_to,
            transaction_id=changed.transaction_id,
            total_cost=cost,
            running=cost is not None and running,
            text=text,
            limit=request.limit,
        )
    ]

"""Awaiting: leaves the answer to a transaction event to billing, which knows the cost of the session. PURE."""

from collections.abc import Sequence
from typing import TypeGuard

from msgspec.structs import replace

from schemas.authorization import AuthorizationRequested
from schemas.base import Record
from schemas.transactions import SessionChanged, TransactionDecided, TransactionReported


def may_leave_to_billing(
    answer: TransactionDecided | AuthorizationRequested, fact: TransactionReported
) -> TypeGuard[TransactionDecided]:
    """Whether the answer may carry a cost: not in 1.6, and not where it is a decision on a token."""
    return isinstance(answer, TransactionDecided) and fact.seq_no is not None


def leave_to_billing(outputs: Sequence[Record], answer: TransactionDecided, session: str) -> list[Record]:
    """The outputs without the answer, where a session change can carry the request to billing; else with the answer."""
    change = next((r for r in reversed(outputs) if isinstance(r, SessionChanged) and r.session == session), None)
    if change is None:
        return [*outputs, answer]
    waiting = replace(change, awaits_cost=answer.reply_to, limit_to_say=answer.limit)
    return [waiting if record is change else record for record in outputs]

"""Awaiting: answers to transaction events that are left to billing, which knows what the session costs. PURE."""

from collections.abc import Sequence
from typing import TypeGuard

from msgspec.structs import replace

from schemas.authorization import AuthorizationRequested
from schemas.base import Record
from schemas.transactions import SessionChanged, TransactionDecided, TransactionReported


def may_be_left(
    answer: TransactionDecided | AuthorizationRequested, fact: TransactionReported
) -> TypeGuard[TransactionDecided]:
    """Whether the answer may have a cost: 1.6 has no place for one, and a token is answered by its verdict alone."""
    return isinstance(answer, TransactionDecided) and fact.seq_no is not None


def left_to_billing(said: Sequence[Record], answer: TransactionDecided, session: str) -> list[Record]:
    """What is said with the answer left to billing; with the answer where billing hears of no change that could ask."""
    change = next((r for r in reversed(said) if isinstance(r, SessionChanged) and r.session == session), None)
    if change is None:
        return [*said, answer]
    asking = replace(change, awaits_cost=answer.reply_to)
    return [asking if record is change else record for record in said]

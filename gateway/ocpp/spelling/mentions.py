"""Mentions: what a frame names, found in its text without knowing its message. PURE."""

import re

import msgspec

_MEMBER = '"transactionId"'
_TRANSACTION = re.compile(
    rf'{_MEMBER}\s{{0,20}}:\s{{0,20}}(?:(?P<text>"(?:[^"\\]|\\.){{1,255}}")|(?P<number>-?\d{{1,20}}))'
)


def transaction_in(text: str) -> str:
    """The first transaction that a frame names, as the station calls it; empty where it names none.

    All versions call the member `transactionId`: 1.6 gives a number (StopTransaction, MeterValues, the answer to StartTransaction),
    2.x a text (TransactionEvent, CostUpdated, GetTransactionStatus).
    """
    start = text.find(_MEMBER)
    found = _TRANSACTION.search(text, start) if start >= 0 else None
    if found is None:
        return ""
    return found["number"] or _unescaped(found["text"])


def _unescaped(quoted: str) -> str:
    try:
        return msgspec.json.decode(quoted, type=str)
    except (msgspec.DecodeError, UnicodeError):
        return ""

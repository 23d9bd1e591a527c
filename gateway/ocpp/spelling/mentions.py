"""Mentions: what a frame names, found in its text without knowing its message. PURE."""

import re

import msgspec

_MEMBER = '"transactionId"'
_VALUE = re.compile(r'\s{0,20}:\s{0,20}("[^"\\]{0,255}(?:\\.[^"\\]{0,255}){0,36}"|-?\d{1,20})')


def transaction_in(text: str) -> str:
    """The first transaction that a frame names, as the station calls it; empty where it names none.

    All versions call the member `transactionId`: 1.6 gives a number (StopTransaction, MeterValues, the answer to StartTransaction),
    2.x a text (TransactionEvent, CostUpdated, GetTransactionStatus). It is called for each frame of each station, and so it is fast.
    """
    start = text.find(_MEMBER)
    if start < 0:
        return ""
    found = _VALUE.match(text, start + len(_MEMBER))
    if found is None:
        return ""
    value = found[1]
    return _unescaped(value) if value[0] == '"' else value


def _unescaped(quoted: str) -> str:
    if "\\" not in quoted:
        return quoted[1:-1]
    try:
        return msgspec.json.decode(quoted, type=str)
    except (msgspec.DecodeError, UnicodeError):
        return ""

"""Outcomes: what a station's answer means, whatever the version, and however badly it keeps to its schema."""

from collections.abc import Iterable
from typing import Any

import msgspec

from schemas.commands import Outcome

# Compared without regard to case: some stations have their own idea of it.
_ACCEPTED = frozenset(
    {"accepted", "acceptedcanceled", "scheduled", "rebootrequired", "unlocked", "unpublished", "processing"}
)
_UNSUPPORTED = frozenset(
    {
        *("notsupported", "notimplemented", "unknownvendorid", "unknownmessageid", "unknowncomponent"),
        *("unknownvariable", "notsupportedattributetype"),
    }
)
_UNSUPPORTED_CODES = frozenset({"notsupported", "notimplemented"})


class _Answer(msgspec.Struct):
    status: Any = None


_answer = msgspec.json.Decoder(_Answer)


def by_status(payload: bytes) -> tuple[Outcome, str]:
    """The outcome that the answer's `status` tells; rejected where it has none."""
    status = _status(payload)
    if status is None:
        return "rejected", "the answer has no status"
    return of_status(status), ""


def by_status_if_any(payload: bytes) -> tuple[Outcome, str]:
    """The outcome that the answer's `status` tells; accepted where it has none."""
    status = _status(payload)
    return ("accepted" if status is None else of_status(status)), ""


def of_status(status: object) -> Outcome:
    """The outcome of one status word."""
    word = str(status).casefold()
    if word in _ACCEPTED:
        return "accepted"
    return "unsupported" if word in _UNSUPPORTED else "rejected"


def of_statuses(statuses: Iterable[object]) -> tuple[Outcome, str]:
    """The outcome of several results in one answer: accepted or unsupported where all are, rejected otherwise."""
    outcomes = {of_status(status) for status in statuses}
    if not outcomes:
        return "rejected", "the answer has no results"
    return (outcomes.pop() if len(outcomes) == 1 else "rejected"), ""


def of_code(code: str) -> Outcome:
    """The outcome of a CALLERROR."""
    return "unsupported" if code.strip().casefold() in _UNSUPPORTED_CODES else "rejected"


def _status(payload: bytes) -> Any:
    try:
        return _answer.decode(payload).status
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None

"""Outcomes: what the outcome of a command says of the station. PURE."""


def is_unanswered(outcome: str, *, sent: bool | None) -> bool:
    """Whether nobody knows what the station did: it may have got the CALL, and gave no answer. `sent` is as in CommandSettled."""
    return outcome in ("timed_out", "disconnected") and sent is not False

"""Failures that are neither a bad record nor a bug: a neighbour is away, or the surroundings are unusable. PURE."""

RETRY_S = 1.0
"""Time between attempts to reach a neighbour that is away."""


class Outage(Exception):
    """Kafka, ClickHouse or another neighbour cannot be reached now; the message says which and why. The caller pauses and retries.

    `may_have_left`: some of the messages to send may have arrived all the same.
    """

    def __init__(self, message: str = "", *, may_have_left: bool = True) -> None:
        super().__init__(message)
        self.may_have_left = may_have_left


class Unusable(Exception):
    """The process cannot run in these surroundings; the message says what to do about it. The process exits with status 1."""

"""Liveness: whether a connection is still alive, by pings and the compatibility matrix. PURE.

Anything received is a sign of life. A station that does not answer a ping is dead, with two exceptions of the compatibility matrix:
stations that answer no pings may be silent for longer; of those that send no Heartbeat either, silence proves nothing.
"""

from collections.abc import Collection
from enum import Enum

from schemas.compatibility import Rule

NEVER = float("inf")


class Verdict(Enum):
    """The result of a check."""

    PING = "ping"
    ALIVE = "alive"
    """Something was received since the ping."""
    SILENT = "silent"
    """Nothing was received, which is still normal for this station."""
    DEAD = "dead"


class Liveness:
    """The checks of one connection: a ping and, some time later, whether anything was received. Times are monotonic seconds."""

    __slots__ = ("_no_pong_silence_s", "_pinged", "_silent_since")

    def __init__(self, no_pong_silence_s: float) -> None:
        self._no_pong_silence_s = no_pong_silence_s
        self._pinged = False
        self._silent_since = 0.0

    def look(self, now: float, *, silent: bool, rules: Collection[str]) -> Verdict:
        """The next check. `silent`: nothing was received since the last ping."""
        self._pinged = not self._pinged
        if self._pinged:
            if not silent:
                self._silent_since = now
            return Verdict.PING
        if not silent:
            return Verdict.ALIVE
        return Verdict.SILENT if now - self._silent_since < self._patience_s(rules) else Verdict.DEAD

    def _patience_s(self, rules: Collection[str]) -> float:
        if Rule.NO_PONG not in rules:
            return 0.0
        return NEVER if Rule.NO_HEARTBEAT in rules else self._no_pong_silence_s

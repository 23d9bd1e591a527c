"""Epochs: the numbers that order the connections of one station across gateways whose clocks differ. PURE.

An epoch is the time in microseconds, as far as the clock of this gateway goes; where others were heard to be ahead of it, it keeps
up with them. So a station that comes here from a gateway with a faster clock loses at most one connection: what beat it is told, and
beaten by the next.
"""


class Epochs:
    """Gives each connection an epoch greater than every one given or heard of here before."""

    def __init__(self) -> None:
        self._last = 0
        self._ahead_us = 0

    def heard(self, epoch: int, now_us: int) -> None:
        """Some gateway gave this epoch."""
        self._last = max(self._last, epoch)
        self._ahead_us = max(self._ahead_us, epoch - now_us)

    def following(self, now_us: int) -> int:
        """The epoch of a connection that is accepted now."""
        self._last = max(self._last + 1, now_us + self._ahead_us)
        return self._last

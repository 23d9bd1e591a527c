"""Epochs: the numbers that order the connections of one station across gateways whose clocks differ. PURE.

An epoch is the time in microseconds by the clock of this gateway, but always greater than every epoch given or observed here before.
So a station that comes from a gateway with a faster clock loses at most one connection: the epoch that superseded it is reported
here, and the next connection gets a greater one. Once the clocks are past the wrong epoch, they alone count again.
"""


class Epochs:
    """Gives each connection an epoch greater than every one given or observed here before."""

    def __init__(self) -> None:
        self._last = 0

    def observe(self, epoch: int) -> None:
        """Note an epoch that some gateway gave."""
        self._last = max(self._last, epoch)

    def next_epoch(self, now_us: int) -> int:
        """The epoch for a connection that is accepted now."""
        self._last = max(self._last + 1, now_us)
        return self._last

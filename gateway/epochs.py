"""Epochs: the numbers that order the connections of one station across gateways whose clocks differ. PURE.

An epoch is the time in microseconds as far as the clock of this gateway goes, and always after every epoch given or heard of here
before. So a station that comes from a gateway with a faster clock loses at most one connection: what beat it is told, and beaten by
the next. Once all clocks have passed what a wrong one gave, they alone count again.
"""


class Epochs:
    """Gives each connection an epoch greater than every one given or heard of here before."""

    def __init__(self) -> None:
        self._last = 0

    def heard(self, epoch: int) -> None:
        """Some gateway gave this epoch."""
        self._last = max(self._last, epoch)

    def following(self, now_us: int) -> int:
        """The epoch of a connection that is accepted now."""
        self._last = max(self._last + 1, now_us)
        return self._last

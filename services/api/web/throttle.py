"""Throttle: how many wrong keys are taken, of one address and of all together, before the next must wait. PURE."""

from collections import OrderedDict
from math import ceil

import msgspec


class _Count(msgspec.Struct):
    began_s: float
    failures: int = 0


class Throttle:
    """Counts failures in windows of `window_s` seconds; remembers `addresses` of them at most.

    Beyond `failures` of one address, that address waits for the end of its window. Beyond ten times as many of all addresses,
    everybody waits who has not logged in from his address lately: one who guesses locks no operator out.
    """

    def __init__(self, *, failures: int, window_s: float = 60.0, addresses: int = 10_000) -> None:
        self._failures = failures
        self._window_s = window_s
        self._addresses = addresses
        self._by_address: OrderedDict[str, _Count] = OrderedDict()
        self._all = _Count(began_s=float("-inf"))
        self._known: OrderedDict[str, None] = OrderedDict()

    def wait_s(self, address: str, now_s: float) -> int:
        """Seconds until this address may offer a key; 0 for now."""
        mine = self._by_address.get(address)
        if mine is not None and mine.failures >= self._failures and self._left_s(mine, now_s) > 0:
            return self._left_s(mine, now_s)
        if self._all.failures >= 10 * self._failures and address not in self._known:
            return self._left_s(self._all, now_s)
        return 0

    def failed(self, address: str, now_s: float) -> None:
        """A wrong key was offered."""
        mine = self._by_address.pop(address, None)
        if mine is None or not self._left_s(mine, now_s):
            mine = _Count(began_s=now_s)
        mine.failures += 1
        self._by_address[address] = mine
        if len(self._by_address) > self._addresses:
            self._by_address.popitem(last=False)
        if not self._left_s(self._all, now_s):
            self._all = _Count(began_s=now_s)
        self._all.failures += 1

    def succeeded(self, address: str) -> None:
        """The right key was offered: what was wrong before is forgiven."""
        self._by_address.pop(address, None)
        self._known.pop(address, None)
        self._known[address] = None
        if len(self._known) > self._addresses:
            self._known.popitem(last=False)

    def _left_s(self, count: _Count, now_s: float) -> int:
        return max(0, ceil(count.began_s + self._window_s - now_s)) if count.failures else 0

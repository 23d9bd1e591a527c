"""Rates: how many requests of one key or user are answered, before the next must wait. PURE."""

from collections import OrderedDict
from math import ceil

import msgspec


class _Bucket(msgspec.Struct):
    left: float
    at_s: float


class Rates:
    """A bucket of `burst` requests for each name, filled again by `per_s` each second; remembers `names` of them at most. 0: no limit."""

    def __init__(self, *, per_s: float, burst: int, names: int = 10_000) -> None:
        self._per_s = per_s
        self._burst = burst
        self._names = names
        self._buckets: OrderedDict[str, _Bucket] = OrderedDict()

    def wait_s(self, name: str, now_s: float, *, number: int = 1) -> int:
        """Take `number` requests of `name`: 0 where they may be answered now, else the seconds after which they may; more than a burst of
        them never may at once."""
        if self._per_s <= 0:
            return 0
        bucket = self._buckets.pop(name, None) or _Bucket(left=self._burst, at_s=now_s)
        filled = max(0.0, now_s - bucket.at_s) * self._per_s
        bucket.left, bucket.at_s = min(self._burst, bucket.left + filled), max(now_s, bucket.at_s)
        self._buckets[name] = bucket
        if len(self._buckets) > self._names:
            self._buckets.popitem(last=False)
        if bucket.left < number:
            return max(1, ceil((number - bucket.left) / self._per_s))
        bucket.left -= number
        return 0

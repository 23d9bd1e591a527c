"""Latencies in logarithmic buckets: mergeable, small, each percentile within one percent. PURE."""

import math
from collections import Counter
from collections.abc import Mapping

GROWTH = 1.01
_PER_BUCKET = 1 / math.log(GROWTH)
SMALLEST_S = 1e-6


class Histogram:
    """How many latencies fell into each bucket."""

    __slots__ = ("buckets",)

    def __init__(self, buckets: Mapping[int, int] | None = None) -> None:
        self.buckets: Counter[int] = Counter(buckets or {})

    def add(self, seconds: float) -> None:
        """Count one latency."""
        self.buckets[int(math.log(max(seconds, SMALLEST_S) / SMALLEST_S) * _PER_BUCKET)] += 1

    def merge(self, other: "Histogram") -> None:
        """Count all of another's latencies."""
        self.buckets.update(other.buckets)

    @property
    def count(self) -> int:
        """How many latencies were counted."""
        return self.buckets.total()

    def percentile(self, percent: float) -> float | None:
        """The latency in seconds that so many percent did not exceed; None where nothing was counted."""
        wanted = math.ceil(self.count * percent / 100)
        seen = 0
        for bucket in sorted(self.buckets):
            seen += self.buckets[bucket]
            if seen >= max(1, wanted):
                return float(SMALLEST_S * GROWTH ** (bucket + 0.5))
        return None

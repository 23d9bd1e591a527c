"""Quotas: rate limits per key (a station or an address); a key over its rate has to wait. PURE."""


class Quota:
    """For each key `burst` events at once, then one every `every_s` seconds. Keeps at most `limit` keys, and drops those at full burst."""

    def __init__(self, *, burst: int, every_s: float, limit: int) -> None:
        self._burst = burst
        self._every_s = every_s
        self._limit = limit
        self._full_again: dict[str, float] = {}
        """When each key has its full burst again."""

    def wait_s(self, key: str, now: float) -> float:
        """How long until the next event is allowed; 0 for now."""
        full_again = self._full_again.get(key)
        if full_again is None:
            return 0.0
        if full_again <= now:
            del self._full_again[key]
            return 0.0
        return max(0.0, full_again - now - (self._burst - 1) * self._every_s)

    def note(self, key: str, now: float) -> None:
        """Note an event."""
        full_again = max(now, self._full_again.pop(key, now)) + self._every_s
        if len(self._full_again) >= self._limit:
            del self._full_again[next(iter(self._full_again))]  # the key without an event for longest
        self._full_again[key] = full_again

    def __len__(self) -> int:
        """The number of keys kept."""
        return len(self._full_again)

"""Due times: when each key wants its next `Due` record. A heap; outdated entries are skipped when they reach the top. PURE."""

import heapq
from datetime import datetime

Key = tuple[int, str]
"""A key with the partition it lives in."""


class DueTimes:
    """The next due time of every key. A time that was given out is not given out again until the key wants another time."""

    def __init__(self) -> None:
        self._heap: list[tuple[datetime, Key]] = []
        self._wanted: dict[Key, datetime] = {}
        self._given_out: dict[Key, datetime] = {}

    def __len__(self) -> int:
        return len(self._wanted)

    def want(self, key: Key, at: datetime | None) -> None:
        """Set the due time of a key; None for no time."""
        if at is None:
            self._wanted.pop(key, None)
            self._given_out.pop(key, None)
            return
        if self._given_out.get(key) == at or self._wanted.get(key) == at:
            return
        self._given_out.pop(key, None)
        self._wanted[key] = at
        heapq.heappush(self._heap, (at, key))
        if len(self._heap) > 4 * len(self._wanted) + 64:
            self._heap = [(wanted, key) for key, wanted in self._wanted.items()]
            heapq.heapify(self._heap)

    def next_at(self) -> datetime | None:
        """When the next key is due, None when none is."""
        while self._heap and self._wanted.get(self._heap[0][1]) != self._heap[0][0]:
            heapq.heappop(self._heap)
        return self._heap[0][0] if self._heap else None

    def take(self, now: datetime, limit: int) -> list[tuple[Key, datetime]]:
        """Up to `limit` keys that are due, each with its due time; these times are given out and not returned again."""
        taken: list[tuple[Key, datetime]] = []
        while len(taken) < limit and (at := self.next_at()) is not None and at <= now:
            _, key = heapq.heappop(self._heap)
            self._given_out[key] = self._wanted.pop(key)
            taken.append((key, at))
        return taken

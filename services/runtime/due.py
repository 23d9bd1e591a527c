"""Due times: which key wants its `Due` record when. A heap; entries that no longer hold are skipped when they surface. PURE."""

import heapq
from datetime import datetime

Key = tuple[int, str]
"""A key with the partition it lives in."""


class DueTimes:
    """The next due time of every key. `asked` times are not given out again until the key asks for another time."""

    def __init__(self) -> None:
        self._heap: list[tuple[datetime, Key]] = []
        self._wanted: dict[Key, datetime] = {}
        self._asked: dict[Key, datetime] = {}

    def __len__(self) -> int:
        return len(self._wanted)

    def want(self, key: Key, at: datetime | None) -> None:
        """The key wants to hear at `at` (None: not at all) instead of whatever it wanted before."""
        if at is None:
            self._wanted.pop(key, None)
            self._asked.pop(key, None)
            return
        if self._asked.get(key) == at or self._wanted.get(key) == at:
            return
        self._asked.pop(key, None)
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
        """Up to `limit` keys whose time has come, each with the time it asked for; they count as told."""
        taken: list[tuple[Key, datetime]] = []
        while len(taken) < limit and (at := self.next_at()) is not None and at <= now:
            _, key = heapq.heappop(self._heap)
            self._asked[key] = self._wanted.pop(key)
            taken.append((key, at))
        return taken

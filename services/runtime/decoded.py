"""Decoded: states as they were last decoded or encoded, so that a busy key is not decoded for every batch. PURE."""

from typing import Generic

from services.runtime.service import S

Place = tuple[int, str]
"""A key with the partition it lives in."""


class DecodedStates(Generic[S]):
    """Up to `limit` states; one counts only for the very bytes it was made of, whatever happens to the store meanwhile."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._held: dict[Place, tuple[bytes, S]] = {}

    def __len__(self) -> int:
        return len(self._held)

    def get(self, place: Place, value: bytes) -> S | None:
        """The state of these bytes, None where they were not decoded lately."""
        held = self._held.get(place)
        return held[1] if held is not None and held[0] is value else None

    def keep(self, place: Place, value: bytes | None, state: S) -> None:
        """Keep what the bytes mean; those kept longest ago go. None forgets the key."""
        self._held.pop(place, None)
        if value is None:
            return
        self._held[place] = (value, state)
        if len(self._held) > self._limit:
            del self._held[next(iter(self._held))]

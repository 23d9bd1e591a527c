"""Decoded: a cache of decoded states, so that a busy key is not decoded for every batch. PURE."""

from typing import Generic

from services.runtime.loop.service import S

PartitionKey = tuple[int, str]
"""A key with the partition it lives in."""


class DecodedStates(Generic[S]):
    """Up to `limit` states. An entry is valid only for the very bytes object it was decoded from, whatever the store has by now."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._entries: dict[PartitionKey, tuple[bytes, S]] = {}

    def __len__(self) -> int:
        return len(self._entries)

    def get(self, key: PartitionKey, value: bytes) -> S | None:
        """The cached state of these bytes, None where there is none."""
        entry = self._entries.get(key)
        return entry[1] if entry is not None and entry[0] is value else None

    def keep(self, key: PartitionKey, value: bytes | None, state: S) -> None:
        """Cache the state of these bytes and drop the oldest entry over the limit. A `value` of None drops the key."""
        self._entries.pop(key, None)
        if value is None:
            return
        self._entries[key] = (value, state)
        if len(self._entries) > self._limit:
            del self._entries[next(iter(self._entries))]

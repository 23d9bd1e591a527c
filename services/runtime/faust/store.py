"""Store: the saved states of the owned partitions, as bytes in memory; faust fills it from the changelog."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from faust.stores import base


class PartitionStore(base.Store):  # type: ignore[misc]
    """States by partition and key, so that a revoked partition takes its keys along (faust's own store does not know a key's partition)."""

    def __post_init__(self) -> None:
        """Start empty (faust calls this at the end of its constructor)."""
        self.partitions: dict[int, dict[str, bytes]] = {}
        self.owned: set[int] = set()
        self.recovered: Callable[[], None] = lambda: None

    def get_state(self, partition: int, key: str) -> bytes | None:
        """The state of a key, None where it has none."""
        return self.partitions.get(partition, {}).get(key)

    def set_state(self, partition: int, key: str, value: bytes | None) -> None:
        """Store a state that is on the changelog already; None removes the key."""
        if value is None:
            self.partitions.get(partition, {}).pop(key, None)
        else:
            self.partitions.setdefault(partition, {})[key] = value

    def items(self) -> Iterator[tuple[int, str, bytes]]:
        """Every partition, key and state."""
        for partition, states in self.partitions.items():
            for key, value in states.items():
                yield partition, key, value

    def __len__(self) -> int:
        return sum(len(states) for states in self.partitions.values())

    def __bool__(self) -> bool:
        return True

    # -- called by faust ------------------------------------------------------------------------------------------

    def persisted_offset(self, tp: Any) -> None:
        """None: nothing is on disk, so the whole changelog is read."""

    def apply_changelog_batch(
        self, batch: Iterable[Any], to_key: Callable[[Any], Any], to_value: Callable[[Any], Any]
    ) -> None:
        """Apply entries of the changelog, in order."""
        for event in batch:
            message = event.message
            self.set_state(message.partition, message.key.decode(), message.value)

    async def on_rebalance(
        self, assigned: set[Any], revoked: set[Any], newly_assigned: set[Any], generation_id: int = 0
    ) -> None:
        """Drop the states of partitions that this process no longer owns."""
        changelog = self.table.changelog_topic_name
        self.owned = {tp.partition for tp in assigned if tp.topic == changelog}
        for partition in set(self.partitions) - self.owned:
            del self.partitions[partition]

    async def on_recovery_completed(self, active_tps: set[Any], standby_tps: set[Any]) -> None:
        """Call `recovered`: all states are loaded."""
        self.recovered()

    def reset_state(self) -> None:
        """Nothing: there is no local file."""

    async def backup_partition(self, tp: Any, flush: bool = True, purge: bool = False, keep: int = 1) -> None:
        """Nothing: there is no local file."""

    def restore_backup(self, tp: Any, latest: bool = True, backup_id: int = 0) -> None:
        """Nothing: there is no local file."""

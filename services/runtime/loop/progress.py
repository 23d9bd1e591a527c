"""Progress: the committed offsets of a consumer group on its input partitions, and the error when Kafka has lost them. PURE."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from schemas.topics import state_topic


@dataclass(frozen=True)
class GroupProgress:
    """The input partitions on which a group has a committed offset, and the first available offset of each of the others."""

    committed: frozenset[tuple[str, int]]
    starts: Mapping[tuple[str, int], int]

    @property
    def unread(self) -> set[int]:
        """Partition numbers without a committed offset on any input topic."""
        return {number for _, number in self.starts} - {number for _, number in self.committed}

    def without_offsets(self, with_states: Iterable[int]) -> list[int]:
        """Partition numbers that have states but no committed offset: they were read before, and Kafka has lost the offsets."""
        return sorted(self.unread & set(with_states))


def lost_offsets_sentence(name: str, inputs: Sequence[str], numbers: Sequence[int], *, bootstrap: str) -> str:
    """The error message for a service with states and no offsets: what happened, and which command sets the offsets."""
    topics = " ".join(f"--topic {topic}" for topic in inputs)
    return (
        f"{state_topic(name)} has states on the partitions {', '.join(map(str, numbers))}, but Kafka has lost the offsets "
        f"of the group voltbus.{name} there: it was stopped for longer than offsets.retention.minutes, or its offsets were "
        f"deleted. From the beginning {name} would send all its outputs again. Set its offsets to the time at which it stopped: "
        f"`kafka-consumer-groups.sh --bootstrap-server {bootstrap} --group voltbus.{name} --reset-offsets --execute "
        f"--to-datetime TIME {topics}`."
    )

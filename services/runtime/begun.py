"""Begun: how far a group is on the partitions of its topics; and what it means when Kafka does not know it any more. PURE."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from schemas.topics import state_topic


@dataclass(frozen=True)
class Begun:
    """Input partitions: those on which the group has an offset, and where the others begin."""

    committed: frozenset[tuple[str, int]]
    starts: Mapping[tuple[str, int], int]

    @property
    def unread(self) -> set[int]:
        """Numbers of partitions of which the group has no offset on any input."""
        return {number for _, number in self.starts} - {number for _, number in self.committed}

    def forgotten(self, with_states: Iterable[int]) -> list[int]:
        """Numbers of partitions that have states, so that somebody has read their inputs, but no offset that tells how far."""
        return sorted(self.unread & set(with_states))


def words_on_forgotten(name: str, inputs: Sequence[str], forgotten: Sequence[int], *, bootstrap: str) -> str:
    """What happened to a service's offsets, and what to do."""
    topics = " ".join(f"--topic {topic}" for topic in inputs)
    return (
        f"{state_topic(name)} has states on the partitions {', '.join(map(str, forgotten))}, but Kafka has forgotten how far "
        f"the group voltbus.{name} was there: it was stopped for longer than offsets.retention.minutes, or its offsets were "
        f"deleted. From the beginning {name} would say and send everything again. Set its offsets to when it stopped: "
        f"`kafka-consumer-groups.sh --bootstrap-server {bootstrap} --group voltbus.{name} --reset-offsets --execute "
        f"--to-datetime TIME {topics}`."
    )

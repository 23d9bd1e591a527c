"""The keys of a partition while they are rebuilt: time passes as it did, and what is initial again is not kept."""

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from schemas.flows import readers
from schemas.frames import FRAMES
from schemas.topics import CATALOGUE
from services.nouns import STATEFUL
from services.runtime.replay.rebuild import HISTORY_TOPICS, Partition, Tally
from tests.services.runtime.counter import Added, Forgotten, RingAsked, service

START = datetime(2026, 1, 1, tzinfo=UTC)


class Taken:
    """A record of one key as Kafka gives it."""

    def __init__(self, record: Any) -> None:
        self.topic, self.partition, self.offset = "a", 0, 0
        self.key: bytes | None = record.station.encode()
        self.value: bytes | None = msgspec.json.encode(record)


def test_time_passes_in_a_rebuild_as_it_did() -> None:
    partition = Partition(service("t"), 0, Tally())
    partition.take(Taken(RingAsked(station="A", at=START + timedelta(hours=1))), START)
    before = partition.states["A"].ring_at
    partition.take(Taken(Added(station="A", number=1)), START + timedelta(hours=2))

    assert (before, partition.states["A"].ring_at) == (START + timedelta(hours=1), None)


def test_a_state_that_is_initial_again_is_not_kept() -> None:
    partition = Partition(service("t"), 0, Tally())
    partition.take(Taken(Added(station="A", number=1)), START)
    partition.take(Taken(Added(station="B", number=1)), START)
    partition.take(Taken(Forgotten(station="A")), START)

    assert set(partition.values()) == {"B"}


def test_nothing_that_anybody_acts_on_is_ever_told_again() -> None:
    acted_on = {topic.name for topic in CATALOGUE if set(readers(topic)) & {"gateway", "services", *STATEFUL}}

    assert HISTORY_TOPICS & acted_on == set()
    assert FRAMES.name in HISTORY_TOPICS

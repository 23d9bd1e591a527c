"""The order in which a worker sends, saves, acts and commits, and what it leaves alone. No bus, no waiting."""

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from schemas.base import Record
from schemas.codec import encode
from schemas.logins import LOGINS, LoginEnded
from schemas.topics import dead_topic, state_topic
from services.runtime.bus.outgoing import Outgoing
from services.runtime.loop.inbox import Fetched, Inbox
from services.runtime.loop.life import Life, Ports
from services.runtime.loop.progress import GroupProgress
from services.runtime.process.outage import Outage, Unusable
from tests.services.runtime.counter import EPOCH, Added, Refused, Sum, service, settings, topics
from tests.services.runtime.loop.test_batch import Message
from tests.waiting import until

INPUT = topics("t")[0].name


class Store:
    """Saved states by partition."""

    def __init__(self, did: list[str]) -> None:
        self.owned = {0}
        self.partitions: dict[int, dict[str, bytes]] = {}

    def get_state(self, partition: int, key: str) -> bytes | None:
        return self.partitions.get(partition, {}).get(key)

    def set_state(self, partition: int, key: str, value: bytes | None) -> None:
        if value is not None:
            self.partitions.setdefault(partition, {})[key] = value

    def items(self) -> Iterable[tuple[int, str, bytes]]:
        return [(number, *each) for number, states in self.partitions.items() for each in states.items()]

    def __len__(self) -> int:
        return sum(len(states) for states in self.partitions.values())


@dataclass
class Member:
    """A member of a group that is confirmed for as long as the test says so."""

    over: bool = False
    identity: tuple[int, str] = (3, "me")
    fresh: bool = True


@dataclass
class World:
    """Everything outside a life: it takes what is sent and committed, and notes in which order."""

    did: list[str] = field(default_factory=list)
    sent: list[Outgoing] = field(default_factory=list)
    committed: dict[tuple[str, int], int] = field(default_factory=dict)
    begins: GroupProgress = field(default_factory=lambda: GroupProgress(committed=frozenset({(INPUT, 0)}), starts={}))
    membership: Member = field(default_factory=Member)
    meanwhile: Callable[[], None] = lambda: None
    recovered: bool = True

    def __post_init__(self) -> None:
        self.inbox = Inbox()
        self.store: Any = Store(self.did)

    async def send(self, messages: Sequence[Outgoing]) -> None:
        self.meanwhile()
        self.sent += messages
        self.did += dict.fromkeys(_what(message) for message in messages)

    async def topics(self) -> set[str]:
        return set()

    async def commit(self, offsets: Mapping[tuple[str, int], int]) -> None:
        self.did.append("commit")
        self.committed |= offsets

    async def progress(self) -> GroupProgress:
        return self.begins

    async def starts(self, topics: Iterable[str]) -> Mapping[tuple[str, int], int]:
        return {}

    async def ends(self, places: Iterable[tuple[str, int]]) -> Mapping[tuple[str, int], int]:
        return {}

    def fetch_only(self, topics: Iterable[str]) -> None:
        """All topics are fetched."""

    def lag_records(self) -> int:
        return 0

    def partitions(self) -> int:
        return 1


def _what(message: Outgoing) -> str:
    if message.topic == state_topic("t"):
        return "save"
    if message.topic == dead_topic(INPUT):
        return "put aside"
    return "act" if message.topic == LOGINS.name else "send"


def life(world: World, **changed: Any) -> Life[Sum]:
    told = replace(service("t"), **changed)
    ports = Ports(source=world, broker=world, reach=world, topics=frozenset())
    made = Life(told, settings("embedded", "127.0.0.1:1"), ports)
    made.recovered()
    return made


def fetched(*records: Record, partition: int = 0, offset: int = 0) -> Fetched:
    messages = [
        Message(encode(record), topic=INPUT, partition=partition, offset=offset + number)
        for number, record in enumerate(records)
    ]
    return Fetched({(INPUT, partition): messages})


def acting(state: Sum, record: Record) -> tuple[Sum, list[Record]]:
    """Says each sum, and something on which somebody acts."""
    after, outputs = service("t").step(state, record)
    return after, [LoginEnded(login="A", ended_at=EPOCH, until=EPOCH), *outputs]


ACTS = {"step": acting, "acts": (LoginEnded,), "saves_each_batch": True}


async def test_outputs_are_sent_before_their_states_are_saved_and_acts_after_and_offsets_are_committed_last() -> None:
    world = World()

    await life(world, **ACTS).apply(fetched(Added(station="A", number=1), Added(station="A", number=2)))

    assert world.did == ["send", "save", "act", "commit"]


async def test_without_acts_a_batch_is_sent_at_once_and_saved_before_it_is_committed() -> None:
    world = World()
    made = life(world)

    await made.apply(fetched(Added(station="A", number=1)))
    assert world.did == ["send"]
    await made.commit()

    assert world.did == ["send", "save", "commit"]
    assert world.committed == {(INPUT, 0): 1}


async def test_what_is_refused_is_put_aside_before_its_offset_is_committed() -> None:
    world = World()
    made = life(world)

    await made.apply(fetched(Refused(station="A")))
    await made.commit()

    assert world.did == ["put aside", "commit"]


async def test_records_of_partitions_that_are_no_longer_ours_are_neither_applied_nor_committed() -> None:
    world = World()
    made = life(world)
    both = {
        **fetched(Added(station="A", number=1), partition=0).records,
        **fetched(Added(station="B", number=1), partition=1).records,
    }

    await made.apply(Fetched(both))
    await made.commit()

    assert {message.partition for message in world.sent if message.topic == state_topic("t")} == {0}
    assert [message for message in world.sent if _what(message) == "send"] == world.sent[:1]
    assert world.committed == {(INPUT, 0): 1}


async def test_a_member_that_was_put_out_while_it_sent_saves_and_commits_nothing() -> None:
    world = World()
    made = life(world)

    def put_out() -> None:
        world.membership.over = True

    world.meanwhile = put_out
    with pytest.raises(Outage):
        await made.apply(fetched(Added(station="A", number=1)))
    await made.commit()

    assert world.did == ["send"]


async def test_a_member_that_is_not_confirmed_sends_nothing() -> None:
    world = World()
    made = life(world)
    world.membership.fresh = False
    applying = asyncio.create_task(made.apply(fetched(Added(station="A", number=1))))
    await asyncio.sleep(0)

    assert world.did == []
    applying.cancel()


async def test_what_is_in_hand_is_committed_when_partitions_are_revoked_and_then_forgotten() -> None:
    world = World()
    made = life(world)
    await made.apply(fetched(Added(station="A", number=1)))

    await made.settle()
    await made.commit()

    assert world.did == ["send", "save", "commit"]
    assert not await world.inbox.put(fetched(Added(station="A", number=2)))


async def test_states_without_an_offset_mean_that_kafka_forgot_it_and_nothing_is_applied() -> None:
    world = World(begins=GroupProgress(committed=frozenset(), starts={(INPUT, 0): 0}))
    world.store.set_state(0, "A", b"{}")

    with pytest.raises(Unusable, match="Kafka has lost the offsets"):
        await life(world).begin_for_ever()

    assert world.did == []


async def test_a_service_that_refuses_everything_stops() -> None:
    world = World()
    made = life(world)
    many = settings("embedded", "127.0.0.1:1").dead_letters_limit

    with pytest.raises(RuntimeError, match="dead letters in a row in t: refused as asked"):
        await made.apply(fetched(*[Refused(station="A")] * many))


async def test_keys_are_asked_anew_some_time_after_reference_data_changed() -> None:
    world, seen, changes = World(), list[str](), [0]
    made = life(world, changes=lambda: changes[0], due=lambda state: seen.append(state.station))
    await made.apply(fetched(Added(station="A", number=1)))
    await made.commit()
    seen.clear()
    working = asyncio.create_task(made.apply_for_ever())
    await until(lambda: seen == ["A"])  # all keys are asked at the start

    changes[0] += 1

    await until(lambda: seen == ["A", "A"])
    working.cancel()

"""States of a worker: the newest counts at once, its changelog has it after the next save, and never in the wrong order."""

import asyncio
from collections.abc import Iterator, Sequence
from datetime import datetime

import msgspec
import pytest

from schemas.base import Record
from schemas.topic import Topic
from schemas.topics import state_topic
from services.runtime.bus.outgoing import Outgoing
from services.runtime.loop.service import Service
from services.runtime.loop.states import States
from services.runtime.process.outage import Outage


class Count(msgspec.Struct, frozen=True, order=True):
    """How often."""

    times: int = 0


def _step(state: Count, _record: Record) -> tuple[Count, list[Record]]:
    return state, []


def _due(_state: Count) -> datetime | None:
    return None


INPUTS: tuple[Topic, ...] = ()
SERVICE = Service(name="counts", inputs=INPUTS, state=Count, initial=lambda _key: Count(), step=_step, due=_due)


class Store:
    """What the changelog has."""

    def __init__(self) -> None:
        self.held: dict[tuple[int, str], bytes] = {}

    def get_state(self, partition: int, key: str) -> bytes | None:
        return self.held.get((partition, key))

    def set_state(self, partition: int, key: str, value: bytes | None) -> None:
        if value is None:
            self.held.pop((partition, key), None)
        else:
            self.held[partition, key] = value

    def items(self) -> Iterator[tuple[int, str, bytes]]:
        for (partition, key), value in self.held.items():
            yield partition, key, value


class Kafka:
    """Keeps what is sent; waits until it may acknowledge; is away when told so."""

    def __init__(self) -> None:
        self.sent: list[Outgoing] = []
        self.acknowledges = asyncio.Event()
        self.acknowledges.set()
        self.away = False

    async def send(self, messages: Sequence[Outgoing]) -> None:
        await self.acknowledges.wait()
        if self.away:
            raise Outage("no Kafka")
        self.sent += messages


def states(store: Store, *, limit: int = 100) -> States[Count]:
    return States(SERVICE, store, limit=limit)


async def test_a_state_counts_before_it_is_saved() -> None:
    held = states(Store())

    held.put({(0, "A"): Count(1)})

    assert held.load(0, "A") == Count(1)


async def test_many_changes_of_a_key_are_one_entry_of_the_changelog() -> None:
    store, kafka = Store(), Kafka()
    held = states(store)
    for times in range(1, 6):
        held.put({(0, "A"): Count(times)})

    await held.save(kafka)

    assert kafka.sent == [Outgoing(state_topic("counts"), b"A", b'{"times":5}', 0)]
    assert store.held == {(0, "A"): b'{"times":5}'}


async def test_a_change_during_a_save_counts_and_is_left_to_the_next_save() -> None:
    store, kafka = Store(), Kafka()
    held = states(store)
    held.put({(0, "A"): Count(1), (0, "B"): Count(1)})
    kafka.acknowledges.clear()
    saving = asyncio.create_task(held.save(kafka))
    await asyncio.sleep(0)

    held.put({(0, "A"): Count(2)})
    assert (held.load(0, "A"), held.load(0, "B")) == (Count(2), Count(1))
    kafka.acknowledges.set()
    await saving
    assert held.load(0, "A") == Count(2)
    await held.save(kafka)

    assert [sent.value for sent in kafka.sent if sent.key == b"A"] == [b'{"times":1}', b'{"times":2}']


async def test_nothing_is_written_for_a_state_that_is_as_it_was() -> None:
    store, kafka = Store(), Kafka()
    held = states(store)
    held.put({(0, "A"): Count(1)})
    await held.save(kafka)

    held.put({(0, "A"): held.load(0, "A")})
    await held.save(kafka)
    held.put({(0, "A"): Count(1)})
    await held.save(kafka)

    assert len(kafka.sent) == 1


async def test_a_state_that_is_initial_again_is_forgotten() -> None:
    store, kafka = Store(), Kafka()
    held = states(store)
    held.put({(0, "A"): Count(1)})
    await held.save(kafka)

    held.put({(0, "A"): Count()})
    await held.save(kafka)

    assert kafka.sent[-1].value is None
    assert store.held == {}


async def test_what_kafka_did_not_take_is_not_in_the_store() -> None:
    store, kafka = Store(), Kafka()
    held = states(store)
    held.put({(0, "A"): Count(1)})
    kafka.away = True

    with pytest.raises(Outage):
        await held.save(kafka)
    held.forget()

    assert store.held == {}
    assert held.load(0, "A") == Count()


def test_it_is_full_at_the_limit() -> None:
    held = states(Store(), limit=2)
    held.put({(0, "A"): Count(1)})
    assert not held.full

    held.put({(0, "B"): Count(1)})

    assert held.full


def test_a_state_that_nobody_can_read_is_a_bug_that_names_its_key() -> None:
    store = Store()
    store.set_state(0, "A", b"nonsense")

    with pytest.raises(RuntimeError, match=r"'A' on csms\.state\.counts"):
        states(store).load(0, "A")


async def test_all_are_each_key_once_with_its_newest_state_saved_or_not() -> None:
    store = Store()
    store.held = {(0, "saved"): b'{"times":1}', (0, "changed"): b'{"times":1}'}
    states = States(SERVICE, store, limit=10)
    states.put({(0, "changed"): Count(2), (1, "new"): Count(3)})

    assert sorted(states.all()) == [((0, "changed"), Count(2)), ((0, "saved"), Count(1)), ((1, "new"), Count(3))]

"""Uplink: everything published is stored in its order, whatever the bus does, and whoever waits is told once."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from aiokafka.errors import KafkaTimeoutError, MessageSizeTooLargeError
from msgspec.structs import replace

from gateway.kafka import Kafka
from gateway.settings import Settings
from gateway.uplink import Uplink
from schemas.codec import Decoder
from schemas.commands import LOCATIONS, StationLocated
from schemas.frames import FRAMES, FrameLogged
from schemas.stations import STATIONS, StationSeen
from tests.gateway.conversation import START
from tests.waiting import until

SETTINGS = Settings(linger_ms=0)
Verdict = Callable[[list[bytes]], BaseException | None]


class Batch:
    """A batch that takes three records."""

    def __init__(self) -> None:
        self.values: list[bytes] = []

    def append(self, *, timestamp: int | None, key: bytes, value: bytes) -> object | None:
        del timestamp, key
        if len(self.values) == 3:
            return None
        self.values.append(value)
        return object()

    def close(self) -> None:
        pass


class Producer:
    """A producer whose answers the test gives: `verdict` says what becomes of a batch; `held` batches wait for `let_go`."""

    def __init__(self, bus: "Bus") -> None:
        self._bus = bus
        self._sender = self.client = self
        self.sender_task = self
        self._closed = False

    async def close(self) -> None:
        pass

    async def partitions_for(self, topic: str) -> set[int]:
        del topic
        return {0}

    def create_batch(self) -> Batch:
        return Batch()

    async def send_batch(self, batch: Batch, topic: str, *, partition: int) -> "asyncio.Future[None]":
        del topic, partition
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._bus.held.append((batch.values, future))
        if not self._bus.hold:
            self._bus.let_go()
        return future


class Bus(Kafka):
    """A cluster in memory."""

    def __init__(self) -> None:
        super().__init__(SETTINGS)
        self.hold = False
        self.held: list[tuple[list[bytes], asyncio.Future[None]]] = []
        self.batches: list[list[str]] = []
        self.opened = 0
        self.verdict: Verdict = lambda _: None

    async def producer(self) -> Any:
        self.opened += 1
        return Producer(self)

    def let_go(self) -> None:
        for values, future in self.held:
            error = self.verdict(values)
            if error is None:
                self.batches.append([Decoder(STATIONS, FRAMES, LOCATIONS).decode(value).id for value in values])  # type: ignore[attr-defined]
                future.set_result(None)
            else:
                future.set_exception(error)
        self.held.clear()

    @property
    def stored(self) -> list[str]:
        return [name for batch in self.batches for name in batch]


class Waiter:
    """Whoever waits for records."""

    def __init__(self) -> None:
        self.told: list[tuple[str, object]] = []

    def on_stored(self, token: object) -> None:
        self.told.append(("stored", token))

    def on_unstorable(self, token: object) -> None:
        self.told.append(("unstorable", token))


def record(name: str, gateway: str = "gw-0") -> StationSeen:
    return StationSeen(id=name, station="CP-1", gateway=gateway, epoch=1, at=START)


def located(name: str) -> StationLocated:
    return StationLocated(id=name, station="CP-1", gateway="gw-0", epoch=1, connected=True, version="1.6", at=START)


def frame(name: str) -> FrameLogged:
    return FrameLogged(
        id=name,
        station="CP-1",
        version="1.6",
        epoch=1,
        sequence=1,
        direction="in",
        kind="call",
        text="",
        size=0,
        at=START,
    )


@pytest.fixture
def bus() -> Bus:
    return Bus()


@pytest.fixture
def waiter() -> Waiter:
    return Waiter()


@pytest.fixture
async def uplink(bus: Bus) -> AsyncIterator[Uplink]:
    uplink = Uplink(bus, SETTINGS)
    await uplink.start()
    running = asyncio.create_task(uplink.run())
    yield uplink
    running.cancel()


async def test_records_are_stored_in_their_order_and_each_owner_is_told_once(
    uplink: Uplink, bus: Bus, waiter: Waiter
) -> None:
    names = [f"r{number}" for number in range(10)]
    for name in names:
        uplink.publish((record(name),), waiter, name)
    await until(lambda: uplink.idle)

    assert bus.stored == names
    assert waiter.told == [("stored", name) for name in names]


async def test_an_owner_of_several_records_is_told_when_all_are_stored(
    uplink: Uplink, bus: Bus, waiter: Waiter
) -> None:
    bus.hold = True
    uplink.publish([record(f"r{number}") for number in range(5)], waiter, "all")
    await until(lambda: bool(bus.held))
    bus.let_go()
    await until(lambda: len(bus.stored) == 3 and bool(bus.held))

    assert waiter.told == []
    bus.let_go()
    await until(lambda: uplink.idle)
    assert waiter.told == [("stored", "all")]


async def test_while_a_batch_is_on_its_way_the_next_is_gathered(uplink: Uplink, bus: Bus) -> None:
    bus.hold = True
    uplink.publish((record("first"),))
    await until(lambda: bool(bus.held))
    for name in ("a", "b", "c"):
        uplink.publish((record(name),))
    bus.hold = False
    bus.let_go()
    await until(lambda: uplink.idle)

    assert bus.batches == [["first"], ["a", "b", "c"]]


async def test_frame_logs_wait_for_each_other_and_facts_do_not_wait_for_them(bus: Bus) -> None:
    uplink = Uplink(bus, replace(SETTINGS, frame_linger_ms=1.0))
    await uplink.start()
    running = asyncio.create_task(uplink.run())
    for name in ("a", "b"):
        uplink.log(frame(name))
        uplink.publish((record(f"fact {name}"),))
        await asyncio.sleep(0)
    await until(lambda: uplink.idle)
    running.cancel()

    assert [batch for batch in bus.batches if "a" in batch] == [["a", "b"]]
    assert bus.batches[0][0] == "fact a"


async def test_what_fails_is_sent_again_in_its_order_by_a_new_producer(
    uplink: Uplink, bus: Bus, waiter: Waiter
) -> None:
    failures = [KafkaTimeoutError()]
    bus.verdict = lambda _: failures.pop() if failures else None
    for name in ("a", "b", "c", "d"):
        uplink.publish((record(name),), waiter, name)
    await until(lambda: uplink.idle)

    assert bus.stored == ["a", "b", "c", "d"]
    assert waiter.told == [("stored", name) for name in "abcd"]
    assert bus.opened == 2


async def test_what_was_in_flight_elsewhere_when_a_batch_failed_is_sent_again_by_the_new_producer(
    uplink: Uplink, bus: Bus, waiter: Waiter
) -> None:
    bus.hold = True
    uplink.publish((record("a"),), waiter, "a")
    uplink.publish((located("b"),), waiter, "b")
    await until(lambda: len(bus.held) == 2)

    failing = next(answer for values, answer in bus.held if b"station-located" in values[0])
    bus.held.clear()  # what the first producer still had is never answered
    bus.hold = False
    failing.set_exception(KafkaTimeoutError())
    await until(lambda: uplink.idle)

    assert sorted(bus.stored) == ["a", "b"]
    assert sorted(waiter.told) == [("stored", "a"), ("stored", "b")]
    assert (uplink.records, uplink.bytes) == (0, 0)


async def test_the_one_record_that_the_bus_never_takes_is_found_and_its_neighbours_are_stored(
    uplink: Uplink, bus: Bus, waiter: Waiter
) -> None:
    bus.verdict = lambda values: MessageSizeTooLargeError() if any(b'"b"' in value for value in values) else None
    for name in ("a", "b", "c", "d"):
        uplink.publish((record(name),), waiter, name)
    await until(lambda: uplink.idle)

    assert bus.stored == ["a", "c", "d"]
    assert sorted(waiter.told) == [("stored", "a"), ("stored", "c"), ("stored", "d"), ("unstorable", "b")]


async def test_a_record_beyond_the_limit_is_not_even_tried(bus: Bus, waiter: Waiter) -> None:
    uplink = Uplink(bus, replace(SETTINGS, max_record_bytes=1_024))
    await uplink.start()
    uplink.publish((record("big", gateway="x" * 2_000),), waiter, "big")
    await until(lambda: bool(waiter.told))

    assert waiter.told == [("unstorable", "big")]
    assert uplink.idle


async def test_a_full_uplink_says_so_and_calls_back_when_there_is_room(bus: Bus) -> None:
    uplink = Uplink(bus, replace(SETTINGS, inflight_records=2))
    await uplink.start()
    called: list[bool] = []
    uplink.publish((record("a"),))
    assert not uplink.full
    uplink.publish((record("b"),))
    assert uplink.full
    uplink.when_room(lambda: called.append(uplink.full))

    running = asyncio.create_task(uplink.run())
    await until(lambda: uplink.idle)
    running.cancel()

    assert called == [False]


async def test_a_bus_that_acknowledges_nothing_makes_the_gateway_not_ready(bus: Bus) -> None:
    uplink = Uplink(bus, replace(SETTINGS, unacknowledged_after_s=0.01))
    await uplink.start()
    assert uplink.not_ready() == []

    uplink.publish((record("a"),))
    await asyncio.sleep(0.02)

    assert len(uplink.not_ready()) == 1

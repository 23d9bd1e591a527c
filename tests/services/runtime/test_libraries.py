"""What the shell uses of faust and aiokafka though they do not promise it: a release that changes one of these fails here, with a sentence.

Each line is a name that a module of the shell calls, replaces or overrides. When one fails after an upgrade, read the named module beside
the library's new source: an override whose name is gone upstream is dead code, and the library's own method is back at work.
"""

import asyncio
import inspect
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.client import AIOKafkaClient
from aiokafka.conn import AIOKafkaConnection
from aiokafka.consumer import fetcher
from aiokafka.consumer.group_coordinator import GroupCoordinator
from aiokafka.consumer.subscription_state import SubscriptionState
from aiokafka.producer.message_accumulator import MessageAccumulator
from aiokafka.producer.sender import Sender
from aiokafka.protocol.fetch import FetchRequest
from faust.transport.drivers import aiokafka as driver

from schemas.kafkapacing import pace
from schemas.topics import state_topic
from services.runtime.bus.membership import Membership
from services.runtime.bus.outgoing import Outgoing
from services.runtime.bus.steady import Steady
from services.runtime.faust import stream as shell
from services.runtime.faust.store import PartitionStore
from services.runtime.faust.stream import Stream
from services.runtime.process.outage import Outage
from tests.services.runtime.counter import settings

NOWHERE = "127.0.0.1:1"

OVERRIDDEN = [
    *((shell._ConsumerThread, name) for name in ("_create_worker_consumer", "on_start", "on_thread_stop")),
    *((shell._Consumer, name) for name in ("_new_consumer_thread", "verify_event_path")),
    *((shell._Consumer, name) for name in ("perform_seek", "_drain_messages")),
    (shell._App, "_create_directories"),
    *((PartitionStore, name) for name in ("persisted_offset", "apply_changelog_batch", "on_rebalance")),
    *(
        (PartitionStore, name)
        for name in ("on_recovery_completed", "reset_state", "backup_partition", "restore_backup")
    ),
]
"""Methods of faust's classes that the shell writes anew."""

CALLED = [
    (driver.Consumer, "_getmany", ("self", "active_partitions", "timeout")),
    (driver.Consumer, "_to_message", ("self", "tp", "record")),
    (driver.Consumer, "_get_active_partitions", ("self",)),
    (driver.AIOKafkaConsumerThread, "_ensure_consumer", ("self",)),
    (driver.AIOKafkaConsumerThread, "call_thread", ("self", "fun", "args", "kwargs")),
    (GroupCoordinator, "_do_heartbeat", ("self",)),
    (GroupCoordinator, "_on_join_complete", ("self", "generation", "member_id", "protocol", "member_assignment_bytes")),
    (GroupCoordinator, "reset_generation", ("self",)),
    (GroupCoordinator, "_stop_commit_offsets_refresh_task", ("self",)),
    (GroupCoordinator, "fetch_committed_offsets", ("self", "partitions")),
    (AIOKafkaClient, "send", ("self", "node_id", "request", "group")),
    (AIOKafkaClient, "_wait_on_metadata", ("self", "topic")),
    (AIOKafkaConnection, "send", ("self", "request", "expect_response")),
    (Sender, "close", ("self",)),
    (MessageAccumulator, "fail_all", ("self", "exception")),
]
"""Methods that the shell calls or replaces, with their parameters."""


@pytest.mark.parametrize(("ours", "name"), OVERRIDDEN, ids=lambda each: getattr(each, "__name__", each))
def test_what_the_shell_overrides_is_there_with_the_same_parameters(ours: type, name: str) -> None:
    theirs = [base for base in ours.__mro__[1:] if name in vars(base)]

    assert theirs, f"faust has no {name} any more: {ours.__module__}.{ours.__name__}.{name} is never called"
    upstream = inspect.signature(getattr(theirs[0], name))
    assert tuple(inspect.signature(getattr(ours, name)).parameters) == tuple(upstream.parameters), (
        f"faust calls {name}{upstream} now: adapt {ours.__module__}.{ours.__name__}.{name}"
    )


@pytest.mark.parametrize(("theirs", "name", "parameters"), CALLED, ids=lambda each: getattr(each, "__name__", each))
def test_what_the_shell_calls_is_there_with_these_parameters(
    theirs: type, name: str, parameters: tuple[str, ...] | None
) -> None:
    found = getattr(theirs, name, None)

    assert found is not None or parameters is None, f"{theirs.__name__} has no {name} any more: the shell calls it"
    if parameters is not None:
        assert tuple(inspect.signature(found).parameters) == parameters, (
            f"{theirs.__name__}.{name} takes other arguments"
        )


@pytest.fixture
async def consumer() -> AsyncIterator[AIOKafkaConsumer]:
    consumer = AIOKafkaConsumer(bootstrap_servers=NOWHERE, group_id="voltbus.test")
    yield consumer
    await consumer.stop()


@pytest.fixture
async def coordinator(consumer: AIOKafkaConsumer) -> AsyncIterator[Any]:
    """A real coordinator without a connection, that believes to have joined as generation 3."""
    subscription = SubscriptionState()
    coordinator = GroupCoordinator(consumer._client, subscription, group_id="voltbus.test", enable_auto_commit=False)
    coordinator.generation, coordinator.member_id = 3, "me"
    yield coordinator
    coordinator.reset_generation = lambda: None
    coordinator.generation = -1
    await coordinator.close()


async def test_a_consumer_has_what_the_shell_reaches_into(consumer: AIOKafkaConsumer) -> None:
    for name in ("_coordinator", "_client", "_subscription", "_fetch_max_wait_ms"):
        assert hasattr(consumer, name), f"AIOKafkaConsumer has no {name} any more"
    assert hasattr(SubscriptionState(), "subscription")
    assert "fetch_max_wait_ms" in inspect.signature(fetcher.Fetcher.__init__).parameters


async def test_a_producer_has_what_an_abort_takes_apart() -> None:
    producer = AIOKafkaProducer(bootstrap_servers=NOWHERE)

    assert producer._closed is False, "AIOKafkaProducer._closed is no plain bool any more: bus/producer.py sets it"
    assert producer._sender.sender_task is None, "the sender's task has another name: bus/producer.py looks at it"
    assert isinstance(producer._message_accumulator, MessageAccumulator)
    producer._closed = True


async def test_a_fetch_of_a_real_consumer_is_paced(consumer: AIOKafkaConsumer) -> None:
    asked: list[Any] = []

    async def send(_node: int, request: Any, **_options: Any) -> None:
        asked.append(request)

    consumer._client.send = send
    pace(consumer, "kafka")

    assert consumer._client.send is not send, "AIOKafkaConsumer sends by something else than its client"
    assert vars(fetcher)["FetchRequest"] is FetchRequest, (
        "the fetcher builds another request: schemas/kafkapacing.py would pace nothing"
    )
    assert "FetchRequest(" in inspect.getsource(fetcher)


class Broker:
    """Takes everything."""

    def __init__(self) -> None:
        self.taken: list[Outgoing] = []

    async def send(self, messages: Any) -> None:
        self.taken += messages

    async def topics(self) -> set[str]:
        return set()


async def test_a_real_coordinator_tells_when_its_heartbeats_are_answered(coordinator: Any) -> None:
    answers = iter([True, False])

    async def beat() -> bool:
        return next(answers)

    coordinator._do_heartbeat = beat
    membership = Membership(60.0)
    membership.watch(coordinator)
    before = membership.fresh
    await coordinator._do_heartbeat()

    assert (before, membership.fresh, membership.identity) == (False, True, (3, "me"))


async def test_a_real_coordinator_calls_the_heartbeat_that_the_shell_watches(coordinator: Any) -> None:
    assert "await self._do_heartbeat()" in inspect.getsource(GroupCoordinator), (
        "the coordinator beats by another method: bus/membership.py would never know that it is a member"
    )
    assert "await self._on_join_complete(" in inspect.getsource(GroupCoordinator)
    assert "self.reset_generation()" in inspect.getsource(GroupCoordinator)


async def test_a_real_coordinator_that_is_put_out_ends_instead_of_joining_again(coordinator: Any) -> None:
    membership = Membership(60.0)
    membership.watch(coordinator)
    membership.end_when_lost()
    steady = Steady(Broker(), membership, name="things")
    assert isinstance(coordinator._closing, asyncio.Future), "the coordinator is closed by something else than a future"

    coordinator.reset_generation()

    assert coordinator._closing.done()
    with pytest.raises(Outage):
        steady.require()
    coordinator._closing = asyncio.get_running_loop().create_future()


async def test_a_stream_is_built_of_our_classes_without_any_bus() -> None:
    stream = Stream(
        group="voltbus.test", topics=("csms.test",), changelog=state_topic("test"), settings=settings("kafka", NOWHERE)
    )
    consumer = stream._app.consumer

    assert isinstance(consumer, shell._Consumer), "faust builds another consumer: the transport's class is not asked"
    assert isinstance(consumer._thread, shell._ConsumerThread), "faust builds another thread for its consumer"
    assert stream._app.tables["voltbus.test"]._data is stream.store, (
        "a table keeps its states elsewhere than in `_data`"
    )
    for name in ("actives_ready", "changelog_topics"):
        assert hasattr(stream._app.tables, name), f"faust's tables have no {name} any more"
    for name in ("consumer_generation_id", "rebalancing", "crash_reason", "on_partitions_revoked", "flow_control"):
        assert hasattr(stream._app, name), f"faust's App has no {name} any more"
    for name in ("flow_active", "can_resume_flow", "suspend_flow", "_stopped", "_consumer"):
        assert hasattr(consumer if name != "_consumer" else consumer._thread, name), f"faust's consumer has no {name}"

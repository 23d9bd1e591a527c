"""Waiting an outage out: only for as long as the group confirms the place, and never past a rebalance."""

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest
from aiokafka.errors import GroupAuthorizationFailedError, KafkaError, UnknownTopicOrPartitionError

from services.runtime.bus.membership import FRESH, Membership
from services.runtime.bus.outgoing import Outgoing
from services.runtime.bus.steady import Steady
from services.runtime.process.outage import Outage, Unusable

MESSAGE = Outgoing("csms.things", b"A", b"{}")
SESSION_S = 60.0


class Coordinator:
    """A consumer's part of its group, whose heartbeats are answered as told."""

    def __init__(self) -> None:
        self.generation, self.member_id = 3, "me"
        self.answer: bool | Exception = True
        self._closing: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    async def _do_heartbeat(self) -> bool:
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer

    async def _on_join_complete(self, *told: Any) -> None:
        """Joined."""

    def lose(self) -> None:
        self.reset_generation()

    def reset_generation(self) -> None:
        self.generation, self.member_id = -1, ""


class Broker:
    """Takes what is sent, after a number of failures; `meanwhile` happens at each failure."""

    def __init__(self, failures: int = 0) -> None:
        self.taken: list[Outgoing] = []
        self.failures = failures
        self.meanwhile: Any = lambda: None
        self.why: Exception | None = None

    async def send(self, messages: Sequence[Outgoing]) -> None:
        if self.failures:
            self.failures -= 1
            self.meanwhile()
            raise Outage("Kafka is away") from self.why
        self.taken += messages

    async def topics(self) -> set[str]:
        return set()


class Time:
    """Seconds, moved by the test."""

    def __init__(self) -> None:
        self.now_s = 0.0

    def __call__(self) -> float:
        return self.now_s


async def begun(broker: Broker, time: Time | None = None) -> tuple[Steady, Any]:
    coordinator: Any = Coordinator()
    membership = Membership(SESSION_S, now=time or Time())
    membership.watch(coordinator)
    await coordinator._on_join_complete(3, "me", "", b"")
    steady = Steady(broker, membership, name="things")
    steady.begin()
    return steady, coordinator


async def test_what_an_outage_did_not_let_through_is_sent_again() -> None:
    broker = Broker(failures=2)
    steady, _ = await begun(broker)

    await steady.send([MESSAGE])

    assert broker.taken == [MESSAGE]


async def test_nothing_is_sent_again_once_the_place_is_lost() -> None:
    broker = Broker(failures=1)
    steady, coordinator = await begun(broker)
    broker.meanwhile = coordinator.lose

    with pytest.raises(Outage, match="silent for longer than its group allows"):
        await steady.send([MESSAGE])

    assert broker.taken == []


async def test_a_place_that_was_lost_stays_lost_for_what_was_made_in_it() -> None:
    steady, coordinator = await begun(Broker())
    coordinator.lose()
    with pytest.raises(Outage):
        steady.require()
    coordinator.generation, coordinator.member_id = 3, "me"

    with pytest.raises(Outage):
        await steady.wait_until_confirmed()


async def test_a_place_that_was_given_up_in_good_order_is_followed_by_another() -> None:
    broker = Broker()
    steady, coordinator = await begun(broker)
    steady.leave()
    steady.release()
    coordinator.generation = 4
    steady.require()
    steady.begin()

    await steady.send([MESSAGE])

    assert broker.taken == [MESSAGE]


async def test_who_was_put_out_of_the_group_before_it_began_has_no_place() -> None:
    steady, coordinator = await begun(Broker())
    steady.release()
    coordinator.lose()
    steady.begin()

    with pytest.raises(Outage):
        steady.require()


async def test_a_member_that_was_put_out_does_not_join_again_behind_its_worker() -> None:
    membership, coordinator = Membership(SESSION_S), Coordinator()
    membership.watch(coordinator)
    membership.end_when_lost()
    steady = Steady(Broker(), membership, name="things")

    coordinator.reset_generation()

    assert coordinator._closing.done()
    with pytest.raises(Outage):
        steady.require()


async def test_a_member_that_never_joined_may_try_again() -> None:
    membership, coordinator = Membership(SESSION_S), Coordinator()
    coordinator.generation = -1
    membership.watch(coordinator)
    membership.end_when_lost()

    coordinator.reset_generation()

    assert not coordinator._closing.done()


async def test_what_is_being_taken_away_is_not_waited_for() -> None:
    broker = Broker(failures=1)
    steady, _ = await begun(broker)
    broker.meanwhile = steady.leave

    with pytest.raises(Outage, match="Kafka is away"):
        await steady.send([MESSAGE])


async def test_without_a_fresh_word_of_the_group_nothing_is_sent_until_a_heartbeat_is_answered() -> None:
    broker, time = Broker(), Time()
    steady, coordinator = await begun(broker, time)
    time.now_s = FRESH * SESSION_S
    sending = asyncio.create_task(steady.send([MESSAGE]))
    await asyncio.sleep(0)
    coordinator.answer = False
    await coordinator._do_heartbeat()
    await asyncio.sleep(0)
    before = list(broker.taken)

    coordinator.answer = True
    await coordinator._do_heartbeat()
    await sending

    assert (before, broker.taken) == ([], [MESSAGE])


async def test_a_word_of_the_group_counts_from_when_it_was_asked_for() -> None:
    time = Time()
    coordinator: Any = Coordinator()
    membership = Membership(SESSION_S, now=time)
    beat = coordinator._do_heartbeat

    async def slow() -> bool:
        time.now_s += FRESH * SESSION_S
        return bool(await beat())

    coordinator._do_heartbeat = slow
    membership.watch(coordinator)

    await coordinator._do_heartbeat()

    assert not membership.fresh


async def test_who_gives_its_place_up_does_not_wait_to_hear_whether_it_has_it() -> None:
    time = Time()
    steady, _ = await begun(Broker(), time)
    time.now_s = FRESH * SESSION_S
    steady.leave()

    with pytest.raises(Outage, match="without knowing"):
        await steady.wait_until_confirmed()


async def test_a_topic_that_stays_unknown_is_not_waited_for() -> None:
    broker = Broker(failures=1_000)
    broker.why = UnknownTopicOrPartitionError("csms.things")
    steady, _ = await begun(broker)

    with pytest.raises(Outage):
        await asyncio.wait_for(steady.send([MESSAGE]), 30)


async def test_the_reason_for_which_it_was_lost_is_told() -> None:
    steady, _ = await begun(Broker())
    steady.lose(Unusable("nothing to go on from"))

    with pytest.raises(Unusable, match="nothing to go on from"):
        steady.require()


async def test_a_coordinator_that_still_loads_its_groups_is_asked_again() -> None:
    _, coordinator = await begun(Broker())

    coordinator.answer = KafkaError("Unexpected exception in heartbeat task: GroupLoadInProgressError()")
    assert await coordinator._do_heartbeat() is False

    coordinator.answer = GroupAuthorizationFailedError("voltbus.things")
    with pytest.raises(GroupAuthorizationFailedError):
        await coordinator._do_heartbeat()

"""The memory of commands holds no more than it may."""

import asyncio

from schemas.commands import CommandRequested
from schemas.stationcommands import Reset
from services.api.live.memory import CommandMemory
from tests.services.api.builders import NOON, STATION, an_outcome


def asked(id_: str) -> CommandRequested:
    return CommandRequested(id=id_, station=STATION, command=Reset(), requested_at=NOON, expires_at=NOON)


async def test_the_oldest_commands_are_forgotten() -> None:
    memory = CommandMemory(recent_limit=2, waiting_limit=1)

    for id_ in ("a", "b", "c"):
        memory.requested(asked(id_))

    assert memory.find("a") is None
    assert memory.find("c") is not None


async def test_an_outcome_heard_before_its_request_is_kept_with_it() -> None:
    memory = CommandMemory(recent_limit=2, waiting_limit=1)

    memory.settled(an_outcome(command_id="a"))
    memory.requested(asked("a"))

    assert await memory.outcome("a", within_s=30) == an_outcome(command_id="a")


async def test_a_wait_too_many_ends_at_once() -> None:
    memory = CommandMemory(recent_limit=2, waiting_limit=0)

    assert await memory.outcome("a", within_s=30) is None


async def test_a_wait_that_is_over_leaves_nothing_behind() -> None:
    memory = CommandMemory(recent_limit=2, waiting_limit=1)

    first = await memory.outcome("a", within_s=0.001)
    second = await memory.outcome("a", within_s=0.001)
    memory.settled(an_outcome(command_id="a"))

    assert (first, second) == (None, None)
    assert await memory.outcome("a", within_s=30) is not None


async def test_one_request_hears_of_all_its_commands_and_wakes_with_the_last() -> None:
    memory = CommandMemory(recent_limit=1, waiting_limit=3)
    memory.settled(an_outcome(command_id="a"))

    with memory.listening(["a", "b", "c"]) as hearing:
        waiting = asyncio.create_task(hearing.all(within_s=30))
        await asyncio.sleep(0)
        memory.settled(an_outcome(command_id="b"))
        await asyncio.sleep(0)
        early = waiting.done()
        memory.settled(an_outcome(command_id="c"))
        await waiting

    assert not early
    assert set(hearing.outcomes) == {"a", "b", "c"}


async def test_many_waits_count_one_each_and_are_given_back() -> None:
    memory = CommandMemory(recent_limit=10, waiting_limit=3)

    with memory.listening(["a", "b"]) as first:
        with memory.listening(["b", "c"]) as refused:
            await refused.all(within_s=30)
        memory.settled(an_outcome(command_id="b"))
        with memory.listening(["c"]) as third:
            memory.settled(an_outcome(command_id="c"))
    with memory.listening(["d", "e", "f"]) as later:
        memory.settled(an_outcome(command_id="f"))

    assert set(first.outcomes) == {"b"}
    assert refused.outcomes == {}
    assert set(third.outcomes) == {"c"}
    assert set(later.outcomes) == {"f"}


async def test_two_requests_may_wait_for_the_same_command() -> None:
    memory = CommandMemory(recent_limit=10, waiting_limit=3)

    with memory.listening(["a"]) as one, memory.listening(["a"]) as other:
        memory.settled(an_outcome(command_id="a"))

    assert one.outcomes == other.outcomes == {"a": an_outcome(command_id="a")}

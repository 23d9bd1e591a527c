"""The memory of commands holds no more than it may."""

from schemas.commands import CommandRequested
from schemas.stations import Reset
from services.api.memory import CommandMemory
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

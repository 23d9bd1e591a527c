"""The door: a request waits for its turn, insists after a while, and leaves its place when it is given up."""

import asyncio

import pytest

from services.api.tenants import door as module
from services.api.tenants.door import Door
from services.api.web.problems import Problem
from tests.waiting import until


def door_of(*, at_once: int = 1, waiting: int = 1, pressing: tuple[str, ...] = ()) -> Door:
    return Door(at_once=at_once, waiting=waiting, presses=pressing.__contains__)


async def test_a_request_begins_when_the_one_before_it_ends_and_one_too_many_is_refused() -> None:
    door = door_of()
    first = await door.turn(("acme",))
    second = asyncio.create_task(door.turn(("acme",)))
    await asyncio.sleep(0)

    with pytest.raises(Problem) as refused:
        await door.turn(("acme",))
    assert refused.value.status == 429
    assert "acme" in refused.value.detail
    assert not second.done()
    first.end()

    assert (await second).working


async def test_who_is_limited_to_nothing_never_waits_and_who_is_to_several_waits_with_the_first() -> None:
    door = door_of()
    held = await door.turn(("b", "a"))

    assert held.tenant == "a"
    assert (await door.turn(())).working
    assert (await door.turn(())).working
    assert (await door.turn(("b",))).working


async def test_a_request_that_is_given_up_leaves_its_place() -> None:
    door = door_of()
    first = await door.turn(("acme",))
    waits = asyncio.create_task(door.turn(("acme",)))
    await asyncio.sleep(0)
    waits.cancel()
    await asyncio.gather(waits, return_exceptions=True)

    third = asyncio.create_task(door.turn(("acme",)))
    first.end()

    assert (await third).working


async def test_who_presses_is_let_in_after_a_while_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PATIENCE_S", 0.0)
    door = door_of(pressing=("noisy",))
    quiet = await door.turn(("quiet",))

    noisy = asyncio.create_task(door.turn(("noisy",)))
    await until(noisy.done)

    assert quiet.working
    assert (await noisy).working

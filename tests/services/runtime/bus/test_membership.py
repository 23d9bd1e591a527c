"""Membership: when the group last confirmed this member."""

from types import SimpleNamespace
from typing import Any

from aiokafka.errors import KafkaError

from services.runtime.bus.membership import FRESH, NO_MEMBER, Membership


class Coordinator(SimpleNamespace):
    """What a membership watches of aiokafka's coordinator."""

    answers: list[Any]
    generation = 3
    member_id = "me"

    async def _do_heartbeat(self) -> bool:
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return bool(answer)

    async def _on_join_complete(self, *_: Any) -> None:
        pass


async def test_a_membership_is_fresh_for_a_share_of_the_session_timeout_after_an_answered_heartbeat() -> None:
    now = [0.0]
    membership = Membership(10, now=lambda: now[0])
    coordinator = Coordinator(answers=[True, False])
    membership.watch(coordinator)

    assert not membership.fresh
    await coordinator._do_heartbeat()
    now[0] = FRESH * 10 - 0.1
    await coordinator._do_heartbeat()  # not confirmed: it counts for nothing
    assert membership.fresh
    now[0] = FRESH * 10
    assert not membership.fresh


async def test_joining_confirms_the_membership() -> None:
    membership = Membership(10, now=lambda: 0.0)
    coordinator = Coordinator(answers=[])
    membership.watch(coordinator)
    await coordinator._on_join_complete(3, "me", "range", b"")

    assert membership.fresh
    assert membership.identity == (3, "me")


async def test_a_coordinator_that_loads_its_groups_is_asked_again() -> None:
    membership = Membership(10, now=lambda: 0.0)
    coordinator = Coordinator(answers=[KafkaError("loading")])
    membership.watch(coordinator)

    assert await coordinator._do_heartbeat() is False
    assert Membership(10).identity == NO_MEMBER

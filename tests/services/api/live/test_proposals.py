"""Proposals: each waits for its own answer, and says so where none comes."""

import asyncio
import datetime as dt
from typing import Any

import pytest

from schemas.authorization import TokenProvisioned
from schemas.base import Record
from schemas.provisioning import ChangeProposed, ChangeSettled
from services.api.live.proposals import Proposals
from services.runtime.process.outage import Outage

NOON = dt.datetime(2026, 6, 1, 12, tzinfo=dt.UTC)
CHANGE = TokenProvisioned(token="04A2", provisioned_at=NOON)


class Bus:
    """Answers each proposal at once where it is told to, after answers to others."""

    def __init__(self, *, answers: bool = True) -> None:
        self.answers = answers
        self.published: list[Any] = []
        self.proposals: Any = None

    async def publish(self, *records: Record) -> None:
        self.published += records
        for record in records:
            assert isinstance(record, ChangeProposed)
            for proposal in ("of another process", record.id, record.id) if self.answers else ():
                accepted = proposal == record.id
                settled = ChangeSettled(
                    id=f"s-{proposal}", key=record.key, proposal=proposal, accepted=accepted, proposed_at=NOON
                )
                self.proposals.heard(settled)


def proposals(bus: Bus, *, within_s: float = 5) -> Proposals:
    ids = iter(f"p{number}" for number in range(9))
    bus.proposals = Proposals(bus, clock=lambda: NOON, new_id=lambda: next(ids), within_s=within_s)
    return bus.proposals  # type: ignore[no-any-return]


async def test_a_change_is_proposed_on_what_it_is_based_on_and_its_answer_is_its_own() -> None:
    bus = Bus()

    settled = await proposals(bus).settle(CHANGE, based_on="digest")

    assert (settled.proposal, settled.accepted) == ("p0", True)
    (proposed,) = bus.published
    assert (proposed.change, proposed.based_on, proposed.proposed_at) == (CHANGE, "digest", NOON)


async def test_many_wait_at_once_each_for_its_own() -> None:
    waiting = proposals(Bus())

    settled = await asyncio.gather(*(waiting.settle(CHANGE, based_on="") for _ in range(3)))

    assert [each.proposal for each in settled] == ["p0", "p1", "p2"]


async def test_where_nobody_answers_in_time_that_is_an_outage_and_the_change_may_stand_all_the_same() -> None:
    with pytest.raises(Outage, match="all the same") as outage:
        await proposals(Bus(answers=False), within_s=0.001).settle(CHANGE, based_on="")

    assert outage.value.may_have_left

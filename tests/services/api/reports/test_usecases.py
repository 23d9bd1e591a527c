"""Use cases of reports: parts are read once all that came are stored."""

import asyncio

import pytest

from schemas.commands import RawCall
from schemas.stationcommands import Reset
from services.api.fakes import NOON, World
from services.api.reports import usecases
from services.api.reports.rows import Part, report_of
from services.api.web.problems import Problem
from tests.services.api.builders import a_report

A_PART = Part(seq_no=0, last=True, items=2, content={"letters": "ab"}, generated_at=None, received_at=NOON)


async def test_a_command_that_asks_for_no_parts_has_no_report(world: World) -> None:
    world.reports.changed(a_report(status="whole"))

    assert await usecases.ended_report(world.ports(), "c1", Reset(type="immediate"), within_s=1) is None
    found = await usecases.ended_report(world.ports(), "c1", RawCall(action="GetReport"), within_s=1)
    assert found == report_of(a_report(status="whole"))


async def test_parts_are_read_as_soon_as_all_that_came_are_stored(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(usecases, "LOOK_EVERY_S", 0)
    world.reads.report_rows["c1"] = report_of(a_report(parts=1))
    reading = asyncio.create_task(usecases.parts_of(world.ports(), "c1", cursor=None, limit=50))
    await asyncio.sleep(0)

    world.reads.part_rows["c1"] = [A_PART]

    assert (await reading).items == (A_PART,)


async def test_parts_that_are_not_stored_in_time_are_to_be_asked_for_again(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(usecases, "STORED_WITHIN_S", 0)
    world.reads.report_rows["c1"] = report_of(a_report(parts=1))

    with pytest.raises(Problem, match="ask again"):
        await usecases.parts_of(world.ports(), "c1", cursor=None, limit=50)

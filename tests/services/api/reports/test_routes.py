"""Reports over HTTP: with the command that asks for one, and by themselves."""

import pytest
from httpx import AsyncClient

from schemas.commands import CommandRequested
from services.api.fakes import World
from services.api.reports.rows import ReportFilter, report_of
from tests.services.api.builders import STATION, a_report, a_state, an_outcome

ASK = f"/api/v1/stations/{STATION}/ocpp/GetBaseReport"
BODY = {"payload": {"requestId": 7, "reportBase": "FullInventory"}}


@pytest.fixture(autouse=True)
def a_known_station(world: World) -> None:
    world.bus.hold(a_state(version="2.0.1"))


def reports(world: World, **change: object) -> None:
    """As soon as the command is published, its report is this."""

    def applies(record: object) -> None:
        if isinstance(record, CommandRequested):
            world.reports.changed(a_report(report=record.id, **change))

    world.bus.applies = applies


async def test_a_command_is_answered_when_its_report_is_whole(client: AsyncClient, world: World) -> None:
    world.bus.settles = an_outcome(sent=True)
    reports(world, status="whole", parts=3, items=40)

    answer = await client.post(ASK, json=BODY)

    assert answer.status_code == 200
    told = answer.json()
    assert (told["outcome"], told["report"]["status"], told["report"]["items"]) == ("accepted", "whole", 40)
    assert told["report"]["report"] == told["command_id"]


async def test_a_report_that_takes_longer_is_told_as_far_as_it_is(client: AsyncClient, world: World) -> None:
    world.bus.settles = an_outcome(sent=True)
    reports(world, status="waiting", parts=3)

    answer = await client.post(ASK, json=BODY | {"wait_s": 0})

    assert answer.status_code == 202
    assert (answer.json()["outcome"], answer.json()["report"]["parts"]) == ("accepted", 3)


async def test_a_refusal_needs_no_report(client: AsyncClient, world: World) -> None:
    world.bus.settles = an_outcome(outcome="rejected", sent=True)

    answer = await client.post(ASK, json=BODY)

    assert (answer.status_code, answer.json()["report"]) == (200, None)


async def test_reports_are_listed_and_found(client: AsyncClient, world: World) -> None:
    world.reads.report_rows["c1"] = report_of(a_report(status="incomplete", missing=(4,)))

    listed = (await client.get("/api/v1/reports", params={"station": STATION, "status": "incomplete"})).json()
    one = await client.get("/api/v1/reports/c1")

    assert listed["items"] == [one.json()]
    assert one.json()["missing"] == [4]
    assert world.reads.asked["reports"][0] == ReportFilter(station=STATION, status="incomplete")


@pytest.mark.parametrize("path", ["/api/v1/reports/none", "/api/v1/reports/none/parts"])
async def test_a_report_that_nobody_asked_for_is_not_found(client: AsyncClient, path: str) -> None:
    answer = await client.get(path)

    assert answer.status_code == 404
    assert "no command of that id asks for an answer in parts" in answer.text

"""Logs in the console: a form that asks, and files to download."""

import pytest
from httpx import AsyncClient

from schemas.commands import CommandRequested
from schemas.diagnostics import GetLog
from services.api.diagnostics.rows import log_of
from services.api.fakes import World
from tests.services.api.builders import STATION, a_log, a_state, an_outcome
from tests.services.api.diagnostics.worlds import with_files

HOME = f"/stations/{STATION}/logs"


@pytest.fixture
def world() -> World:
    world = with_files()
    world.bus.hold(a_state())
    return world


async def test_the_form_asks_for_a_log(browser: AsyncClient, world: World) -> None:
    world.bus.settles = an_outcome(sent=True)

    answer = await browser.post(
        HOME, data={"type": "SecurityLog", "since": "2026-06-01T08:00"}, headers={"HX-Request": "true"}
    )

    assert answer.status_code == 200
    assert f"{STATION} was asked for its SecurityLog: the command is accepted." in answer.text
    (request,) = [each for each in world.bus.published if isinstance(each, CommandRequested)]
    assert isinstance(request.command, GetLog)
    assert request.command.since is not None


async def test_a_stored_file_can_be_downloaded_and_another_is_named(browser: AsyncClient, world: World) -> None:
    world.reads.log_rows["l1"] = log_of(a_log(status="stored", file="diag.zip", place="logs/1", size=7))
    world.reads.log_rows["l2"] = log_of(a_log(log="l2", status="failed", detail="BadMessage", file="other.zip"))

    page = (await browser.get(HOME)).text

    assert '<a href="/api/v1/logs/l1/file" download>diag.zip</a>' in page
    assert "/api/v1/logs/l2/file" not in page
    assert "BadMessage" in page


async def test_a_form_that_cannot_be_read_is_told(browser: AsyncClient) -> None:
    answer = await browser.post(HOME, data={"type": "Everything"}, headers={"HX-Request": "true"})

    assert answer.status_code == 422

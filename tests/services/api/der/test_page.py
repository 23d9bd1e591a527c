"""A station's DER control in the console: controls, alarms, starts and ends, and the buttons."""

from typing import get_args

import pytest
from httpx import AsyncClient

from schemas.commands import CommandRequested
from schemas.der import ClearDERControl, DERControlStatus, GetDERControl
from services.api.console.formats import TONES
from services.api.fakes import NOON, World
from tests.services.api.builders import STATION, a_state, an_outcome
from tests.services.api.der.test_routes import hold
from tests.services.api.der.worlds import a_turn_row, an_alarm_row
from tests.services.api.worlds import HOSTILE

TAB = f"/stations/{STATION}/der"
HTMX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def a_known_station(world: World) -> None:
    world.bus.hold(a_state(version="2.1"))


async def test_controls_are_shown_and_those_that_are_there_can_be_cleared(browser: AsyncClient, world: World) -> None:
    hold(world, content={"is_superseded": True}, running=True, running_since=NOON)
    hold(world, der_control="d2", status="expired", requested_at=None)

    page = (await browser.get(TAB)).text

    assert "superseded" in page
    assert "running since" in page
    assert "by another system" in page
    assert "/der-controls/d1/clear" in page
    assert "/der-controls/d2/clear" not in page


async def test_alarms_and_turns_are_shown(browser: AsyncClient, world: World) -> None:
    world.reads.der_alarm_rows = [an_alarm_row(ended=True, extra_info="50.4 Hz")]
    world.reads.der_turn_rows = [a_turn_row(superseded_ids=("b",))]

    page = (await browser.get(TAB)).text

    assert "OverFrequency" in page
    assert "50.4 Hz" in page
    assert "in place of b" in page


async def test_nothing_yet_says_what_to_do(browser: AsyncClient) -> None:
    page = (await browser.get(TAB)).text

    assert "No DER control is known." in page
    assert "No scheduled control has started." in page


@pytest.mark.parametrize(("word", "told"), [("", "is reporting"), ("NotFound", "has no controls")])
async def test_the_buttons_read_and_clear(browser: AsyncClient, world: World, word: str, told: str) -> None:
    hold(world)
    world.bus.settles = an_outcome(sent=True, detail=word)

    read = await browser.post(f"{TAB}/read", headers=HTMX)
    cleared = await browser.post("/der-controls/d1/clear", headers=HTMX)

    commands = [record.command for record in world.bus.published if isinstance(record, CommandRequested)]
    assert commands == [GetDERControl(), ClearDERControl(is_default=True, control_id="a")]
    assert told in read.text
    assert "Clearing the control" in cleared.text


def test_every_status_has_its_colour() -> None:
    assert [status for status in get_args(DERControlStatus) if status not in TONES] == []


async def test_what_stations_write_is_text(browser: AsyncClient, world: World) -> None:
    hold(world, content={"control_id": HOSTILE}, detail=HOSTILE)
    world.reads.der_alarm_rows = [an_alarm_row(control_type=HOSTILE, fault=HOSTILE, extra_info=HOSTILE)]
    world.reads.der_turn_rows = [a_turn_row(control_id=HOSTILE, superseded_ids=(HOSTILE,))]

    assert "<script>alert" not in (await browser.get(TAB)).text

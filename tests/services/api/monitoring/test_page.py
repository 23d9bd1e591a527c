"""A station's monitoring in the console: events, monitors, and the buttons."""

import pytest
from httpx import AsyncClient

from schemas.commands import CommandRequested, ItemOutcome
from schemas.monitoring import ClearVariableMonitoring, GetMonitoringReport
from services.api.fakes import World
from tests.services.api.builders import STATION, a_state, an_outcome
from tests.services.api.monitoring.worlds import a_monitor_row, a_stream_row, a_value_row, an_event_row
from tests.services.api.worlds import HOSTILE

TAB = f"/stations/{STATION}/monitoring"
HTMX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def a_known_station(world: World) -> None:
    world.bus.hold(a_state(version="2.0.1"))


async def test_events_and_monitors_are_shown(browser: AsyncClient, world: World) -> None:
    world.reads.event_rows = [an_event_row(cleared=True)]
    world.reads.monitor_rows = [a_monitor_row()]

    page = (await browser.get(TAB)).text

    assert "EVSE@1.Power" in page
    assert "cleared" in page
    assert "UpperThreshold 22000.5" in page


async def test_a_stream_is_shown_with_its_newest_value(browser: AsyncClient, world: World) -> None:
    world.reads.stream_rows = [a_stream_row(stream_id=7, interval_s=30)]
    world.reads.stream_value_rows = [a_value_row(value="21.5", pending=2)]

    page = (await browser.get(TAB)).text

    assert all(word in page for word in ("Streams of values", "every 30 s", "21.5", "2 still to come"))


async def test_an_error_of_a_1_6_connector_shows_whose_code_it_has(browser: AsyncClient, world: World) -> None:
    error = {"key": "Connector@1:1.Problem", "value": "true", "severity": None, "monitor_id": None, "origin": ""}
    world.reads.event_rows = [
        an_event_row(**error, error_code="GroundFailure", vendor_id="com.maker", tech_code="E42", tech_info="relay 3")
    ]

    page = (await browser.get(TAB)).text

    assert all(word in page for word in ("Connector@1:1.Problem", "GroundFailure", "com.maker E42 relay 3"))


async def test_a_station_without_any_says_what_to_do(browser: AsyncClient) -> None:
    page = (await browser.get(TAB)).text

    assert "No events have come." in page
    assert "No report of monitors has come yet." in page


async def test_the_buttons_read_and_clear(browser: AsyncClient, world: World) -> None:
    world.bus.settles = an_outcome(items=(ItemOutcome(name="3", status="NotFound"),), sent=True)

    await browser.post(f"{TAB}/read", headers=HTMX)
    cleared = await browser.post(f"{TAB}/clear", data={"monitor_id": "3"}, headers=HTMX)

    commands = [request.command for request in world.bus.published if isinstance(request, CommandRequested)]
    assert commands == [GetMonitoringReport(), ClearVariableMonitoring(ids=(3,))]
    assert "Clearing monitor 3: accepted (NotFound)" in cleared.text


async def test_a_clear_without_a_monitor_says_so(browser: AsyncClient, world: World) -> None:
    answer = await browser.post(f"{TAB}/clear", data={}, headers=HTMX)

    assert "name the monitor" in answer.text
    assert world.bus.published == []


async def test_what_stations_write_is_text(browser: AsyncClient, world: World) -> None:
    world.reads.event_rows = [
        an_event_row(
            key=HOSTILE,
            value=HOSTILE,
            tech_code=HOSTILE,
            tech_info=HOSTILE,
            trigger=HOSTILE,
            error_code=HOSTILE,
            vendor_id=HOSTILE,
        )
    ]
    world.reads.monitor_rows = [a_monitor_row(key=HOSTILE, type=HOSTILE, value=HOSTILE, origin=HOSTILE)]

    assert "<script>alert" not in (await browser.get(TAB)).text

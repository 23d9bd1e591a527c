"""Events of variables and monitors over HTTP."""

import pytest
from httpx import AsyncClient

from services.api.fakes import World
from services.api.monitoring.rows import EventFilter
from tests.services.api.builders import STATION, a_state
from tests.services.api.monitoring.worlds import a_monitor_row, a_stream_row, a_value_row, an_event_row

HOME = f"/api/v1/stations/{STATION}"


@pytest.fixture(autouse=True)
def a_known_station(world: World) -> None:
    world.bus.hold(a_state(version="2.0.1"))


async def test_events_are_listed_by_what_is_asked_for(client: AsyncClient, world: World) -> None:
    world.reads.event_rows = [an_event_row()]

    page = (
        await client.get(f"{HOME}/variable-events?key=C.V&trigger=Alerting&severity=5&cleared=false&limit=7")
    ).json()

    assert [item["value"] for item in page["items"]] == ["23000"]
    where = EventFilter(station=STATION, key="C.V", trigger="Alerting", severity=5, cleared=False)
    assert world.reads.asked["variable_events"] == (where, None, 7)


async def test_streams_and_their_values_are_listed(client: AsyncClient, world: World) -> None:
    world.reads.stream_rows, world.reads.stream_value_rows = [a_stream_row()], [a_value_row()]

    streams = (await client.get(f"{HOME}/event-streams")).json()
    values = (await client.get(f"{HOME}/event-streams/5/values?limit=7")).json()

    assert [(item["stream_id"], item["opened"]) for item in streams["items"]] == [(5, True)]
    assert [item["value"] for item in values["items"]] == ["229.5"]
    assert world.reads.asked["stream_values"] == (STATION, 5, None, 7)
    beyond = await client.get(f"{HOME}/event-streams/{2**63}/values")
    assert [error["field"] for error in beyond.json()["errors"]] == ["stream_id"]


async def test_monitors_are_listed(client: AsyncClient, world: World) -> None:
    world.reads.monitor_rows = [a_monitor_row()]

    assert [item["monitor_id"] for item in (await client.get(f"{HOME}/monitors")).json()["items"]] == [3]


@pytest.mark.parametrize("path", ["variable-events", "monitors", "event-streams", "event-streams/5/values"])
async def test_an_unknown_station_has_none(client: AsyncClient, path: str) -> None:
    assert (await client.get(f"/api/v1/stations/NOBODY/{path}")).status_code == 404


@pytest.mark.parametrize("query", ["severity=10", "trigger=Perhaps", "limit=0"])
async def test_what_cannot_be_asked_is_refused(client: AsyncClient, query: str) -> None:
    assert (await client.get(f"{HOME}/variable-events?{query}")).status_code in (400, 422)

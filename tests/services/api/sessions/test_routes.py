"""Sessions, overview and inbox over HTTP."""

import pytest
from httpx import AsyncClient

from services.api.fakes import World
from services.api.sessions.rows import SessionFilter
from services.api.sessions.views import session_of
from tests.services.api.builders import NOON, STATION, a_session


async def test_a_session_is_told_exactly(client: AsyncClient, world: World) -> None:
    world.reads.session_rows["s1"] = session_of(a_session())

    session = (await client.get("/api/v1/sessions/s1")).json()

    assert session["energy_wh"] == "7321.250"
    assert session["token"] == "04A2B3C4D5"
    assert session["started_at"] == "2026-06-01T12:00:00Z"
    assert session["power_w"] is None


async def test_a_session_tells_the_stations_own_word_and_that_its_end_is_presumed(
    client: AsyncClient, world: World
) -> None:
    ended = a_session(
        status="presumed-ended", stopped_reason="ImmediateReset", stopped_detail="HardReset", estimated=True
    )
    world.reads.session_rows["s1"] = session_of(ended)

    session = (await client.get("/api/v1/sessions/s1")).json()

    assert (session["stopped_reason"], session["stopped_detail"]) == ("ImmediateReset", "HardReset")
    assert session["estimated"] is True


@pytest.mark.parametrize("path", ["", "/meter-values", "/series"])
async def test_a_session_that_is_not_there_is_not_found(client: AsyncClient, path: str) -> None:
    assert (await client.get(f"/api/v1/sessions/none{path}")).status_code == 404


@pytest.mark.parametrize("path", ["/meter-values?measurand=Voltage&limit=5", "/series?points=10"])
async def test_a_sessions_readings_can_be_read(client: AsyncClient, world: World, path: str) -> None:
    world.reads.session_rows["s1"] = session_of(a_session())

    assert (await client.get(f"/api/v1/sessions/s1{path}")).status_code == 200


async def test_sessions_are_filtered(client: AsyncClient, world: World) -> None:
    query = (
        f"station={STATION}&active=true&from=2026-06-01T14:00:00%2B02:00&to=2026-06-01T12:00:00Z&token=04a2&search=s"
    )

    assert (await client.get(f"/api/v1/sessions?{query}")).status_code == 200

    wanted = SessionFilter(station=STATION, active=True, since=NOON, until=NOON, token="04a2", search="s")
    assert world.reads.asked["sessions"] == (wanted, None, 50)


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("from=yesterday", "from"),
        ("from=2026-06-01T12:00:00", "from"),
        ("to=2026-06-01", "to"),
        ("active=1.5", "active"),
        ("cursor=%F0%9F%92%A9", "cursor"),
    ],
)
async def test_a_bad_parameter_is_named_as_the_caller_knows_it(client: AsyncClient, query: str, field: str) -> None:
    answer = await client.get(f"/api/v1/sessions?{query}")

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == field


async def test_the_fleet_is_told_in_figures(client: AsyncClient) -> None:
    overview = (await client.get("/api/v1/overview")).json()

    assert overview["at"] == "2026-06-01T12:00:00Z"
    assert overview["energy_today_wh"] == "7321.250"


@pytest.mark.parametrize("path", ["overview/power", "overview/energy", "quarantine", "dead-letters", "facts"])
async def test_the_history_can_be_read(client: AsyncClient, path: str) -> None:
    assert (await client.get(f"/api/v1/{path}")).status_code == 200


async def test_a_chart_of_too_many_points_is_refused(client: AsyncClient) -> None:
    answer = await client.get("/api/v1/overview/power?from=1970-01-01T00:00:00Z&step_s=1")

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "step_s"

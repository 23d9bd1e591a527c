"""Stations over HTTP."""

import pytest
from httpx import AsyncClient

from schemas.credentials import verify
from schemas.stations import StationProvisioned, StationRemoved
from services.api.fakes import World
from services.api.stations.rows import FrameFilter, StationFilter
from services.api.stations.views import station_of
from tests.services.api.builders import NOON, STATION, a_state

PASSWORD = "correct-horse-battery"


async def test_an_unknown_station_is_not_found(client: AsyncClient) -> None:
    answer = await client.get("/api/v1/stations/nobody")

    assert answer.status_code == 404
    assert "nobody" in answer.json()["detail"]


async def test_a_live_state_goes_before_the_history(client: AsyncClient, world: World) -> None:
    world.reads.station_rows[STATION] = station_of(a_state(connected=False))
    world.bus.hold(a_state(connected=True))

    station = (await client.get(f"/api/v1/stations/{STATION}")).json()

    assert station["connected"] is True
    assert station["connectors"][0]["status"] == "Available"
    assert station["connected_at"] == "2026-06-01T12:00:00Z"


async def test_the_history_knows_stations_that_no_topic_holds_any_more(client: AsyncClient, world: World) -> None:
    world.reads.station_rows[STATION] = station_of(a_state(connected=False))

    assert (await client.get(f"/api/v1/stations/{STATION}")).json()["connected"] is False


async def test_what_is_provisioned_is_published_and_read_back_at_once(client: AsyncClient, world: World) -> None:
    body = {"password": PASSWORD, "site": "berlin-1", "labels": {"row": "A"}, "heartbeat_interval_s": 120}

    put = await client.put(f"/api/v1/stations/{STATION}", json=body)
    got = await client.get(f"/api/v1/stations/{STATION}")

    (record,) = world.bus.published
    assert isinstance(record, StationProvisioned)
    assert verify(PASSWORD, record.password_hash)
    assert put.status_code == 200
    assert put.json() == got.json()
    assert got.json()["site"] == "berlin-1"
    assert got.json()["labels"] == {"row": "A"}
    assert got.json()["heartbeat_interval_s"] == 120
    assert got.json()["has_password"] is True


async def test_a_password_is_never_told(client: AsyncClient) -> None:
    put = await client.put(f"/api/v1/stations/{STATION}", json={"password": PASSWORD})
    got = await client.get(f"/api/v1/stations/{STATION}")

    assert PASSWORD not in put.text + got.text
    assert "pbkdf2" not in put.text + got.text


async def test_without_a_password_the_old_one_stays_and_null_removes_it(client: AsyncClient, world: World) -> None:
    await client.put(f"/api/v1/stations/{STATION}", json={"password": PASSWORD})
    await client.put(f"/api/v1/stations/{STATION}", json={"site": "berlin-2"})
    await client.put(f"/api/v1/stations/{STATION}", json={"password": None})

    first, second, third = (record.password_hash for record in world.bus.published)  # type: ignore[attr-defined]
    assert first == second != ""
    assert third == ""


@pytest.mark.parametrize("station", ["CP-1%20", "%20CP-1", "CP%201", "S%C3%A4ule", "Sa%CC%88ule", "%D0%A1P-1", "..."])
async def test_an_id_that_only_looks_like_another_cannot_be_provisioned(
    client: AsyncClient, world: World, station: str
) -> None:
    refused = await client.put(f"/api/v1/stations/{station}", json={})

    assert refused.status_code == 422
    assert refused.json()["errors"][0]["field"] == "station"
    assert world.bus.published == []


async def test_a_station_is_one_whatever_the_case_of_its_letters(client: AsyncClient, world: World) -> None:
    await client.put("/api/v1/stations/CP-1", json={})
    twin = await client.put("/api/v1/stations/cp-1", json={})
    again = await client.put("/api/v1/stations/CP-1", json={"site": "berlin-1"})

    assert (twin.status_code, again.status_code) == (422, 200)
    assert "CP-1" in twin.json()["errors"][0]["detail"]


async def test_a_station_that_was_provisioned_under_an_id_of_old_can_still_be_changed(
    client: AsyncClient, world: World
) -> None:
    world.bus.hold(StationProvisioned(station="Säule 1", provisioned_at=NOON))

    assert (await client.put("/api/v1/stations/S%C3%A4ule%201", json={"site": "x"})).status_code == 200


async def test_who_needs_a_credential_is_kept_and_told(client: AsyncClient) -> None:
    put = await client.put(f"/api/v1/stations/{STATION}", json={"credential_needed": True})

    assert put.json()["credential_needed"] is True
    assert (await client.get(f"/api/v1/stations/{STATION}")).json()["credential_needed"] is True


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"password": "too-short"}, "password"),
        ({"password": "x" * 65}, "password"),
        ({"password": "ümläute-sind-verboten"}, "password"),
        ({"registration": "Maybe"}, "registration"),
        ({"heartbeat_interval_s": 0}, "heartbeat_interval_s"),
        ({"credential_needed": "perhaps"}, "credential_needed"),
        ({"heartbeat_interval_s": "often"}, "heartbeat_interval_s"),
        ({"labels": {"": "x"}}, "labels"),
        ({"labels": {"a": 1}}, "labels[...]"),
        ({"sight": "berlin-1"}, "sight"),
        ([], "body"),
        (None, "body"),
    ],
)
async def test_a_bad_member_is_named(client: AsyncClient, world: World, body: object, field: str) -> None:
    answer = await client.put(f"/api/v1/stations/{STATION}", json=body)

    assert answer.status_code == 422, answer.text
    assert [error["field"] for error in answer.json()["errors"]] == [field]
    assert world.bus.published == []


@pytest.mark.parametrize("station", ["x" * 49, "a%00b", "a%0Ab", "a%23b", "a%3Fb"])
async def test_an_id_that_no_station_can_have_is_refused(client: AsyncClient, station: str) -> None:
    answer = await client.put(f"/api/v1/stations/{station}", json={})

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "station"


async def test_a_removed_station_is_gone_at_once(client: AsyncClient, world: World) -> None:
    await client.put(f"/api/v1/stations/{STATION}", json={})

    removed = await client.delete(f"/api/v1/stations/{STATION}")

    assert removed.status_code == 204
    assert isinstance(world.bus.published[-1], StationRemoved)
    assert (await client.get(f"/api/v1/stations/{STATION}")).status_code == 404
    assert (await client.delete(f"/api/v1/stations/{STATION}")).status_code == 404


async def test_a_removed_station_that_is_still_connected_is_shown_as_such(client: AsyncClient, world: World) -> None:
    world.bus.hold(a_state())
    await client.delete(f"/api/v1/stations/{STATION}")

    station = (await client.get(f"/api/v1/stations/{STATION}")).json()

    assert (station["removed"], station["provisioned"], station["connected"]) == (True, False, True)


async def test_while_kafka_is_away_nothing_is_provisioned_and_the_caller_is_told(
    client: AsyncClient, world: World
) -> None:
    world.bus.away = True

    answer = await client.put(f"/api/v1/stations/{STATION}", json={})

    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "2"


async def test_stations_are_filtered_and_paged_by_the_history(client: AsyncClient, world: World) -> None:
    query = "connected=true&version=2.0.1&vendor=Example&site=berlin-1&search=ber&limit=7"

    answer = await client.get(f"/api/v1/stations?{query}")

    expected = StationFilter(connected=True, version="2.0.1", vendor="Example", site="berlin-1", search="ber")
    assert answer.json() == {"items": [], "next_cursor": None}
    assert world.reads.asked["stations"] == (expected, None, 7)


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("limit=0", "limit"),
        ("limit=501", "limit"),
        ("limit=many", "limit"),
        ("connected=perhaps", "connected"),
        ("version=3.0", "version"),
        ("cursor=nonsense", "cursor"),
    ],
)
async def test_a_bad_parameter_is_named(client: AsyncClient, query: str, field: str) -> None:
    answer = await client.get(f"/api/v1/stations?{query}")

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == field


async def test_the_ocpp_log_is_filtered(client: AsyncClient, world: World) -> None:
    query = "direction=in&action=BootNotification&text=serial&to=2026-06-01T12:00:00Z"

    answer = await client.get(f"/api/v1/stations/{STATION}/frames?{query}")

    wanted = FrameFilter(direction="in", action="BootNotification", text="serial", before=NOON)
    assert answer.status_code == 200
    assert world.reads.asked["frames"] == (STATION, wanted, 100)


@pytest.mark.parametrize("path", ["events", "status-history", "power", "commands"])
async def test_a_stations_history_can_be_read(client: AsyncClient, path: str) -> None:
    assert (await client.get(f"/api/v1/stations/{STATION}/{path}")).status_code == 200


async def test_while_clickhouse_is_away_the_caller_is_told(client: AsyncClient, world: World) -> None:
    world.reads.away = True

    answer = await client.get("/api/v1/stations")

    assert answer.status_code == 503
    assert answer.headers["content-type"] == "application/problem+json"

"""Stations imported from files: as they would be provisioned one by one."""

from httpx import AsyncClient

from schemas.credentials import verify
from schemas.stations import REF_STATIONS, StationProvisioned
from services.api.fakes import World
from tests.services.api.conftest import browser_of

PATH = "/api/v1/station-imports"
CSV = {"Content-Type": "text/csv"}
PASSWORD = "a-long-random-password"


def station_of(world: World, station: str) -> StationProvisioned:
    record = world.bus.get(REF_STATIONS, station)
    assert isinstance(record, StationProvisioned)
    return record


async def test_labels_are_columns_and_a_password_is_kept_as_its_hash(client: AsyncClient, world: World) -> None:
    text = f"station,site,password,labels.row,labels.owner,credential_needed\nCP-1,berlin,{PASSWORD},A,city,true\nCP-2,,,B,,\n"

    answer = await client.post(PATH, content=text.encode(), headers=CSV)

    assert answer.json()["created"] == 2
    first, second = station_of(world, "CP-1"), station_of(world, "CP-2")
    assert (first.site, first.labels, first.credential_needed) == ("berlin", {"row": "A", "owner": "city"}, True)
    assert verify(PASSWORD, first.password_hash)
    assert (second.labels, second.password_hash) == ({"row": "B"}, "")
    assert PASSWORD not in answer.text


async def test_a_row_without_a_password_keeps_the_one_there_is(client: AsyncClient, world: World) -> None:
    await client.put("/api/v1/stations/CP-1", json={"password": PASSWORD})

    answer = await client.post(PATH, content=b"station,site\nCP-1,oslo\n", headers=CSV)

    assert answer.json()["changed"] == 1
    assert verify(PASSWORD, station_of(world, "CP-1").password_hash)


async def test_ids_that_differ_in_case_alone_are_one_station(client: AsyncClient) -> None:
    await client.put("/api/v1/stations/CP-1", json={})

    answer = await client.post(PATH, content=b"station\ncp-1\nCP-2\ncp-2\nnot a station\n", headers=CSV)

    assert [row["outcome"] for row in answer.json()["rows"]] == ["refused", "created", "refused", "refused"]


async def test_a_dry_run_checks_the_password_and_provisions_nothing(client: AsyncClient, world: World) -> None:
    text = f"station,password\nCP-1,{PASSWORD}\nCP-2,short\n"

    answer = await client.post(PATH, content=text.encode(), headers=CSV, params={"dry_run": True})

    assert [row["outcome"] for row in answer.json()["rows"]] == ["created", "refused"]
    assert world.bus.get(REF_STATIONS, "CP-1") is None


async def test_the_console_imports_a_file(world: World) -> None:
    browser = await browser_of(world)

    answer = await browser.post("/stations/import", files={"file": ("stations.jsonl", b'{"station": "CP-9"}', "")})

    assert answer.status_code == 303
    assert station_of(world, "CP-9").registration == "Accepted"

"""Boot templates over HTTP: written with If-Match, refused with the member at fault, listed; runs, and orders."""

import pytest
from httpx import AsyncClient

from schemas.boottemplates import BootTemplateProvisioned
from services.api.boottemplates.rows import RunFilter, run_of
from services.api.fakes import NOON, World
from tests.services.api.builders import STATION, a_boot_run, a_boot_template, a_state

TEMPLATE = "/api/v1/boot-templates/defaults"
BODY = {
    "title": "Defaults",
    "enabled": True,
    "stations": {"vendor": "Acme*", "versions": ["1.6"]},
    "commands": [
        {"command": "SetConfiguration", "arguments": {"settings": [{"key": "HeartbeatInterval", "value": "300"}]}}
    ],
}


@pytest.fixture(autouse=True)
def a_known_station(world: World) -> None:
    world.bus.hold(a_state(version="1.6", vendor="Acme Ltd", booted_at=NOON))


async def test_a_template_is_written_read_listed_and_removed(client: AsyncClient, world: World) -> None:
    written = await client.put(TEMPLATE, json=BODY, headers={"If-None-Match": "*"})
    assert written.status_code == 200, written.text
    (record,) = world.bus.published
    assert isinstance(record, BootTemplateProvisioned)

    read = await client.get(TEMPLATE)
    listed = await client.get("/api/v1/boot-templates")
    removed = await client.delete(TEMPLATE, headers={"If-Match": read.headers["etag"]})

    assert read.json() == written.json() == listed.json()["items"][0]
    assert read.json()["commands"] == BODY["commands"]
    assert read.json()["stations"]["vendor"] == "Acme*"
    assert removed.status_code == 204
    assert (await client.get(TEMPLATE)).status_code == 404


async def test_a_change_of_another_state_is_refused_and_shows_no_secret(client: AsyncClient) -> None:
    first = await client.put(TEMPLATE, json=BODY)
    await client.put(TEMPLATE, json=BODY | {"priority": 3, "commands": [{"command": "ClearCache"}]})

    late = await client.put(TEMPLATE, json=BODY, headers={"If-Match": first.headers["etag"]})

    assert late.status_code == 412
    said = {each["field"]: each["detail"] for each in late.json()["errors"]}
    assert said == {"priority": "is now 3", "commands": "are other ones now"}


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"colour": "red"}, "colour"),
        ({"stations": {"vendro": "Acme"}}, "vendro"),
        ({"stations": {"versions": ["1.5"]}}, "stations.versions[0]"),
        ({"stations": {"vendor": ""}}, "stations.vendor"),
        ({"priority": 100}, "priority"),
        ({"reasons": ["Monday"]}, "reasons[0]"),
        ({"reasons": ["PowerUp"]}, "reasons"),
        ({"commands": []}, "commands"),
        ({"commands": [{"command": "ClearCache"}] * 21}, "commands"),
        ({"commands": [{"command": "UpdateFirmware", "arguments": {"location": "https://x/y"}}]}, "commands[0]"),
        (
            {"commands": [{"command": "SetConfiguration", "arguments": {"settings": [{"key": "A"}]}}]},
            "commands[0].arguments",
        ),
    ],
)
async def test_what_cannot_be_is_refused_with_the_member_at_fault(
    client: AsyncClient, change: dict, field: str
) -> None:
    answer = await client.put(TEMPLATE, json=BODY | change)

    assert answer.status_code == 422, answer.text
    assert any(field in each["field"] or field in each["detail"] for each in answer.json()["errors"]), answer.text


async def test_a_name_that_cannot_be_is_refused(client: AsyncClient) -> None:
    assert (await client.put("/api/v1/boot-templates/-x", json=BODY)).status_code == 422


async def test_the_stations_that_fit_are_previewed(client: AsyncClient, world: World) -> None:
    world.bus.hold(a_boot_template())

    answer = await client.get(f"{TEMPLATE}/preview")

    assert (answer.json()["fitting"], answer.json()["known"]) == (1, 1)
    assert answer.json()["items"][0]["station"] == STATION
    assert (await client.get("/api/v1/boot-templates/none/preview")).status_code == 404


async def test_runs_are_listed_by_station_template_and_status(client: AsyncClient, world: World) -> None:
    world.reads.boot_run_rows["run-1"] = run_of(a_boot_run())

    fleet = await client.get("/api/v1/boot-runs", params={"template": "defaults", "status": "done"})
    assert world.reads.asked["boot_runs"][0] == RunFilter(template="defaults", status="done")
    station = await client.get(f"/api/v1/stations/{STATION}/boot-runs", params={"template": "defaults"})
    one = await client.get("/api/v1/boot-runs/run-1")

    assert fleet.json()["items"] == station.json()["items"] == [one.json()]
    assert one.json()["steps"][0]["command"] == "ClearCache"
    assert world.reads.asked["boot_runs"][0] == RunFilter(station=STATION, template="defaults")
    assert (await client.get("/api/v1/boot-runs/none")).status_code == 404
    assert (await client.get("/api/v1/boot-runs", params={"status": "nonsense"})).status_code == 422


async def test_a_run_is_ordered_or_the_answer_says_why_not(client: AsyncClient, world: World) -> None:
    world.bus.hold(a_boot_template())
    runs = f"/api/v1/stations/{STATION}/boot-runs"

    ordered = await client.post(runs, json={"template": "defaults"})
    unknown = await client.post(runs, json={"template": "none"})
    nowhere = await client.post("/api/v1/stations/NOWHERE/boot-runs", json={"template": "defaults"})

    assert (ordered.status_code, ordered.json()["status"]) == (202, "waiting")
    assert (unknown.status_code, unknown.json()["errors"][0]["field"]) == (422, "template")
    assert nowhere.status_code == 404

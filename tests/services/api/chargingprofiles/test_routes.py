"""Charging profiles over HTTP: set, refused with the member at fault, listed, cleared; templates."""

import pytest
from httpx import AsyncClient

from schemas.chargingprofiles import profile_id_of
from schemas.commands import CommandRequested
from schemas.profilecommands import SetChargingProfile
from services.api.chargingprofiles.rows import ProfileFilter, profile_of
from services.api.fakes import World
from tests.services.api.builders import STATION, a_charging_profile, a_state, an_outcome

PROFILES = f"/api/v1/stations/{STATION}/charging-profiles"
TEMPLATES = "/api/v1/charging-profile-templates"
SCHEDULE = {"unit": "W", "periods": [{"limit": "7000.5"}]}
PROFILE = {"purpose": "TxDefaultProfile", "schedules": [SCHEDULE]}
BODY = {"evse": 1, "profile": PROFILE}


@pytest.fixture(autouse=True)
def a_known_station(world: World) -> None:
    world.bus.hold(a_state(version="2.1"))
    world.bus.settles = an_outcome(sent=True)


def hold(world: World, content: dict[str, object] | None = None, **override: object) -> None:
    record = a_charging_profile(content, **override)
    world.reads.profile_rows[record.charging_profile] = profile_of(record)


async def test_a_profile_is_set_and_its_number_is_that_of_the_command(client: AsyncClient, world: World) -> None:
    answer = await client.post(PROFILES, json=BODY | {"ttl_s": 90})

    (request,) = world.bus.published
    assert isinstance(request, CommandRequested)
    assert isinstance(request.command, SetChargingProfile)
    assert answer.status_code == 200
    assert answer.json()["profile_id"] == profile_id_of(request.id)
    assert answer.json()["command"]["outcome"] == "accepted"


async def test_without_an_answer_in_time_it_is_pending(client: AsyncClient, world: World) -> None:
    world.bus.settles = None

    assert (await client.post(PROFILES, json=BODY | {"wait_s": 0})).status_code == 202


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"evse": None}, "evse"),
        ({"profile": None}, "profile"),
        ({"template": "night"}, "profile"),
        ({"profile": None, "template": "night"}, "template"),
        ({"session": "s1"}, "session"),
        ({"profile": PROFILE | {"purpose": "ChargingStationExternalConstraints"}}, "profile.purpose"),
        ({"profile": PROFILE | {"purpose": "TxProfile"}}, "profile.transaction_id"),
        ({"profile": PROFILE | {"schedules": [{"periods": [{"limit": 1}]}]}}, "profile.schedules[0].unit"),
        ({"colour": "red"}, "colour"),
    ],
)
async def test_what_cannot_be_set_is_named(
    client: AsyncClient, world: World, change: dict[str, object], field: str
) -> None:
    answer = await client.post(PROFILES, json=BODY | change)

    assert answer.status_code == 422, answer.text
    assert [error["field"] for error in answer.json()["errors"]] == [field]
    assert world.bus.published == []


async def test_profiles_are_listed_and_found(client: AsyncClient, world: World) -> None:
    hold(world)

    page = (await client.get(f"{PROFILES}?status=installed&limit=7")).json()

    assert [item["profile_id"] for item in page["items"]] == [7]
    assert world.reads.asked["charging_profiles"] == (ProfileFilter(station=STATION, status="installed"), None, 7)
    assert (await client.get(f"{PROFILES}/7")).json()["profile"]["schedules"][0]["periods"][0]["limit"] == "11000.5"
    assert (await client.get(f"{PROFILES}/8")).status_code == 404


async def test_a_profile_is_cleared_once(client: AsyncClient, world: World) -> None:
    hold(world)
    hold(world, profile_id=8, status="cleared")
    hold(world, {"purpose": "ChargingStationExternalConstraints"}, profile_id=9, source="EMS")

    assert (await client.delete(f"{PROFILES}/7")).json()["profile"]["status"] == "cleared"
    assert [(await client.delete(f"{PROFILES}/{number}")).status_code for number in (8, 9, 10)] == [409, 409, 404]


async def test_a_station_is_asked_to_report_and_what_it_will_allow(client: AsyncClient) -> None:
    assert (await client.post(f"{PROFILES}/report")).json()["command"] == "GetChargingProfiles"
    told = (await client.post(f"/api/v1/stations/{STATION}/composite-schedule", json={"evse": 1})).json()
    assert (told["schedule"], told["command"]["command"]) == (None, "GetCompositeSchedule")
    for what in ("charging-limits", "charging-needs"):
        assert (await client.get(f"/api/v1/stations/{STATION}/{what}")).status_code == 200


async def test_a_template_is_written_changed_set_and_removed(client: AsyncClient, world: World) -> None:
    written = await client.put(f"{TEMPLATES}/night", json={"profile": PROFILE, "label": "Night"})
    assert written.status_code == 200, written.text
    assert (
        await client.put(f"{TEMPLATES}/night", json={"profile": PROFILE}, headers={"If-None-Match": "*"})
    ).status_code == 412
    assert [one["template"] for one in (await client.get(TEMPLATES)).json()["items"]] == ["night"]
    assert (await client.get(f"{TEMPLATES}/night")).headers["ETag"] == written.headers["ETag"]

    told = (await client.post(f"{TEMPLATES}/night/apply", json={"stations": [STATION, "nobody"], "evse": 1})).json()
    assert told["counts"] == {"accepted": 1, "unable": 1}
    assert (await client.post(PROFILES, json={"evse": 1, "template": "night"})).status_code == 200

    assert (await client.delete(f"{TEMPLATES}/night")).status_code == 204
    assert (await client.get(f"{TEMPLATES}/night")).status_code == 404


@pytest.mark.parametrize(
    "profile",
    [
        PROFILE | {"profile_id": 7},
        PROFILE | {"transaction_id": "7"},
        PROFILE | {"purpose": "ChargingStationExternalConstraints"},
        PROFILE | {"schedules": [{"periods": [{}]}]},
    ],
)
async def test_a_profile_that_could_be_set_nowhere_is_no_template(client: AsyncClient, profile: object) -> None:
    assert (await client.put(f"{TEMPLATES}/bad", json={"profile": profile})).status_code == 422

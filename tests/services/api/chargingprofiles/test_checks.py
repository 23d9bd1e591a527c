"""What is known of a station decides what may be set there: its other profiles, its units, its phases."""

import pytest
from httpx import AsyncClient

from services.api.chargingprofiles.checks import in_the_way, started, units_of
from services.api.chargingprofiles.rows import profile_of
from services.api.devicemodel.rows import variable_of
from services.api.fakes import NOON, World
from tests.services.api.builders import STATION, a_charging_profile, a_state, a_variable, an_outcome
from tests.services.chargingprofiles.records import profile, tx_profile

PROFILES = f"/api/v1/stations/{STATION}/charging-profiles"


def standing(content: dict[str, object] | None = None, **override: object):
    return profile_of(a_charging_profile(content, **override))


@pytest.mark.usecase("K01.FR.06", "K01.FR.39")
@pytest.mark.parametrize(
    ("one", "wanted", "evse", "blocked"),
    [
        (standing(), profile(profile_id=None), 1, True),
        (standing(), profile(profile_id=7), 1, False),
        (standing(), profile(profile_id=None, stack_level=1), 1, False),
        (standing(), profile(profile_id=None), 2, False),
        (standing(evse=0), profile(profile_id=None), 2, True),
        (standing(status="cleared"), profile(profile_id=None), 1, False),
        (standing({"valid_to": NOON}), profile(profile_id=None, valid_from=NOON), 1, False),
        (standing({"purpose": "TxProfile"}, transaction_id="a"), tx_profile("a", profile_id=None), 1, True),
        (standing({"purpose": "TxProfile"}, transaction_id="a"), tx_profile("b", profile_id=None), 1, False),
    ],
)
def test_no_two_profiles_of_one_purpose_and_level_hold_at_one_place_and_time(one, wanted, evse, blocked):
    assert in_the_way(one, wanted, evse) == blocked


async def test_in_1_6_the_new_one_takes_the_place(client: AsyncClient, world: World) -> None:
    body = {
        "evse": 1,
        "profile": {"purpose": "TxDefaultProfile", "schedules": [{"unit": "W", "periods": [{"limit": 1}]}]},
    }
    row = standing()
    world.reads.profile_rows[row.charging_profile] = row
    world.bus.settles = an_outcome()

    world.bus.hold(a_state(version="2.0.1"))
    taken = await client.post(PROFILES, json=body)
    world.bus.hold(a_state(version="1.6"))
    replaced = await client.post(PROFILES, json=body)

    assert (taken.status_code, replaced.status_code) == (409, 200)
    assert "7" in taken.json()["detail"]


async def test_the_stations_own_unit_is_taken_and_no_other(client: AsyncClient, world: World) -> None:
    world.bus.hold(a_state(version="2.1"))
    world.bus.settles = an_outcome()
    row = variable_of(a_variable(value="A"))
    world.reads.variable_rows = {row.variable_id: row}

    def body(**schedule: object) -> dict[str, object]:
        profile = {"purpose": "TxDefaultProfile", "schedules": [{"periods": [{"limit": 16}]} | schedule]}
        return {"evse": 1, "profile": profile}

    assert (await client.post(PROFILES, json=body())).status_code == 200
    (request,) = world.bus.published
    assert request.command.profile.schedules[0].unit == "A"  # type: ignore[attr-defined]
    refused = await client.post(PROFILES, json=body(unit="W"))
    assert refused.status_code == 422
    assert "takes A alone" in refused.text


def test_units_are_read_in_the_words_of_every_version():
    def told(value: str):
        return [variable_of(a_variable(value=value))]

    assert units_of(told("A,W")) == units_of(told("Current,Power")) == ("W", "A")
    assert units_of(told("Current")) == ("A",)
    assert units_of(told("")) == ()


def test_an_absolute_profile_without_a_start_starts_now():
    assert started(profile(kind="Absolute"), NOON).schedules[0].start_at == NOON
    assert started(profile(), NOON).schedules[0].start_at is None

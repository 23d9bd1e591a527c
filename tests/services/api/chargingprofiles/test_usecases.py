"""A session's profile: its transaction and EVSE are taken from the session that runs."""

import pytest
from httpx import AsyncClient

from services.api.chargingprofiles.rows import profile_of
from services.api.fakes import World
from services.api.sessions.views import session_of
from tests.services.api.builders import STATION, a_charging_profile, a_session, a_state, an_outcome

PROFILES = f"/api/v1/stations/{STATION}/charging-profiles"
PROFILE = {"purpose": "TxProfile", "kind": "Relative", "schedules": [{"unit": "A", "periods": [{"limit": 16}]}]}


@pytest.fixture(autouse=True)
def a_known_station(world: World) -> None:
    world.bus.hold(a_state(version="2.1"))
    world.bus.settles = an_outcome(sent=True)


@pytest.mark.parametrize(
    ("session", "change", "field"),
    [
        ({"station": "OTHER"}, {}, "session"),
        ({"status": "ended"}, {}, "session"),
        ({"evse": None}, {}, "session"),
        ({}, {"evse": 2}, "evse"),
        ({}, {"profile": PROFILE | {"purpose": "TxDefaultProfile"}}, "profile.purpose"),
    ],
)
async def test_a_session_that_cannot_have_the_profile_is_named(
    client: AsyncClient, world: World, session: dict[str, object], change: dict[str, object], field: str
) -> None:
    world.reads.session_rows["s1"] = session_of(a_session(**{"session": "s1", "evse": 1} | session))

    answer = await client.post(PROFILES, json={"session": "s1", "profile": PROFILE} | change)

    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == [field]


async def test_the_transaction_is_the_one_that_the_station_knows(client: AsyncClient, world: World) -> None:
    world.reads.session_rows["s1"] = session_of(a_session(session="s1", evse=2, transaction_id="4711"))

    assert (await client.post(PROFILES, json={"session": "s1", "profile": PROFILE})).status_code == 200

    command = world.bus.published[0].command  # type: ignore[attr-defined]
    assert (command.evse, command.profile.transaction_id) == (2, "4711")


@pytest.mark.parametrize(
    ("outcome", "status"),
    [
        ({"outcome": "accepted"}, "installed"),
        ({"outcome": "rejected"}, "refused"),
        ({"outcome": "timed_out", "sent": True}, "unconfirmed"),
        ({"outcome": "disconnected", "sent": False}, "refused"),
    ],
)
async def test_until_the_service_has_said_it_the_outcome_says_what_became_of_a_profile(
    client: AsyncClient, world: World, outcome: dict[str, object], status: str
) -> None:
    world.bus.settles = an_outcome(**outcome)
    key = {"Idempotency-Key": "k"}
    body = {"evse": 1, "profile": PROFILE | {"purpose": "TxDefaultProfile", "profile_id": 7}}
    command = (await client.post(PROFILES, json=body, headers=key)).json()["command"]["command_id"]
    row = profile_of(a_charging_profile(status="requested", command_id=command))
    world.reads.profile_rows[row.charging_profile] = row

    answer = await client.post(PROFILES, json=body, headers=key)

    assert answer.json()["profile"]["status"] == status

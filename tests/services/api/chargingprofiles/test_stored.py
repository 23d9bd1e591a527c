"""Templates: an Absolute one starts when it is set."""

from httpx import AsyncClient

from services.api.fakes import NOON, World
from tests.services.api.builders import STATION, a_state, an_outcome

TEMPLATE = "/api/v1/charging-profile-templates/night"
PROFILE = {"purpose": "TxDefaultProfile", "schedules": [{"unit": "A", "periods": [{"limit": "16.1"}]}]}


async def test_a_template_without_a_start_starts_when_it_is_set(client: AsyncClient, world: World) -> None:
    world.bus.hold(a_state(version="2.1"))
    world.bus.settles = an_outcome()
    await client.put(TEMPLATE, json={"profile": PROFILE})
    world.bus.published.clear()

    answer = await client.post(f"{TEMPLATE}/apply", json={"stations": [STATION]})

    assert answer.status_code == 200, answer.text
    (request,) = world.bus.published
    (schedule,) = request.command.profile.schedules  # type: ignore[attr-defined]
    assert (schedule.start_at, str(schedule.periods[0].limit)) == (NOON, "16.1")


async def test_an_unknown_template_is_set_nowhere(client: AsyncClient) -> None:
    assert (await client.post(f"{TEMPLATE}/apply", json={"stations": [STATION]})).status_code == 404

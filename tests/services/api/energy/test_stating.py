"""A need as it is stated is a need as it is given."""

from services.api.energy.rows import NeedGiven
from services.api.energy.stating import need_of, state_need
from services.api.fakes import World
from tests.services.api.energy.sites import a_site, with_stations


async def test_what_is_answered_is_what_is_on_kafka(world: World) -> None:
    with_stations(world)
    world.bus.hold(a_site())

    answer = await state_need(world.ports(), "berlin", "DE-BER-0002", 1, NeedGiven(transaction_id="t"))

    assert need_of(world.bus.published[-1]) == answer  # type: ignore[arg-type]

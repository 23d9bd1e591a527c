"""When a key was used last."""

import datetime as dt

from schemas.operators import ApiKeyUsed
from services.api.fakes import NOON, World
from services.api.operators.uses import last_use, note_use


async def test_what_another_process_has_said_is_not_said_again(world: World) -> None:
    world.bus.hold(ApiKeyUsed(key="k", at=NOON - dt.timedelta(minutes=30)))

    await note_use(world.ports(), "k", "192.0.2.1")

    assert world.bus.published == []
    assert last_use(world.ports(), "other") is None

"""A request is found, or named as unknown."""

import pytest

from services.api.fakes import World
from services.api.iso15118.rows import request_of
from services.api.iso15118.usecases import known_request
from services.api.web.problems import Problem
from tests.services.api.iso15118.given import answered, hold


async def test_a_request_is_found_by_its_id_alone(world: World) -> None:
    hold(world, answered())

    assert await known_request(world.ports(), "r1") == request_of(answered())
    with pytest.raises(Problem):
        await known_request(world.ports(), "r2")

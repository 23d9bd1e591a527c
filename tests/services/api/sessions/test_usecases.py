"""A session is found, or it is said that there is none."""

import pytest

from services.api.fakes import World
from services.api.sessions.usecases import known_session
from services.api.sessions.views import session_of
from services.api.web.problems import Problem
from tests.services.fleet import session_changed


async def test_a_session_is_given_as_it_is_now() -> None:
    world = World()
    row = session_of(session_changed("s-1"))
    world.reads.session_rows["s-1"] = row

    assert await known_session(world.ports(), "s-1") == row


async def test_a_session_that_nobody_knows_is_not_found_by_its_name() -> None:
    with pytest.raises(Problem, match="s-9") as refused:
        await known_session(World().ports(), "s-9")

    assert refused.value.status == 404

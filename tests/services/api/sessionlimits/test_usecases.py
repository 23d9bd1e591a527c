"""Limiting a session: an order that is waited for."""

import datetime as dt

import pytest
from msgspec.structs import replace

from schemas.sessionorders import SessionLimitOrdered
from services.api.fakes import World
from services.api.sessionlimits.rows import LimitSession
from services.api.sessionlimits.usecases import limit_session
from services.api.sessions.views import session_of
from services.api.web.problems import Problem
from tests.services.api.builders import a_session


async def test_each_order_has_an_id_of_its_own_and_is_waited_for(world: World) -> None:
    before = session_of(a_session())
    later = replace(before, changed_at=before.changed_at + dt.timedelta(seconds=1))
    world.bus.applies = lambda _: world.reads.session_rows.update(s1=later)

    for _ in range(2):
        world.reads.session_rows["s1"] = before
        assert (await limit_session(world.ports(), "s1", LimitSession(max_time_s=60, reason="x"))).applied

    ids = [order.id for order in world.bus.published if isinstance(order, SessionLimitOrdered)]
    assert len(set(ids)) == 2


async def test_nobody_limits_what_is_not_there(world: World) -> None:
    with pytest.raises(Problem):
        await limit_session(world.ports(), "s9", LimitSession(reason="x"))

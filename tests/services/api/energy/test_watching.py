"""Steps of a chart suit its time."""

from datetime import timedelta

import pytest

from services.api.energy.watching import history
from services.api.fakes import NOON, World
from tests.services.api.energy.sites import a_site


@pytest.mark.parametrize(
    ("span", "step_s"),
    [
        (timedelta(hours=1), 60),
        (timedelta(days=1), 300),
        (timedelta(days=7), 3_600),
        (timedelta(days=30), 6 * 3_600),
        (timedelta(days=3_000), 24 * 3_600),
    ],
)
async def test_longer_times_have_longer_steps(world: World, span: timedelta, step_s: int) -> None:
    world.bus.hold(a_site())

    found = await history(world.ports(), "berlin", "grid", since=NOON - span, until=NOON)

    assert found.step_s == step_s

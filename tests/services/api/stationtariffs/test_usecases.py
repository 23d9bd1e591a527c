"""What is asked of a station about its tariffs."""

import pytest

from schemas.commands import CommandRequested
from schemas.stationtariffs import ClearTariffs, GetTariffs
from services.api.fakes import World
from services.api.stationtariffs.usecases import clear_tariffs, read_tariffs, translated
from services.api.web.problems import Problem
from tests.services.api.builders import STATION, a_state, an_outcome


@pytest.mark.usecase("I09", "I10")
async def test_tariffs_are_read_and_cleared(world: World) -> None:
    world.bus.hold(a_state(version="2.1"))
    world.bus.settles = an_outcome(sent=True)

    await read_tariffs(world.ports(), STATION)
    await clear_tariffs(world.ports(), STATION, "ad-hoc.1-x")

    commands = [each.command for each in world.bus.published if isinstance(each, CommandRequested)]
    assert commands == [GetTariffs(), ClearTariffs(tariff_ids=("ad-hoc.1-x",))]


def test_a_tariff_that_is_not_provisioned_is_not_found(world: World) -> None:
    with pytest.raises(Problem):
        translated(world.ports(), "gone")

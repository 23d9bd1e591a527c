"""Reading and writing the variables of a station, whatever its version."""

import pytest

from schemas.commands import CommandRequested
from schemas.configuration import SetConfiguration, Setting
from schemas.devicemodel import GetBaseReport
from services.api.devicemodel.usecases import read_all, write
from services.api.fakes import World
from services.api.web.problems import Problem
from tests.services.api.builders import STATION, a_state, an_outcome


async def test_a_station_whose_version_nobody_knows_is_asked_for_a_report(world: World) -> None:
    world.bus.hold(a_state(version=None))
    world.bus.settles = an_outcome()

    await read_all(world.ports(), STATION)

    (request,) = world.bus.published
    assert isinstance(request, CommandRequested)
    assert request.command == GetBaseReport()


async def test_a_variable_is_written_by_its_key(world: World) -> None:
    world.bus.hold(a_state())
    world.bus.settles = an_outcome()

    command = await write(world.ports(), STATION, {"key": "C.V", "value": "5"})

    (request,) = world.bus.published
    assert isinstance(request, CommandRequested)
    assert request.command == SetConfiguration(settings=(Setting(key="C.V", value="5"),))
    assert command.outcome == "accepted"


async def test_nothing_is_asked_of_an_unknown_station(world: World) -> None:
    with pytest.raises(Problem):
        await read_all(world.ports(), "NOBODY")
    assert world.bus.published == []

"""What is told of a list: as it stands by the rule that holds now, with no more entries than its station has room for."""

import pytest

from schemas.locallists import LocalListProvisioned, LocalListRule
from services.api.fakes import NOON, World
from services.api.locallists.rows import local_list_of
from services.api.locallists.usecases import SOON, list_of
from tests.services.api.builders import STATION, a_local_list, a_state, a_token


@pytest.fixture(autouse=True)
def a_managed_list(world: World) -> None:
    world.bus.hold(a_state())
    world.bus.hold(LocalListProvisioned(station=STATION, rule=LocalListRule(), provisioned_at=NOON))
    for name in ("A", "B", "C"):
        world.bus.hold(a_token(token=name))


async def test_a_rule_at_which_nobody_has_looked_yet_is_out_of_step(world: World) -> None:
    told = await list_of(world.ports(), STATION)

    assert (told.list.status, told.list.why) == ("out-of-step", SOON)


async def test_there_are_no_more_entries_than_the_station_takes(world: World) -> None:
    world.reads.local_list_rows[STATION] = local_list_of(a_local_list(most_entries=2))

    told = await list_of(world.ports(), STATION)

    assert ([entry.token for entry in told.items], told.list.status) == (["A", "B"], "in-step")

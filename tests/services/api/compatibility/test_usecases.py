"""The matrix: rows that ship and rows of operators, of which the operator's stands where both have a name."""

import pytest

from services.api.compatibility.rows import ProvisionRow
from services.api.compatibility.usecases import SHIPPED, remove_row, row_called, rows_that_hold, save_row, written_row
from services.api.fakes import World
from services.api.web.problems import Problem

SHIPS = sorted(SHIPPED)[0]


async def test_every_row_that_ships_holds_until_an_operator_says_otherwise() -> None:
    world = World()

    rows = await rows_that_hold(world.ports(), None)

    assert [row.name for row in rows] == sorted(SHIPPED)
    assert {row.origin for row in rows} == {"shipped"}


async def test_an_operators_row_stands_for_the_one_that_ships_until_it_is_removed() -> None:
    world = World()
    await save_row(world.ports(), SHIPS, ProvisionRow(note="not here"))
    assert (row_called(world.ports(), SHIPS).origin, row_called(world.ports(), SHIPS).note) == ("operator", "not here")

    await remove_row(world.ports(), SHIPS)

    assert row_called(world.ports(), SHIPS).origin == "shipped"
    assert written_row(world.ports(), SHIPS) is None


async def test_a_row_that_ships_is_turned_off_and_not_removed() -> None:
    with pytest.raises(Problem, match="without rules to turn it off") as refused:
        await remove_row(World().ports(), SHIPS)

    assert refused.value.status == 409


async def test_a_row_that_nobody_wrote_is_not_found() -> None:
    with pytest.raises(Problem, match="nothing-of-the-kind") as refused:
        row_called(World().ports(), "nothing-of-the-kind")

    assert refused.value.status == 404

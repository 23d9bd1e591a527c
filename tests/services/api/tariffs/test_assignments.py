"""Tariff assignments: what a path names, what counts as a change, what held before, and pages by target."""

from typing import Any

import pytest

from schemas.tariffs import MAX_EARLIER, TariffAssigned, connector_target, default_target, site_target, token_target
from services.api.fakes import World
from services.api.tariffs.assignments import (
    assignment_page,
    known_assignment,
    remove_assignment,
    save_assignment,
    target_of,
)
from services.api.tariffs.rows import AssignTariffs
from services.api.tariffs.usecases import save_tariff
from services.api.web.problems import Problem
from tests.services.api.tariffs.test_usecases import body


async def a_world(*tariffs: str) -> Any:
    ports = World().ports()
    for tariff in tariffs:
        await save_tariff(ports, tariff, body())
    return ports


def test_a_path_names_a_token_a_site_a_connector_or_all_others() -> None:
    ports = World().ports()

    assert target_of(ports, "token", "/TAG").key == token_target("TAG")
    assert target_of(ports, "site", "/oslo", "acme").key == site_target("oslo", "acme")
    assert target_of(ports, "default", "").key == default_target("")
    connector = target_of(ports, "connector", "/CP/1/2/3")
    assert (connector.key, connector.station) == (connector_target("CP/1", 2, 3), "CP/1")


@pytest.mark.parametrize(
    ("scope", "path"),
    [
        ("default", "/name"),
        ("token", "/ "),
        ("site", "/" + "x" * 301),
        ("station", "/CP\n1"),
        ("connector", "/CP-1/1"),
        ("connector", "/CP-1/0/1"),
        ("connector", "/CP-1/1/²"),
        ("connector", "/CP-1/-1/1"),
    ],
)
def test_a_path_that_names_nothing_of_its_scope_is_refused(scope: Any, path: str) -> None:
    with pytest.raises(Problem) as refused:
        target_of(World().ports(), scope, path)

    assert refused.value.status == 422


async def test_the_same_tariffs_again_are_no_change_and_others_keep_what_held_before() -> None:
    ports = await a_world("day", "night")
    target = target_of(ports, "site", "/oslo")

    first = await save_assignment(ports, target, AssignTariffs(tariffs=("day",)))
    assert await save_assignment(ports, target, AssignTariffs(tariffs=("day",))) == first
    second = await save_assignment(ports, target, AssignTariffs(tariffs=("night", "day")))

    assert (first.earlier, second.tariffs) == ((), ("night", "day"))
    assert [(each.tariffs, each.since) for each in second.earlier] == [(("day",), first.assigned_at)]


async def test_what_held_before_is_bounded() -> None:
    ports = await a_world("day", "night")
    target = target_of(ports, "site", "/oslo")

    for number in range(MAX_EARLIER + 3):
        made = await save_assignment(ports, target, AssignTariffs(tariffs=(("day", "night")[number % 2],)))

    assert len(made.earlier) == MAX_EARLIER


async def test_a_tariff_that_is_not_there_is_named_by_its_place() -> None:
    ports = await a_world("day")

    with pytest.raises(Problem) as refused:
        await save_assignment(ports, target_of(ports, "site", "/oslo"), AssignTariffs(tariffs=("day", "gone")))

    assert refused.value.status == 422
    assert "tariffs[1]" in str(refused.value.errors)


async def test_what_was_removed_is_not_there_and_its_successor_says_since_when() -> None:
    ports = await a_world("day")
    target = target_of(ports, "site", "/oslo")
    await save_assignment(ports, target, AssignTariffs(tariffs=("day",)))

    await remove_assignment(ports, target.key)

    with pytest.raises(Problem) as refused:
        known_assignment(ports, target.key)
    assert refused.value.status == 404
    with pytest.raises(Problem):
        await remove_assignment(ports, target.key)
    again = await save_assignment(ports, target, AssignTariffs(tariffs=("day",)))
    assert isinstance(again, TariffAssigned)
    assert [each.tariffs for each in again.earlier] == [(), ("day",)]


async def test_pages_have_each_assignment_once_in_the_order_of_targets() -> None:
    ports = await a_world("day")
    for site in ("c", "a", "b"):
        await save_assignment(ports, target_of(ports, "site", f"/{site}"), AssignTariffs(tariffs=("day",)))

    first = await assignment_page(ports, cursor=None, limit=2)
    second = await assignment_page(ports, cursor=first.next_cursor, limit=2)

    assert [row.target for row in (*first.items, *second.items)] == [site_target(site, "") for site in "abc"]
    assert second.next_cursor is None

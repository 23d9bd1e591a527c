"""Tariffs: each change of what one says is a version, an id that was removed goes on counting, and lists have each once."""

import msgspec
import pytest

from services.api.fakes import World
from services.api.tariffs.rows import ProvisionTariff, Simulate
from services.api.tariffs.usecases import known_tariff, rate_by_version, remove_tariff, save_tariff, tariff_page
from services.api.web.problems import Problem

BODY = {"currency": "EUR", "elements": [{"price_components": [{"type": "ENERGY", "price": "0.5", "step_size": 1}]}]}


def body(**changes: object) -> ProvisionTariff:
    return msgspec.convert(BODY | changes, ProvisionTariff, strict=False)


async def test_a_tariff_that_says_something_else_is_a_new_version_and_the_same_again_is_none() -> None:
    ports = World().ports()

    await save_tariff(ports, "day", body())
    await save_tariff(ports, "day", body())
    await save_tariff(ports, "day", body(label="Day"))

    record = known_tariff(ports, "day")
    assert (record.current.version, record.current.label) == (2, "Day")
    assert [tariff.version for tariff in record.earlier] == [1]


async def test_versions_go_on_where_a_removed_tariff_comes_back() -> None:
    ports = World().ports()
    await save_tariff(ports, "day", body())
    await remove_tariff(ports, "day")
    with pytest.raises(Problem, match="No tariff") as refused:
        known_tariff(ports, "day")
    assert refused.value.status == 404

    await save_tariff(ports, "day", body())

    assert known_tariff(ports, "day").current.version == 2


async def test_pages_have_each_tariff_once_in_order() -> None:
    ports = World().ports()
    for tariff in ("c", "a", "e", "b", "d"):
        await save_tariff(ports, tariff, body())

    found: list[str] = []
    cursor = None
    while True:
        page = await tariff_page(ports, cursor=cursor, limit=2)
        found += [tariff.tariff for tariff in page.items]
        cursor = page.next_cursor
        if cursor is None:
            break

    assert found == ["a", "b", "c", "d", "e"]


@pytest.mark.parametrize(("given", "field"), [({"version": 7}, "version"), ({}, "session")])
async def test_a_version_or_a_session_that_is_not_there_is_named(given: dict[str, int], field: str) -> None:
    ports = World().ports()
    await save_tariff(ports, "day", body())

    with pytest.raises(Problem) as refused:
        await rate_by_version(ports, "day", Simulate(session="s9", **given))

    assert [error.field for error in refused.value.errors] == [field]

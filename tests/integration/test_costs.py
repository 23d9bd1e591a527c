"""The answers to a station contain the cost of its session once a tariff is assigned."""

import contextlib
import uuid
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from tests.integration.product import Product, eventually
from tests.integration.stations import DELIVERED_WH, READINGS_WH, START_WH, connected

pytestmark = pytest.mark.asyncio(loop_scope="package")

TARIFF = {"currency": "EUR", "elements": [{"price_components": [{"type": "ENERGY", "price": "0.50", "vat": "19"}]}]}
BILLED = 4.36
"""7.321 kWh at 0.50 are 3.6605; with 19 % VAT 4.355995."""


@contextlib.asynccontextmanager
async def default_tariff(api: httpx.AsyncClient) -> AsyncIterator[None]:
    """A tariff for whoever has no other."""
    assert (await api.put("/tariffs/costs", json=TARIFF)).is_success
    assert (await api.put("/tariff-assignments/default", json={"tariffs": ["costs"]})).is_success
    try:
        yield
    finally:
        assert (await api.delete("/tariff-assignments/default")).is_success
        assert (await api.delete("/tariffs/costs")).is_success


async def charged(url: str, version: str) -> Any:
    """A station after a whole session."""
    name = f"COSTS-{version.replace('.', '')}-{uuid.uuid4().hex[:6]}"
    async with connected(version, name, url) as station:
        assert await station.boot() == "Accepted"
        await station.start("04A2B3C4D5")
        for minute, register_wh in enumerate(READINGS_WH[:-1], start=1):
            await station.meter(minute, register_wh)
        await station.end(5, READINGS_WH[-1])
    return station


async def test_without_a_tariff_no_cost_is_said(product: Product) -> None:
    station = await charged(product.url, "2.1")

    assert (station.running_costs, station.total_cost) == ([None, None], None)


@pytest.mark.usecase("I02", "I03")
async def test_the_answer_to_the_end_says_what_was_billed(product: Product) -> None:
    assert DELIVERED_WH == READINGS_WH[-1] - START_WH == 7_321
    async with product.api() as api, default_tariff(api):

        async def told() -> Any:
            # billing hears of a new tariff a moment after the API has it
            station = await charged(product.url, "2.0.1")
            return station if station.total_cost is not None else None

        station = await eventually(told)
        later = await charged(product.url, "2.1")

    assert station.total_cost == BILLED
    assert station.running_costs == [None, None]
    assert later.total_cost == BILLED
    assert later.running_costs == [0.15, 1.49]

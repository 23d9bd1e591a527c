"""Sites on the running product, with simulated stations of all versions: from a charger's frame to the current that it draws.

Asserted by the ledger of currents that the stations and the buildings write, never by what the product says of itself.
"""

import time
from typing import Any

import pytest

from tests.integration.livingsites import excesses, full, living, within
from tests.integration.product import KEY, Product, eventually

pytestmark = pytest.mark.asyncio(loop_scope="package")


async def composite(product: Product, station: str, evse: int) -> float:
    """What an EVSE allows now, by its own word, in A."""
    async with product.api() as api:
        asked: dict[str, Any] = {"evse": evse, "duration_s": 60, "unit": "A"}
        answer = (await api.post(f"/stations/{station}/composite-schedule", json=asked)).json()
    return float(answer["schedule"]["periods"][0]["limit"])


async def test_cars_share_what_the_building_leaves_and_make_room_when_it_takes_more(product: Product) -> None:
    async with living(product.url, product.api_url, KEY) as sites:
        await eventually(lambda: full(sites), within_s=120)
        settled = time.time()
        for number, name in enumerate(sites.names):
            told = [await composite(product, sites.station_of(number), evse) for evse in (1, 2, 3)]
            assert all(6 <= amps < 32 for amps in told), (name, told)

        await sites.jump(0.4)
        assert not await within(sites)
        await eventually(lambda: within(sites))

        await sites.jump(-0.4)
        await eventually(lambda: full(sites), within_s=120)
        assert len({one.split(":")[0] for one in excesses(sites, settled)}) == 0

"""Battery swap on the running product, with a 2.1 station written by others: begun by the driver, and asked for from afar."""

import uuid
from typing import Any

import httpx
import pytest

from tests.integration.product import Product, eventually
from tests.integration.stations import connected

pytestmark = pytest.mark.asyncio(loop_scope="package")


def a_name() -> str:
    return f"SWAP-{uuid.uuid4().hex[:6]}"


async def known(api: httpx.AsyncClient, name: str) -> bool:
    answer = await api.get(f"/stations/{name}")
    return answer.is_success and bool(answer.json()["connected"])


async def swapped(api: httpx.AsyncClient, name: str) -> dict[str, Any]:
    async def there() -> dict[str, Any] | None:
        items = (await api.get("/battery-swaps", params={"station": name, "status": "swapped"})).json()["items"]
        return items[0] if items else None

    found: dict[str, Any] = await eventually(there)
    return found


@pytest.mark.usecase("S01", "S03", "S04", "S03.FR.01", "S03.FR.03")
async def test_a_swap_of_a_driver_is_joined_and_the_battery_charges_as_a_session(product: Product) -> None:
    name = a_name()
    async with connected("2.1", name, product.url) as station, product.api() as api:
        await station.boot()
        await eventually(lambda: known(api, name))
        old, new = f"{name}-old", f"{name}-new"
        assert await station.authorize("04A2B3C4D5") == "Accepted"
        await station.swaps("BatteryIn", 7, slot=1, serial=old, soc=12)
        await station.start("04A2B3C4D5")
        await station.swaps("BatteryOut", 7, slot=2, serial=new, soc=96)

        swap = await swapped(api, name)
        told = [[(one["serial_number"], one["soc"]) for one in swap[member]] for member in ("inserted", "taken")]
        assert told == [[(old, "12")], [(new, "96")]]

        async def slots() -> bool:
            items = (await api.get(f"/stations/{name}/battery-slots")).json()["items"]
            found = [(one["slot"], one["battery"] and one["battery"]["serial_number"]) for one in items]
            return found == [(1, old), (2, None)]

        await eventually(slots)

        async def history() -> bool:
            items = (await api.get(f"/batteries/{old}/events")).json()["items"]
            return [(one["event"], one["slot"]) for one in items] == [("BatteryIn", 1)]

        await eventually(history)

        async def charges() -> bool:
            items = (await api.get("/sessions", params={"station": name, "active": True})).json()["items"]
            return [one["evse"] for one in items] == [1]

        await eventually(charges)


@pytest.mark.usecase("S02", "S02.FR.02", "S02.FR.04")
async def test_a_swap_that_is_asked_for_has_the_messages_of_its_number(product: Product) -> None:
    name = a_name()
    async with connected("2.1", name, product.url) as station, product.api() as api:
        await station.boot()
        await eventually(lambda: known(api, name))
        token = f"04{uuid.uuid4().hex[:8].upper()}"
        await api.put(f"/tokens/{token}", json={})
        refused = (await api.post(f"/stations/{name}/battery-swaps", json={"token": token})).json()
        assert refused["command"]["outcome"] == "rejected"
        station.batteries = True

        asked = (await api.post(f"/stations/{name}/battery-swaps", json={"token": token})).json()

        assert asked["command"]["outcome"] == "accepted"
        swap = await swapped(api, name)
        assert (swap["swap"], swap["token"]) == (asked["command"]["command_id"], token)

        async def reason() -> bool:
            found = await api.get(f"/battery-swaps/{refused['command']['command_id']}")
            return found.is_success and found.json()["detail"] == "NoBatteryAvailable"

        await eventually(reason)

"""The device model on the running product, with stations written by others: read whole, read and written in parts."""

import uuid
from typing import Any

import httpx
import pytest

from tests.integration.product import Product, eventually
from tests.integration.stations import KINDS, connected

pytestmark = pytest.mark.asyncio(loop_scope="package")

LIGHT = {"1.6": "Light", "2.0.1": "Vendor.Light", "2.1": "Vendor.Light"}
HEARTBEAT = {
    "1.6": "HeartbeatInterval",
    "2.0.1": "OCPPCommCtrlr.HeartbeatInterval",
    "2.1": "OCPPCommCtrlr.HeartbeatInterval",
}
MESSAGES = {
    "1.6": ["ChangeConfiguration Light", "ChangeConfiguration HeartbeatInterval", "ChangeConfiguration No.Such"],
    "2.0.1": ["SetVariables 1", "SetVariables 1", "SetVariables 1"],
    "2.1": ["SetVariables 1", "SetVariables 1", "SetVariables 1"],
}


def a_name(version: str) -> str:
    return f"MODEL-{version.replace('.', '')}-{uuid.uuid4().hex[:6]}"


async def values(api: httpx.AsyncClient, station: str) -> dict[str, str | None]:
    listed = await api.get(f"/stations/{station}/variables", params={"limit": 500})
    return {one["key"]: one["value"] for one in listed.json()["items"]} if listed.is_success else {}


async def read_whole(api: httpx.AsyncClient, station: str, *keys: str) -> dict[str, str | None]:
    """Everything is read, and known."""

    async def known() -> bool:
        return (await api.get(f"/stations/{station}")).is_success

    await eventually(known)
    asked = await api.post(f"/stations/{station}/variables/read", json={})
    assert asked.json()["outcome"] == "accepted", asked.text

    async def there() -> dict[str, str | None] | None:
        found = await values(api, station)
        return found if set(keys) <= set(found) else None

    found: dict[str, str | None] = await eventually(there)
    return found


async def commanded(api: httpx.AsyncClient, station: str, command: str, **arguments: Any) -> dict[str, Any]:
    body = {"command": command, "arguments": arguments, "wait_s": 20}
    given: dict[str, Any] = (await api.post(f"/stations/{station}/commands", json=body)).json()
    return given


@pytest.mark.parametrize("version", KINDS)
@pytest.mark.usecase("B05", "B05.FR.11", "B07", "1.6:5.3", "1.6:5.8", "TC_B_09_CSMS", "TC_B_12_CSMS")
async def test_everything_is_read_in_the_way_of_the_version_and_what_is_written_is_known(
    product: Product, version: str
) -> None:
    name = a_name(version)
    async with connected(version, name, product.url) as station, product.api() as api:
        await station.boot()
        found = await read_whole(api, name, LIGHT[version], HEARTBEAT[version])
        assert (found[LIGHT[version]], found[HEARTBEAT[version]]) == ("5", "60")

        wanted = [(LIGHT[version], "7"), (HEARTBEAT[version], "61"), ("No.Such", "1")]
        told = await commanded(
            api, name, "SetConfiguration", settings=[{"key": key, "value": value} for key, value in wanted]
        )

        assert told["outcome"] == "partial"
        assert [item["status"] for item in told["items"]][:2] == ["Accepted", "Accepted"]
        assert station.heard == MESSAGES[version]

        async def written() -> bool:
            now = await values(api, name)
            return (now[LIGHT[version]], now[HEARTBEAT[version]]) == ("7", "61")

        await eventually(written)

        async def told_before() -> bool:
            history = await api.get(f"/stations/{name}/variables/history", params={"key": LIGHT[version]})
            return [one["value"] for one in history.json()["items"]] == ["7", "5"]

        await eventually(told_before)


@pytest.mark.parametrize("version", ["2.0.1", "2.1"])
@pytest.mark.usecase("B06", "B06.FR.05", "TC_B_06_CSMS")
async def test_no_more_is_read_in_one_message_than_the_station_reported(product: Product, version: str) -> None:
    name = a_name(version)
    async with connected(version, name, product.url) as station, product.api() as api:
        await station.boot()
        await read_whole(api, name, "DeviceDataCtrlr.ItemsPerMessage[GetVariables]", LIGHT[version])
        keys = [LIGHT[version], HEARTBEAT[version], "DeviceDataCtrlr.ItemsPerMessage[GetVariables]"]

        told = await commanded(api, name, "GetConfiguration", settings=[{"key": key} for key in keys])

        assert station.heard == ["GetVariables 2", "GetVariables 1"]
        assert (told["outcome"], len(told["response"]["getVariableResult"])) == ("accepted", 3)


@pytest.mark.usecase("B07")
async def test_what_a_whole_report_names_no_more_is_gone(product: Product) -> None:
    name = a_name("2.1")
    async with connected("2.1", name, product.url) as station, product.api() as api:
        await station.boot()
        await read_whole(api, name, LIGHT["2.1"])
        del station.variables["Vendor", "Light", ""]

        await api.post(f"/stations/{name}/variables/read", json={})

        async def gone() -> bool:
            return LIGHT["2.1"] not in await values(api, name)

        await eventually(gone)

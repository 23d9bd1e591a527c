"""Monitors and events on the running product, with stations written by others."""

import uuid
from typing import Any

import httpx
import pytest

from tests.integration.product import Product, eventually
from tests.integration.stations import connected

pytestmark = pytest.mark.asyncio(loop_scope="package")

POWER = {"component": "EVSE", "variable": "Power", "type": "UpperThreshold", "value": "22000", "severity": 4}


def a_name(version: str) -> str:
    return f"WATCH-{version.replace('.', '')}-{uuid.uuid4().hex[:6]}"


async def commanded(api: httpx.AsyncClient, station: str, command: str, **arguments: Any) -> dict[str, Any]:
    async def known() -> bool:
        return (await api.get(f"/stations/{station}")).is_success

    await eventually(known)
    body = {"command": command, "arguments": arguments, "wait_s": 20}
    given: dict[str, Any] = (await api.post(f"/stations/{station}/commands", json=body)).json()
    return given


async def listed(api: httpx.AsyncClient, station: str, what: str) -> list[dict[str, Any]]:
    answer = await api.get(f"/stations/{station}/{what}")
    items: list[dict[str, Any]] = answer.json()["items"] if answer.is_success else []
    return items


@pytest.mark.usecase("N02", "N04", "N06")
@pytest.mark.parametrize("version", ["2.0.1", "2.1"])
async def test_a_monitor_is_set_reported_and_cleared(product: Product, version: str) -> None:
    name = a_name(version)
    async with connected(version, name, product.url) as station, product.api() as api:
        await station.boot()

        assert (await commanded(api, name, "SetVariableMonitoring", monitors=[POWER]))["outcome"] == "accepted"
        assert (await commanded(api, name, "GetMonitoringReport"))["outcome"] == "accepted"

        async def reported() -> bool:
            found = await listed(api, name, "monitors")
            return [(one["monitor_id"], one["key"], one["value"]) for one in found] == [(1, "EVSE.Power", "22000")]

        await eventually(reported)
        cleared = await commanded(api, name, "ClearVariableMonitoring", ids=[1, 9])
        assert (cleared["outcome"], [item["status"] for item in cleared["items"]]) == (
            *("accepted", ["Accepted", "NotFound"]),
        )
        assert station.monitors == {}


@pytest.mark.usecase("N07", "G01", "2.1:G01")
@pytest.mark.parametrize("version", ["2.0.1", "2.1"])
async def test_an_event_is_listed_and_one_of_availability_is_the_state_of_its_connector(
    product: Product, version: str
) -> None:
    name = a_name(version)
    async with connected(version, name, product.url) as station, product.api() as api:
        await station.boot()

        await station.tells_event("Connector", "AvailabilityState", "Faulted")

        async def there() -> bool:
            found = await listed(api, name, "variable-events")
            return [(one["key"], one["value"]) for one in found] == [("Connector@1:1.AvailabilityState", "Faulted")]

        async def faulted() -> bool:
            told = (await api.get(f"/stations/{name}")).json()
            return "Faulted" in [each["status"] for each in told["connectors"]]

        await eventually(there)
        await eventually(faulted)


async def test_1_6_has_no_monitors(product: Product) -> None:
    name = a_name("1.6")
    async with connected("1.6", name, product.url) as station, product.api() as api:
        await station.boot()

        assert (await commanded(api, name, "SetVariableMonitoring", monitors=[POWER]))["outcome"] == "unsupported"

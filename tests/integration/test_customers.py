"""Customer information on the running product: told in parts, read by the report's id, in no log; cleared, with the local list."""

import uuid
from typing import Any

import httpx
import pytest

from tests.integration.product import Product, eventually
from tests.integration.stations import KINDS, connected

pytestmark = pytest.mark.asyncio(loop_scope="package")

V2X = [version for version in KINDS if version != "1.6"]


async def known(api: httpx.AsyncClient, name: str) -> bool:
    answer = await api.get(f"/stations/{name}")
    return answer.is_success and bool(answer.json()["connected"])


async def asked(api: httpx.AsyncClient, station: str, **arguments: Any) -> str:
    body = {"command": "CustomerInformation", "arguments": arguments, "wait_s": 10}
    answer = await api.post(f"/stations/{station}/commands", json=body)
    assert answer.json()["outcome"] == "accepted", answer.text
    return str(answer.json()["command_id"])


async def texts(api: httpx.AsyncClient, report: str, number: int) -> list[str] | None:
    answer = await api.get(f"/reports/{report}/parts")
    parts = answer.json().get("items", []) if answer.is_success else []
    return [part["content"]["data"] for part in parts] if len(parts) == number else None


@pytest.mark.parametrize("version", V2X)
@pytest.mark.usecase("N09", "N09.FR.05", "N10", "N10.FR.02", "N10.FR.06")
async def test_what_a_station_keeps_of_a_customer_is_told_and_cleared_and_stands_in_no_log(
    product: Product, version: str
) -> None:
    name = f"KEEPS-{version.replace('.', '')}-{uuid.uuid4().hex[:6]}"
    token = f"T-{uuid.uuid4().hex[:8]}".upper()
    async with connected(version, name, product.url) as station, product.api() as api:
        await station.boot()
        await eventually(lambda: known(api, name))
        await api.put(f"/tokens/{token}", json={"group": name})
        await api.put(f"/stations/{name}/local-list", json={"tokens": "chosen", "groups": [name]})

        async def listed() -> bool:
            return token in station.local_list

        await eventually(listed)
        told = await asked(api, name, token=token)
        assert await eventually(lambda: texts(api, told, 2)) == ["Jane", " Doe"]

        cleared = await asked(api, name, token=token, report=False, clear=True)
        await api.delete(f"/tokens/{token}")

        assert await eventually(lambda: texts(api, cleared, 1)) == ["cleared"]

        async def gone() -> bool:
            return token not in station.local_list

        await eventually(gone)

        async def logged() -> str | None:
            frames = (await api.get(f"/stations/{name}/frames", params={"action": "NotifyCustomerInformation"})).text
            return frames if frames.count("NotifyCustomerInformation") >= 3 else None

        assert "Jane" not in await eventually(logged)
        for path in ("/exchanges", "/exchanges/export"):
            exchanges = (await api.get(path, params={"station": name})).text
            assert "NotifyCustomerInformation" in exchanges
            assert "Jane" not in exchanges

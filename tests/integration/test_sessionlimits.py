"""Prepaid tokens and limits on the running product: told to those who keep to them, stopped in time at all others."""

import asyncio
import uuid
from decimal import Decimal
from typing import Any

import httpx
import pytest

from tests.integration.product import Product, eventually
from tests.integration.stations import KINDS, START_WH, connected
from tests.integration.test_costs import default_tariff

pytestmark = pytest.mark.asyncio(loop_scope="package")

WITHIN_S = 30


def fresh(what: str, version: str) -> str:
    return f"{what}-{version.replace('.', '')}-{uuid.uuid4().hex[:6]}".upper()


async def known(api: httpx.AsyncClient, name: str) -> bool:
    answer = await api.get(f"/stations/{name}")
    return answer.is_success and bool(answer.json()["connected"])


async def topped_up(api: httpx.AsyncClient, token: str, amount: str) -> Decimal:
    answer = await api.post(f"/tokens/{token}/top-ups", json={"amount": amount, "currency": "EUR"})
    assert answer.status_code == 200, answer.text
    return Decimal(answer.json()["left"])


async def left(api: httpx.AsyncClient, token: str) -> Decimal:
    return Decimal((await api.get(f"/tokens/{token}")).json()["credit"]["left"])


async def limited(api: httpx.AsyncClient, token: str, status: str) -> dict[str, Any]:
    async def there() -> dict[str, Any] | None:
        items = (await api.get("/session-limits", params={"token": token, "status": status})).json()["items"]
        return items[0] if items else None

    found: dict[str, Any] = await eventually(there)
    return found


@pytest.mark.parametrize("version", KINDS)
@pytest.mark.usecase("C17", "C17.FR.02", "E16", "1.6:4.1")
async def test_a_prepaid_session_is_stopped_when_its_credit_is_spent_and_its_bill_is_taken_off(
    product: Product, version: str
) -> None:
    name, token = fresh("PREPAID", version), fresh("PP", version)[:20]
    async with connected(version, name, product.url) as station, product.api() as api, default_tariff(api):
        await station.boot()
        assert (await api.put(f"/tokens/{token}", json={"prepaid": "EUR"})).is_success
        assert await station.authorize(token) == ("Blocked" if version == "1.6" else "NoCredit")
        assert await topped_up(api, token, "1.00") == 1
        assert await station.authorize(token) == "Accepted"

        await station.start(token)
        await station.meter(1, START_WH + 250)
        await limited(api, token, "watched")
        assert not station.stop_asked.is_set()
        await station.meter(2, START_WH + 2_500)
        await asyncio.wait_for(station.stop_asked.wait(), WITHIN_S)
        await station.end(3, START_WH + 2_500)

        over = await limited(api, token, "stopped")
        assert (over["reached"], over["attempts"], Decimal(over["max_cost"])) == ("cost", 1, 1)

        async def charged() -> bool:
            return await left(api, token) == Decimal("-0.49")

        await eventually(charged)
        assert await station.authorize(token) == ("Blocked" if version == "1.6" else "NoCredit")

        async def history() -> bool:
            changes = (await api.get(f"/tokens/{token}/credit-changes")).json()["items"]
            told = [(each["cause"], Decimal(each["amount"])) for each in changes]
            return told == [("bill", Decimal("-1.49")), ("top-up", Decimal(1))]

        await eventually(history)
        assert await topped_up(api, token, "5") == Decimal("4.51")
        assert await station.authorize(token) == "Accepted"


@pytest.mark.usecase("E16", "E16.FR.02", "E16.FR.12", "C23")
async def test_a_2_1_station_that_keeps_to_limits_is_told_once_for_each_change(product: Product) -> None:
    name, token = fresh("KEEPS", "2.1"), fresh("LIM", "2.1")
    async with connected("2.1", name, product.url) as station, product.api() as api:
        station.variables["TxCtrlr", "SupportedLimits", ""] = "maxEnergy,maxTime"
        await station.boot()
        await eventually(lambda: known(api, name))
        read = await api.post(
            f"/stations/{name}/commands", json={"command": "GetBaseReport", "arguments": {}, "wait_s": 20}
        )
        assert read.is_success, read.text
        limits = {"max_energy_wh": "5000", "max_soc_percent": 80}
        assert (await api.put(f"/tokens/{token}", json={"limits": limits})).is_success

        async def supported() -> bool:
            answer = await api.get(f"/stations/{name}/variables")
            return any(item["key"] == "TxCtrlr.SupportedLimits" for item in answer.json()["items"])

        await eventually(supported)
        await asyncio.sleep(1)
        await station.start(token)
        assert station.limits == [{"max_energy": 5000}]
        await station.meter(1, START_WH + 100)
        assert len(station.limits) == 1

        watched = await limited(api, token, "watched")
        raised = await api.post(
            f"/sessions/{watched['session']}/limit", json={"max_time_s": 7200, "reason": "asked for"}
        )
        assert raised.status_code == 200, raised.text
        await station.meter(2, START_WH + 200)
        assert station.limits[1:] == [{"max_energy": 5000, "max_time": 7200}]
        await station.end(3, START_WH + 300)
        assert (await limited(api, token, "kept"))["reached"] == ""


@pytest.mark.parametrize("version", KINDS)
@pytest.mark.usecase("E16", "F07")
async def test_an_operator_limits_the_energy_of_a_session_that_runs(product: Product, version: str) -> None:
    name = fresh("ORDERED", version)
    async with connected(version, name, product.url) as station, product.api() as api:
        await station.boot()
        await station.start("04A2B3C4D5")

        async def session() -> Any:
            items = (await api.get("/sessions", params={"station": name})).json()["items"]
            return items[0]["session"] if items else None

        found = await eventually(session)
        body = {"max_energy_wh": "2000", "reason": "enough"}
        assert (await api.post(f"/sessions/{found}/limit", json=body)).status_code == 200
        await station.meter(1, START_WH + 2_500)

        await asyncio.wait_for(station.stop_asked.wait(), WITHIN_S)
        await station.end(2, START_WH + 2_600)

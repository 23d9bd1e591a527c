"""One request reaches stations of every version, each in its own dialect, and its answer has the outcome of each."""

import contextlib
import uuid

import httpx
import pytest

from services.api.commands.fleetbodies import RAW_EXAMPLES
from tests.integration.product import Product, eventually
from tests.integration.stations import KINDS, connected

pytestmark = pytest.mark.asyncio(loop_scope="package")

ACTION = "SetChargingProfile"
LIMITED = f"{ACTION} 4000"


async def all_connected(api: httpx.AsyncClient, names: list[str]) -> bool:
    answers = [await api.get(f"/stations/{name}") for name in names]
    return all(answer.is_success and answer.json()["connected"] for answer in answers)


async def test_a_profile_reaches_every_version_through_one_request_and_only_once(product: Product) -> None:
    run = uuid.uuid4().hex[:6]
    names = {version: f"FLEET-{version.replace('.', '')}-{run}" for version in KINDS}
    body = {"stations": [*names.values(), "nobody"], "payloads": RAW_EXAMPLES[ACTION]["payloads"], "wait_s": 15}
    key = {"Idempotency-Key": run}
    async with contextlib.AsyncExitStack() as stack, product.api() as api:
        stations = {
            version: await stack.enter_async_context(connected(version, name, product.url))
            for version, name in names.items()
        }
        for station in stations.values():
            await station.boot()
        await eventually(lambda: all_connected(api, [*names.values()]))

        answer = await api.post(f"/ocpp/{ACTION}", json=body, headers=key)
        again = await api.post(f"/ocpp/{ACTION}", json=body, headers=key)
        reset = await api.post(
            "/commands", json={"stations": [*names.values()], "command": "Reset", "arguments": {"type": "OnIdle"}}
        )

        assert answer.status_code == 200, answer.text
        assert answer.json()["counts"] == {"accepted": len(KINDS), "unable": 1}
        assert again.json() == answer.json()
        assert reset.json()["counts"] == {"accepted": len(KINDS)}
        assert [station.heard[0] for station in stations.values()] == [LIMITED] * len(KINDS)
        assert [len(station.heard) for station in stations.values()] == [2] * len(KINDS)
        one = await api.get(f"/commands/{answer.json()['items'][0]['command_id']}")
        assert (one.json()["station"], one.json()["outcome"]) == (names["1.6"], "accepted")
        assert one.json()["response"] == {"status": "Accepted"}


async def test_a_station_that_is_away_gets_its_part_when_it_comes_back(product: Product) -> None:
    here, away = (f"FLEET-{word}-{uuid.uuid4().hex[:6]}" for word in ("HERE", "AWAY"))
    async with product.api() as api, connected("1.6", here, product.url) as station:
        await station.boot()
        async with connected("2.0.1", away, product.url) as other:
            await other.boot()
            await eventually(lambda: all_connected(api, [here, away]))

        async def gone() -> bool:
            return not await all_connected(api, [away])

        await eventually(gone)
        body = {"stations": [here, away], "payloads": RAW_EXAMPLES[ACTION]["payloads"], "wait_s": 2}
        answer = await api.post(f"/ocpp/{ACTION}", json=body)
        pending = {item["station"]: item["command_id"] for item in answer.json()["items"]}[away]
        async with connected("2.0.1", away, product.url) as back:
            await back.boot()

            async def accepted() -> bool:
                return (await api.get(f"/commands/{pending}")).json()["outcome"] == "accepted"

            await eventually(accepted)

    assert answer.status_code == 202
    assert answer.json()["counts"] == {"accepted": 1, "pending": 1}
    assert station.heard == back.heard == [LIMITED]

"""Local lists on the running product, with stations written by others: sent, changed with the tokens, sent again after a loss."""

import uuid
from typing import Any

import httpx
import pytest

from tests.integration.product import Product, eventually
from tests.integration.stations import KINDS, connected

pytestmark = pytest.mark.asyncio(loop_scope="package")


def a_name(version: str) -> str:
    return f"LISTS-{version.replace('.', '')}-{uuid.uuid4().hex[:6]}"


async def known(api: httpx.AsyncClient, name: str) -> bool:
    answer = await api.get(f"/stations/{name}")
    return answer.is_success and bool(answer.json()["connected"])


async def in_step(api: httpx.AsyncClient, name: str, entries: int) -> dict[str, Any] | None:
    told: dict[str, Any] = (await api.get(f"/stations/{name}/local-list")).json()["list"]
    return told if (told["status"], told["known"]) == ("in-step", entries) else None


@pytest.mark.parametrize("version", KINDS)
@pytest.mark.usecase("C13", "C14", "D01", "D01.FR.16", "D01.FR.17", "D02", "1.6:5.10", "1.6:5.15")
@pytest.mark.usecase("TC_D_02_CSMS", "TC_D_03_CSMS", "TC_D_08_CSMS")
async def test_a_stations_list_follows_its_rule_and_the_tokens_and_outlives_a_loss(
    product: Product, version: str
) -> None:
    name = a_name(version)
    group = name[-12:]
    tokens = [f"{group}-{n}" for n in range(3)]
    async with connected(version, name, product.url) as station, product.api() as api:
        await station.boot()
        await eventually(lambda: known(api, name))
        for token in tokens:
            assert (await api.put(f"/tokens/{token}", json={"group": group})).is_success
        ruled = await api.put(f"/stations/{name}/local-list", json={"tokens": "chosen", "groups": [group]})
        assert ruled.is_success, ruled.text
        await eventually(lambda: in_step(api, name, 3))
        assert station.local_list == dict.fromkeys((token.upper() for token in tokens), "Accepted")

        await api.put(f"/tokens/{tokens[0]}", json={"group": group, "status": "Blocked"})
        await api.delete(f"/tokens/{tokens[1]}")
        await eventually(lambda: in_step(api, name, 2))
        assert station.local_list == {tokens[0].upper(): "Blocked", tokens[2].upper(): "Accepted"}
        assert await station.authorize(tokens[0]) == "Blocked"

        station.local_list, station.list_version = {}, 0
        assert (await api.post(f"/stations/{name}/local-list/sync")).status_code == 202

        async def has_it() -> bool:
            return len(station.local_list) == 2

        await eventually(has_it)
        told = await eventually(lambda: in_step(api, name, 2))
        assert told["station_version"] == told["version"] == station.list_version

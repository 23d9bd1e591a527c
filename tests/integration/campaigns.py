"""Firmware campaigns through the API of a running product: start one, follow it, read its stations."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from typing import Any

import httpx

from tests.integration.product import eventually
from tests.integration.wallboxes import NEW, Wallbox

FIRMWARE = {"version": NEW, "location": f"https://example.com/k1-{NEW}.bin", "vendor": "Kabel", "models": ["K1"]}

HISTORY_WITHIN_S = 60


async def begun(api: httpx.AsyncClient, stations: list[Wallbox], *, within_s: float = 60, **asked: Any) -> str:
    """The URL of a campaign over these stations, begun once all of them are there."""
    names = [station.name for station in stations]
    body = {"name": "spring", "firmware": FIRMWARE, "targets": {"stations": names}} | asked

    async def all_online() -> bool:
        draft = (await api.post("/firmware-campaigns", params={"dry_run": True}, json=body)).json()
        return draft["stations"] == len(names) and all(one["connected"] for one in draft["included"])

    await eventually(all_online, within_s=within_s, every_s=0.5)
    answer = await api.post("/firmware-campaigns", json=body)
    assert answer.status_code == 201, answer.text
    return f"/firmware-campaigns/{answer.json()['campaign']}"


async def seen(api: httpx.AsyncClient, url: str) -> dict[str, Any] | None:
    """The campaign; where too many failures have halted it, the operator goes on."""
    answer = await api.get(url)
    if not answer.is_success:
        return None
    campaign: dict[str, Any] = answer.json()
    if campaign["status"] == "halted":
        assert "failed" in campaign["reason"]
        await api.post(f"{url}/resume")
    return campaign


async def finished(api: httpx.AsyncClient, url: str) -> dict[str, Any] | None:
    """The campaign once it is over."""
    campaign = await seen(api, url)
    return campaign if campaign is not None and campaign["status"] == "finished" else None


async def rows(api: httpx.AsyncClient, url: str, counts: dict[str, int]) -> list[dict[str, Any]]:
    """Every station's update, once ClickHouse has the last: in the states that the campaign counts."""
    deadline = asyncio.get_running_loop().time() + HISTORY_WITHIN_S
    while True:
        found = [row async for row in _pages(api, url)]
        states = Counter(row["state"] for row in found)
        if states == counts:
            return found
        assert asyncio.get_running_loop().time() < deadline, f"ClickHouse has {states}, the campaign counts {counts}"
        await asyncio.sleep(0.5)


async def _pages(api: httpx.AsyncClient, url: str) -> AsyncIterator[dict[str, Any]]:
    cursor = None
    while True:
        page = (await api.get(f"{url}/stations", params={"limit": 200} | ({"cursor": cursor} if cursor else {}))).json()
        for row in page["items"]:
            yield row
        cursor = page["next_cursor"]
        if cursor is None:
            return

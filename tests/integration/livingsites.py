"""Simulated sites beside the running product, and what their ledger of currents says. For integration and chaos tests."""

import asyncio
import contextlib
import uuid
from collections.abc import AsyncIterator
from typing import Any

import httpx

from loadtest.run.simulatedsites import SimulatedSites, SitesPlan

LIMIT_A = 50.0
TOLERATED = 1.01
FULL = 0.75
LOOKED_EVERY_S = 0.2
SHORT_S = 5.0
"""A site may be above its limit for so long, where something jumped or a station obeys late."""


@contextlib.asynccontextmanager
async def living(url: str, api_url: str, key: str, **changes: Any) -> AsyncIterator[SimulatedSites]:
    """Sites of all versions, of three EVSEs each that could draw twice what the grid connection has; removed afterwards."""
    told = {
        "prefix": f"SITE{uuid.uuid4().hex[:6]}".upper(),
        "sites": 3,
        "evses": 3,
        "limit_a": LIMIT_A,
        "latency_s": 0.5,
    }
    sites = SimulatedSites(SitesPlan(urls=(url,), api=api_url, key=key, **{**told, **changes}))
    await sites.provision()
    living = asyncio.create_task(sites.run())
    try:
        yield sites
    finally:
        living.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await living
        sites.close()
        async with httpx.AsyncClient(headers={"Authorization": f"Bearer {key}"}, timeout=30) as api:
            for name in sites.names:
                await api.delete(f"{api_url}/api/v1/sites/{name}")


async def full(sites: SimulatedSites) -> bool:
    """Every site uses most of its limit now."""
    return all(is_full(sites, name) for name in sites.names)


def is_full(sites: SimulatedSites, name: str) -> bool:
    """The site uses most of its limit now."""
    return max(sites.load_a(name).values()) >= FULL * LIMIT_A


async def filled(sites: SimulatedSites, *, within_s: float = 120) -> None:
    """Wait until each site was full once: where cars come and go, not all are at the same time."""
    lacking = set(sites.names)
    async with asyncio.timeout(within_s):
        while lacking:
            lacking = {name for name in lacking if not is_full(sites, name)}
            await asyncio.sleep(LOOKED_EVERY_S)


async def within(sites: SimulatedSites) -> bool:
    """No site is above its limit now."""
    return all(max(sites.load_a(name).values()) <= TOLERATED * LIMIT_A for name in sites.names)


def excesses(sites: SimulatedSites, since: float) -> list[str]:
    """Where a line of a site was above its limit for longer than it may, from a moment on; in words."""
    return [
        f"{name}: {one.node} {one.line} carried up to {one.most_a:.1f} A of {one.limit_a:.0f} for {one.seconds:.1f} s"
        for name in sites.names
        for one in sites.above(name, since=since)
        if one.seconds > SHORT_S
    ]

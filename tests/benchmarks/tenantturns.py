"""What a noisy tenant costs another at the door of the API: `python -m tests.benchmarks.tenantturns`. Prints figures, asserts no time.

The application runs in this process over fakes; a list of stations takes 4 ms of CPU and 6 ms of waiting beside what the application
does. Tenant B asks for it every 0.1 s, in turns of some seconds: alone, beside tenant A that asks for 80 % of its quota, beside A that asks
for 20 times its quota over 32 connections; and the last again without turns, as if all that the quota lets in were begun at once. What is
measured is the CPU time that this process spends while B waits for its answer: whatever else the machine does, it is the work that stands
before B's.
"""

import argparse
import asyncio
import datetime as dt
import itertools
import time
from typing import Any

import msgspec

from schemas.operators import ApiKeyCreated, Scope
from schemas.tenants import Quotas, TenantProvisioned
from services.api.fakes import NOON, World
from services.api.http import create_app, door_of, quotas_of
from services.api.tenants.door import Door
from services.api.web.principals import digest_of
from tests.benchmarks.tenants import quantiles
from tests.services.api.conftest import client_of

PER_S, CONNECTIONS, B_EVERY_S = 20.0, 32, 0.1
WORK_S, WAIT_S = 0.004, 0.006
WITHOUT_TURNS = "the same without turns"
TURNS = {"alone": 0.0, "A within its quota": 0.8, "A at 20 times": 20.0, WITHOUT_TURNS: 20.0}


class Working:
    """Reads that take time."""

    def __init__(self, reads: Any) -> None:
        self._reads = reads

    def __getattr__(self, name: str) -> Any:
        return getattr(self._reads, name)

    async def stations(self, *args: Any, **given: Any) -> Any:
        """A list of stations."""
        until = time.process_time() + WORK_S / 2
        while time.process_time() < until:
            pass
        await asyncio.sleep(WAIT_S)
        until = time.process_time() + WORK_S / 2
        while time.process_time() < until:
            pass
        return await self._reads.stations(*args, **given)


def application(*, turns: bool) -> Any:
    """The API with two tenants, of which one has a quota."""
    world = World()
    for tenant in ("a", "b"):
        scope = Scope(tenants=(tenant,))
        world.bus.hold(ApiKeyCreated(key=tenant, digest=digest_of("s"), roles=("admin",), scope=scope, created_at=NOON))
    world.bus.hold(TenantProvisioned(tenant="a", quotas=Quotas(requests_per_s=PER_S), provisioned_at=NOON))
    ports, reads = world.ports(), Working(world.reads)
    changes: dict[str, Any] = {"reads": reads, "reads_within": lambda *_: reads}
    config = msgspec.structs.replace(ports.config, refused_after_s=1.0)
    ports = msgspec.structs.replace(ports, clock=lambda: dt.datetime.now(dt.UTC), config=config, **changes)
    quotas = quotas_of(ports)
    open_door = Door(at_once=1_000, waiting=1_000, presses=lambda _: False)
    return create_app(ports, quotas=quotas, door=door_of(ports, quotas) if turns else open_door)


async def turn(app: Any, times: float, seconds: float) -> list[float]:
    """B's CPU milliseconds beside A."""
    headers = [{"Authorization": f"Bearer vbk_{tenant}_s"} for tenant in ("a", "b")]
    async with client_of(app, headers=headers[0]) as a, client_of(app, headers=headers[1]) as b:
        noise = [asyncio.create_task(_asks(a, number, times)) for number in range(CONNECTIONS if times else 0)]
        await asyncio.sleep(2.5)
        found, until = [], time.monotonic() + seconds
        while time.monotonic() < until:
            began = time.process_time()
            assert (await b.get("/api/v1/stations?limit=20")).status_code == 200
            found.append((time.process_time() - began) * 1000)
            await asyncio.sleep(B_EVERY_S)
        for task in noise:
            task.cancel()
        await asyncio.gather(*noise, return_exceptions=True)
    return found


async def _asks(client: Any, number: int, times: float) -> None:
    every_s = CONNECTIONS / (times * PER_S)
    await asyncio.sleep(number / CONNECTIONS * every_s)
    for _ in itertools.count():
        began = time.monotonic()
        await client.get("/api/v1/stations?limit=20")
        await asyncio.sleep(max(0.0, every_s - (time.monotonic() - began)))


async def run(rounds: int, seconds: float) -> None:
    """Measure all turns, and print."""
    found: dict[str, list[float]] = {name: [] for name in TURNS}
    apps = {name: application(turns=name != WITHOUT_TURNS) for name in TURNS}
    for _, (name, times) in itertools.product(range(rounds), TURNS.items()):
        found[name] += await turn(apps[name], times, seconds)
    alone = quantiles(found["alone"])
    for name, times_ms in found.items():
        p50, p99 = quantiles(times_ms)
        ratios = f"{p50 / alone[0]:5.2f} x {p99 / alone[1]:5.2f} x"
        print(f"{name:24} n {len(times_ms):4} p50 {p50:6.1f} ms p99 {p99:6.1f} ms   {ratios}")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=5.0, help="of each turn")
    parser.add_argument("--rounds", type=int, default=4)
    given = parser.parse_args()
    asyncio.run(run(given.rounds, given.seconds))


if __name__ == "__main__":
    main()

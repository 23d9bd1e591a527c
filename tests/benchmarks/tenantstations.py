"""How much a tenant's stations slow another's on one gateway: `python -m tests.benchmarks.tenantstations`. Prints figures, asserts no time.

A gateway runs as a process of its own on the embedded bus. A station of tenant B sends a Heartbeat, which the gateway answers, and a
StatusNotification, which is answered when the bus has it, each every 0.1 s, in turns of some seconds: alone; beside stations of tenant A
that send 80 % of A's quota of messages; beside the same that send 20 times the quota; and beside these while the quota is lifted. A's
stations are a process of their own. The turns are repeated, so that what else the machine does falls on all of them. `A's records` are
those that A's stations put on the bus in a second: as many stand before B's on the partitions that both share, and wait there for services.
"""

import argparse
import asyncio
import datetime as dt
import itertools
import json
import multiprocessing
import os
import subprocess
import sys
import time
import urllib.request
from contextlib import suppress
from multiprocessing.synchronize import Event
from pathlib import Path
from typing import Any

from aiokafka import AIOKafkaProducer
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from deploy.local.bus import EmbeddedBus
from schemas.base import Record
from schemas.codec import encode
from schemas.routing import route
from schemas.stations import StationProvisioned
from schemas.tenants import Quotas, TenantProvisioned
from tests.benchmarks.tenants import ALONE, LIFTED, TURNS, WITHIN, quantiles
from tests.integration.product import free_ports

PER_S = 50.0
STATIONS = 8
OPEN_MOST = 16
B_EVERY_S = 0.1
LOCAL, STORED = "Heartbeat", "StatusNotification"
TICKS = os.sysconf("SC_CLK_TCK")


def payload(action: str) -> dict[str, Any]:
    """What a station sends."""
    if action == LOCAL:
        return {}
    now = dt.datetime.now(dt.UTC).isoformat()
    return {"timestamp": now, "connectorStatus": "Available", "evseId": 1, "connectorId": 1}


class Station:
    """A station of 2.0.1 that sends what it is told to."""

    def __init__(self, socket: ClientConnection) -> None:
        self._socket = socket
        self._numbers = itertools.count(1)
        self._open: dict[str, asyncio.Future[None]] = {}
        self._reading = asyncio.create_task(self._read())

    async def send(self, action: str) -> "asyncio.Future[None]":
        """Send a CALL; the future is done with its answer."""
        id_ = str(next(self._numbers))
        self._open[id_] = future = asyncio.get_running_loop().create_future()
        await self._socket.send(json.dumps([2, id_, action, payload(action)]))
        return future

    @property
    def waiting(self) -> int:
        """CALLs without an answer."""
        return len(self._open)

    async def _read(self) -> None:
        with suppress(ConnectionClosed):
            async for text in self._socket:
                self._open.pop(json.loads(text)[1]).set_result(None)


async def connected(url: str, name: str) -> Station:
    """A station that is connected."""
    return Station(await connect(f"{url}/{name}", subprotocols=["ocpp2.0.1"], ping_interval=None))  # type: ignore[list-item]


def noise(url: str, times: Any, answered: Any, over: Event) -> None:
    """Stations of tenant A: `times` the quota, each message due at its time, as far as `OPEN_MOST` of a station wait for their answers."""

    async def run() -> None:
        stations = [await connected(url, f"A-{number}") for number in range(STATIONS)]

        def count(_: "asyncio.Future[None]") -> None:
            answered.value += 1

        async def floods(station: Station, number: int) -> None:
            due = 0.0
            while not over.is_set():
                if not times.value:
                    due = 0.0
                    await asyncio.sleep(0.02)
                    continue
                every_s, now = STATIONS / (times.value * PER_S), time.monotonic()
                due = max(due, now - 1.0) + every_s if due else now + number / STATIONS * every_s
                await asyncio.sleep(max(0.0, due - now))
                if station.waiting < OPEN_MOST:
                    (await station.send(STORED)).add_done_callback(count)

        await asyncio.gather(*(floods(station, number) for number, station in enumerate(stations)))

    asyncio.run(run())


class Gateway:
    """The gateway's process, and the bus."""

    def __init__(self, bus: EmbeddedBus) -> None:
        port, self._admin = free_ports(2)
        self.url = f"ws://127.0.0.1:{port}/ocpp"
        flags = {
            "gateway": "gw-bench", "host": "127.0.0.1", "bus": "embedded", "bootstrap": bus.bootstrap, "port": port,
            "metrics-port": self._admin, "stations-unknown": "accept", "ping-timeout-s": 40,
        }  # fmt: skip
        arguments = [part for name, value in flags.items() for part in (f"--{name}", str(value))]
        self.process = subprocess.Popen([sys.executable, "-m", "gateway", *arguments], stderr=subprocess.DEVNULL)
        self._producer = AIOKafkaProducer(bootstrap_servers=bus.bootstrap)

    async def ready(self) -> None:
        """Wait until it listens."""
        await self._producer.start()
        while True:
            with suppress(OSError):
                if await asyncio.to_thread(self._asked):
                    return
            await asyncio.sleep(0.2)

    async def tells(self, *records: Record) -> None:
        """Provision, and leave the gateway time to read it."""
        for record in records:
            routed = route(record)
            await self._producer.send_and_wait(routed.topic, encode(record), key=routed.key, partition=routed.partition)
        await asyncio.sleep(1.5)

    def cpu_s(self) -> float:
        """CPU time of the process so far."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    async def close(self) -> None:
        """End it."""
        await self._producer.stop()
        self.process.kill()
        self.process.wait()

    def _asked(self) -> bool:
        with urllib.request.urlopen(f"http://127.0.0.1:{self._admin}/health/ready", timeout=20) as answer:
            return bool(answer.status == 200)


class Found:
    """B's times of a turn in ms; how long all its turns took, what of it was CPU of the gateway, and A's answered messages."""

    def __init__(self) -> None:
        self.times: dict[str, list[float]] = {LOCAL: [], STORED: []}
        self.seconds = self.cpu_s = self.answered = 0.0

    async def measure(self, station: Station, gateway: Gateway, answered: Any, seconds: float) -> None:
        """One turn."""
        began, cpu_s, before = time.monotonic(), gateway.cpu_s(), answered.value
        while time.monotonic() < began + seconds:
            for action in (LOCAL, STORED):
                sent = time.perf_counter()
                await (await station.send(action))
                self.times[action].append((time.perf_counter() - sent) * 1000)
                await asyncio.sleep(B_EVERY_S / 2)
        self.seconds += time.monotonic() - began
        self.cpu_s += gateway.cpu_s() - cpu_s
        self.answered += answered.value - before


def provisioned() -> list[Record]:
    """The stations of both tenants."""
    now = dt.datetime.now(dt.UTC)
    own = [StationProvisioned(station=f"A-{number}", tenant="a", provisioned_at=now) for number in range(STATIONS)]
    return [*own, StationProvisioned(station="B", tenant="b", provisioned_at=now)]


async def run(rounds: int, seconds: float) -> dict[str, Found]:
    """All turns."""
    bus = EmbeddedBus()
    gateway, context = Gateway(bus), multiprocessing.get_context("spawn")
    await gateway.ready()
    await gateway.tells(*provisioned())
    times, answered, over = context.Value("d", 0.0), context.Value("q", 0), context.Event()
    noisy = context.Process(target=noise, args=(gateway.url, times, answered, over), daemon=True)
    noisy.start()
    station, found = await connected(gateway.url, "B"), {turn: Found() for turn in TURNS}
    for _, turn in itertools.product(range(rounds), TURNS):
        quotas = Quotas(messages_per_s=None if turn == LIFTED else PER_S)
        await gateway.tells(TenantProvisioned(tenant="a", quotas=quotas, provisioned_at=dt.datetime.now(dt.UTC)))
        times.value = TURNS[turn]
        await asyncio.sleep(2.5)  # a quiet tenant has a burst
        await found[turn].measure(station, gateway, answered, seconds)
        times.value = 0.0
    over.set()
    noisy.join()
    await gateway.close()
    return found


def told(found: dict[str, Found]) -> None:
    """Print B's times, their ratio to those alone and to those beside an A within its quota, and what A did."""
    for action in (LOCAL, STORED):
        alone, within = quantiles(found[ALONE].times[action]), quantiles(found[WITHIN].times[action])
        for turn, each in found.items():
            p50, p99 = quantiles(each.times[action])
            ratios = (
                f"{p50 / alone[0]:5.2f} x {p99 / alone[1]:5.2f} x   {p50 / within[0]:5.2f} x {p99 / within[1]:5.2f} x"
            )
            print(
                f"B's {action:18} {turn:20} n {len(each.times[action]):5} p50 {p50:7.2f} ms p99 {p99:7.2f} ms   {ratios}"
            )
    for turn, each in found.items():
        share = 100 * each.cpu_s / each.seconds
        print(
            f"{turn:20} A's records {each.answered / each.seconds:6.1f}/s   CPU of the gateway {share:5.1f} % of a core"
        )


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=5.0, help="of each turn")
    parser.add_argument("--rounds", type=int, default=8)
    given = parser.parse_args()
    told(asyncio.run(run(given.rounds, given.seconds)))


if __name__ == "__main__":
    main()

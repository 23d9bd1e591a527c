"""How much a tenant's stations slow another's: `python -m tests.benchmarks.tenantstations --url URL --ocpp URL --key-file FILE`.

Prints figures, asserts no time. The product runs (`make up`). One station of tenant B sends a StatusNotification, which is answered when
Kafka has it, and an Authorize, which a service answers, each every 0.2 s, in turns of some seconds: alone; beside stations of tenant A that
send 80 % of A's quota of messages; beside the same that send 20 times the quota; and beside these while the quota is lifted. All are on one
gateway. A's stations are a process of their own, and half of their messages are of each of the two kinds. The turns are repeated, so that
what else the machine does falls on all of them. `lag` is the most records that any service was behind in a turn, looked at four times a
second: records of both tenants share partitions, so what A's stations send stands before what B's do.
"""

import argparse
import asyncio
import datetime as dt
import itertools
import json
import multiprocessing
import re
import time
import urllib.request
from collections.abc import Mapping
from contextlib import suppress
from multiprocessing.synchronize import Event
from pathlib import Path
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from tests.benchmarks.tenants import ALONE, BEYOND, LIFTED, TURNS, WITHIN, Client, Target, insist, quantiles

PER_S = 10.0
STATIONS = 8
OPEN_MOST = 16
CAUGHT_UP, CAUGHT_UP_WITHIN_S = 10, 60.0
B_EVERY_S = 0.2
STORED, DECIDED = "StatusNotification", "Authorize"
_LAG = re.compile(r"^voltbus_\w*lag\w*(?:\{[^}]*\})? ([0-9.e+]+)$", re.MULTILINE)


def payload(action: str) -> dict[str, Any]:
    """What a station sends."""
    if action == DECIDED:
        return {"idToken": {"idToken": "BENCHTOKEN", "type": "ISO14443"}}
    now = dt.datetime.now(dt.UTC).isoformat()
    return {"timestamp": now, "connectorStatus": "Available", "evseId": 1, "connectorId": 1}


class Station:
    """A station of 2.0.1 that boots, then sends what it is told to."""

    def __init__(self, socket: ClientConnection) -> None:
        self._socket = socket
        self._numbers = itertools.count(1)
        self._open: dict[str, asyncio.Future[None]] = {}
        self.answered = 0
        self._reading = asyncio.create_task(self._read())

    async def send(self, action: str, body: dict[str, Any]) -> "asyncio.Future[None]":
        """Send a CALL; the future is done with its answer."""
        id_ = str(next(self._numbers))
        self._open[id_] = future = asyncio.get_running_loop().create_future()
        await self._socket.send(json.dumps([2, id_, action, body]))
        return future

    async def boot(self) -> None:
        """Say who it is."""
        made = {"model": "Bench", "vendorName": "Bench"}
        await (await self.send("BootNotification", {"reason": "PowerUp", "chargingStation": made}))

    @property
    def waiting(self) -> int:
        """CALLs without an answer."""
        return len(self._open)

    async def _read(self) -> None:
        with suppress(ConnectionClosed):
            async for text in self._socket:
                kind, id_, *_ = json.loads(text)
                if kind == 2:
                    await self._socket.send(json.dumps([4, id_, "NotSupported", "", {}]))
                    continue
                self.answered += 1
                self._open.pop(id_).set_result(None)


async def _connected(ocpp: str, name: str) -> Station:
    station = Station(await connect(f"{ocpp}/{name}", subprotocols=["ocpp2.0.1"], ping_interval=None))  # type: ignore[list-item]
    await station.boot()
    return station


def noise(ocpp: str, times: Any, over: Event, counts: Any) -> None:
    """Stations of tenant A: `times` the quota, each message due at its time, as far as `OPEN_MOST` of a station wait for their answers."""

    async def run() -> None:
        stations = [await _connected(ocpp, f"BENCH-A-{number}") for number in range(STATIONS)]
        actions = itertools.cycle((STORED, DECIDED))

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
                    action = next(actions)
                    await station.send(action, payload(action))

        await asyncio.gather(*(floods(station, number) for number, station in enumerate(stations)))
        counts.put(sum(station.answered for station in stations))

    asyncio.run(run())


class Measured:
    """B's times of each turn in ms, and the greatest lag."""

    def __init__(self) -> None:
        self.times: dict[str, dict[str, list[float]]] = {turn: {STORED: [], DECIDED: []} for turn in TURNS}
        self.lag = dict.fromkeys(TURNS, 0.0)

    async def of(self, station: Station, turn: str, seconds: float) -> None:
        """Measure one turn."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            for action in (STORED, DECIDED):
                began = time.perf_counter()
                await (await station.send(action, payload(action)))
                self.times[turn][action].append((time.perf_counter() - began) * 1000)
                await asyncio.sleep(B_EVERY_S / 2)

    async def lags(self, metrics: str, turn: str) -> None:
        """Look at the lag until cancelled."""
        while True:
            self.lag[turn] = max(self.lag[turn], await asyncio.to_thread(lag_now, metrics))
            await asyncio.sleep(0.25)


def lag_now(metrics: str) -> float:
    """The greatest number of records that a service is behind."""
    with urllib.request.urlopen(metrics, timeout=30) as answer:
        return max(map(float, _LAG.findall(answer.read().decode())), default=0.0)


async def caught_up(metrics: str) -> None:
    """Wait until what the turn before left is done."""
    until = time.monotonic() + CAUGHT_UP_WITHIN_S
    await asyncio.sleep(1.0)
    while await asyncio.to_thread(lag_now, metrics) > CAUGHT_UP and time.monotonic() < until:
        await asyncio.sleep(0.5)


def prepared(operator: Client) -> None:
    """Stations of both tenants, and a token."""
    insist(operator, "/tokens/BENCHTOKEN", {"label": "Bench"})
    for name, tenant in [(f"BENCH-A-{number}", "bench-a") for number in range(STATIONS)] + [("BENCH-B", "bench-b")]:
        insist(operator, f"/stations/{name}", {"tenant": tenant})


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--url", default="http://127.0.0.1:8080")
    parser.add_argument("--ocpp", default="ws://127.0.0.1:9000/ocpp")
    parser.add_argument("--metrics", default="http://127.0.0.1:9101/metrics", help="of the services")
    parser.add_argument("--key-file", default=".voltbus/operator.key")
    parser.add_argument("--seconds", type=float, default=5.0, help="of each turn")
    parser.add_argument("--rounds", type=int, default=8)
    given = parser.parse_args()
    operator = Client(Target(given.url, Path(given.key_file).read_text().strip()))
    prepared(operator)
    context = multiprocessing.get_context("spawn")
    times, over, counts = context.Value("d", 0.0), context.Event(), context.Queue()
    noisy = context.Process(target=noise, args=(given.ocpp, times, over, counts), daemon=True)
    noisy.start()
    measured = asyncio.run(turns(given, operator, times))
    over.set()
    told(measured, counts.get())
    noisy.join()
    operator.close()
    operator.ask("DELETE", "/tenants/bench-a")


async def turns(given: argparse.Namespace, operator: Client, times: Any) -> Measured:
    """All turns."""
    found, station = Measured(), await _connected(given.ocpp, "BENCH-B")
    for _, turn in itertools.product(range(given.rounds), TURNS):
        quotas = {} if turn == LIFTED else {"messages_per_s": PER_S}
        await asyncio.to_thread(insist, operator, "/tenants/bench-a", {"quotas": quotas})
        await caught_up(given.metrics)
        times.value = TURNS[turn]
        await asyncio.sleep(2.0)
        looking = asyncio.create_task(found.lags(given.metrics, turn))
        await found.of(station, turn, given.seconds)
        looking.cancel()
        times.value = 0.0
    return found


def told(measured: Measured, answered: int) -> None:
    """Print B's times, their ratio to those alone and to those beside an A within its quota, and the lag."""
    for action in (STORED, DECIDED):
        found: Mapping[str, list[float]] = {turn: measured.times[turn][action] for turn in TURNS}
        alone, within = quantiles(found[ALONE]), quantiles(found[WITHIN])
        for turn in TURNS:
            p50, p99 = quantiles(found[turn])
            ratios = (
                f"{p50 / alone[0]:5.2f} x {p99 / alone[1]:5.2f} x   {p50 / within[0]:5.2f} x {p99 / within[1]:5.2f} x"
            )
            print(f"B's {action:18} {turn:20} n {len(found[turn]):5} p50 {p50:8.1f} ms p99 {p99:8.1f} ms   {ratios}")
    print(
        "most records behind:",
        ", ".join(f"{turn} {measured.lag[turn]:.0f}" for turn in (ALONE, WITHIN, BEYOND, LIFTED)),
    )
    print(f"A's stations were answered {answered} times")


if __name__ == "__main__":
    main()

"""How much a noisy tenant slows another: `python -m tests.benchmarks.tenants --url URL --key-file FILE`. Prints figures, asserts no time.

The product runs (`make up`, not a deployment whose stations are provisioned: half of the connected ones are given to each of two tenants).
Tenant B lists its stations and commands them, well within its quotas, in turns of some seconds: alone; beside tenant A that asks for 80 %
of its quotas; beside A that asks for 20 times its quotas over 32 connections; and beside the same A while its quotas are lifted, so that
only the rate of its key is left. A is a process of its own. The turns are repeated, so that what else the machine does falls on all of
them: the ratios of B's times beside A to its times alone, and to those beside an A that keeps to its quotas, are what can be compared
between machines.
"""

import argparse
import http.client
import itertools
import json
import multiprocessing
import statistics
import threading
import time
from collections import Counter
from collections.abc import Mapping
from multiprocessing.synchronize import Event
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

QUOTAS = {"requests_per_s": 20, "commands_per_minute": 300, "commands_in_flight": 20}
TIMES = 20
CONNECTIONS = 32
B_EVERY_S = 0.1
MODEST = 0.8
ALONE, WITHIN, BEYOND, LIFTED = "alone", "A within its quotas", "A at 20 times", "A without quotas"
TURNS = {ALONE: 0.0, WITHIN: MODEST, BEYOND: TIMES, LIFTED: TIMES}
"""The turns, with how many times its quotas A asks for."""


class Target(NamedTuple):
    """Where the API is, and with which key it is asked."""

    url: str
    key: str


class Client:
    """One kept connection."""

    def __init__(self, target: Target) -> None:
        parts = urlsplit(target.url)
        self._connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=60)
        self._headers = {"Authorization": f"Bearer {target.key}", "Content-Type": "application/json"}

    def close(self) -> None:
        """Leave the connection: the next request opens one."""
        self._connection.close()

    def ask(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> tuple[int, Any]:
        """The status and the body of an answer."""
        text = None if body is None else json.dumps(body)
        self._connection.request(method, f"/api/v1{path}", body=text, headers=self._headers)
        answer = self._connection.getresponse()
        told = answer.read()
        return answer.status, json.loads(told) if told and answer.status < 300 else None


def insist(client: Client, path: str, body: Mapping[str, Any]) -> None:
    """Have a PUT succeed, though the machine is busy."""
    for _ in range(20):
        client.close()  # the API has closed it meanwhile
        status, _ = client.ask("PUT", path, body)
        if status == 200:
            return
        time.sleep(1.0)
    raise SystemExit(f"PUT {path} is answered {status} again and again")


def command(client: Client, station: str) -> int:
    """Command a station and wait for the outcome; the status."""
    body = {"command": "TriggerMessage", "arguments": {"requested_message": "Heartbeat"}, "wait_s": 10}
    return client.ask("POST", f"/stations/{station}/commands", body)[0]


def noise(target: Target, stations: list[str], times: Any, over: Event, counts: Any) -> None:
    """Tenant A: `times` its quotas of requests and of commands, spread over its connections; 0: nothing."""
    once_per_s = QUOTAS["requests_per_s"] + QUOTAS["commands_per_minute"] / 60
    share = QUOTAS["commands_per_minute"] / 60 / (QUOTAS["requests_per_s"] + QUOTAS["commands_per_minute"] / 60)
    statuses: Counter[str] = Counter()

    def work(number: int) -> None:
        client, due, owed = Client(target), 0.0, number * share
        for station in itertools.cycle(stations):
            if over.is_set():
                return
            if not times.value:
                client.close()
                due = 0.0
                time.sleep(0.01)
                continue
            every_s = CONNECTIONS / (times.value * once_per_s)
            due = max(due, time.monotonic() - 1.0) + (every_s if due else number / CONNECTIONS * every_s + 1.0)
            time.sleep(max(0.0, due - time.monotonic()))
            owed += share
            if owed >= 1:
                owed -= 1
                statuses[f"commands {command(client, station)}"] += 1
            else:
                statuses[f"requests {client.ask('GET', '/stations?limit=20')[0]}"] += 1

    workers = [threading.Thread(target=work, args=(number,)) for number in range(CONNECTIONS)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    counts.put(dict(statuses))


def measured(client: Client, stations: list[str], seconds: float, found: Mapping[str, list[float]]) -> None:
    """Tenant B: one request and, each second time, one command every `B_EVERY_S`; their times in ms."""
    until = time.monotonic() + seconds
    for number, station in enumerate(itertools.cycle(stations)):
        began = time.perf_counter()
        status, _ = client.ask("GET", "/stations?limit=20")
        found["requests"].append((time.perf_counter() - began) * 1000)
        if status != 200:
            found["failed"].append(status)
        if number % 4 == 0:
            began = time.perf_counter()
            status = command(client, station)
            found["commands"].append((time.perf_counter() - began) * 1000)
            if status != 200:
                found["failed"].append(status)
        if time.monotonic() >= until:
            return
        time.sleep(B_EVERY_S)


def prepared(operator: Client) -> tuple[dict[str, str], dict[str, list[str]]]:
    """A key and the stations of each tenant."""
    listed = operator.ask("GET", "/stations?connected=true&limit=200")[1]["items"]
    names = sorted(each["station"] for each in listed)
    stations = {"a": names[::2], "b": names[1::2]}
    keys = {}
    for tenant, own in stations.items():
        for station in own:
            insist(operator, f"/stations/{station}", {"tenant": f"bench-{tenant}"})
        body = {"roles": ["operator"], "scope": {"tenants": [f"bench-{tenant}"]}, "note": "benchmark"}
        keys[tenant] = operator.ask("POST", "/api-keys", body)[1]["secret"]
    return keys, stations


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--url", default="http://127.0.0.1:8080")
    parser.add_argument("--key-file", default=".voltbus/operator.key")
    parser.add_argument("--seconds", type=float, default=5.0, help="of each turn")
    parser.add_argument("--rounds", type=int, default=8)
    parser.add_argument("--kept", action="store_true", help="leave out the turns in which A's quotas are lifted")
    given = parser.parse_args()
    turns = {turn: asked for turn, asked in TURNS.items() if turn != LIFTED or not given.kept}
    operator = Client(Target(given.url, Path(given.key_file).read_text().strip()))
    keys, stations = prepared(operator)
    time.sleep(2.0)  # ClickHouse has the stations' tenants a moment later
    context = multiprocessing.get_context("spawn")
    times, over, counts = context.Value("d", 0.0), context.Event(), context.Queue()
    noisy = context.Process(
        target=noise, args=(Target(given.url, keys["a"]), stations["a"], times, over, counts), daemon=True
    )
    noisy.start()
    client = Client(Target(given.url, keys["b"]))
    found: dict[str, dict[str, list[float]]] = {turn: {"requests": [], "commands": [], "failed": []} for turn in turns}
    measured(client, stations["b"], 3.0, {"requests": [], "commands": [], "failed": []})  # warm
    for _ in range(given.rounds):
        for turn, asked in turns.items():
            quotas = {} if turn == LIFTED else QUOTAS
            insist(operator, "/tenants/bench-a", {"quotas": quotas})
            times.value = asked
            time.sleep(2.0)
            client.close()
            measured(client, stations["b"], given.seconds, found[turn])
            times.value = 0.0
            time.sleep(2.0)
    over.set()
    told(found, counts.get())
    noisy.join()
    operator.close()
    operator.ask("DELETE", "/tenants/bench-a")


def told(found: Mapping[str, Mapping[str, list[float]]], statuses: Mapping[str, int]) -> None:
    """Print B's times, their ratio to those alone and to those beside an A within its quotas; then what A was answered."""
    for what in ("requests", "commands"):
        alone, within = quantiles(found[ALONE][what]), quantiles(found[WITHIN][what])
        for turn in found:
            p50, p99 = quantiles(found[turn][what])
            ratios = (
                f"{p50 / alone[0]:5.2f} x {p99 / alone[1]:5.2f} x   {p50 / within[0]:5.2f} x {p99 / within[1]:5.2f} x"
            )
            print(f"B's {what:9} {turn:20} n {len(found[turn][what]):5} p50 {p50:8.1f} ms p99 {p99:8.1f} ms   {ratios}")
    print(
        "B's answers other than 200:", {turn: Counter(found[turn]["failed"]) for turn in found if found[turn]["failed"]}
    )
    print("A was answered:", ", ".join(f"{name}: {number}" for name, number in sorted(statuses.items())))


def quantiles(times: list[float]) -> tuple[float, float]:
    """The median and the 99th percentile."""
    return statistics.median(times), statistics.quantiles(times, n=100)[98]


if __name__ == "__main__":
    main()

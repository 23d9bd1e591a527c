"""Stage: a load with its ledger and an operator's commands, around whatever happens; and what must hold afterwards."""

import asyncio
import base64
import contextlib
import itertools
import time
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import msgspec

from loadtest.proof.ledger import Entry, Found
from schemas.billing import CDRS
from schemas.codec import Decoder, UnknownRecord
from schemas.commands import OUTCOMES
from schemas.deadletters import DeadLettered
from schemas.transactions import METER_VALUES, SESSIONS, MeterValuesRecorded
from services.runtime.loop.deadletters import SHORT_VALUE
from tests.chaos import verdict
from tests.chaos.bus import Bus
from tests.chaos.cluster import CLICKHOUSE, DECIDERS, GATEWAYS, LONG, PROJECTION, Cluster
from tests.chaos.commander import Commander, uncommandable
from tests.chaos.load import Load

STATIONS = 60 if LONG else 24
API_WITHIN_S = 60
BILLS_WITHIN_S = 60
TARIFF = "chaos"
OUTCOMES_WITHIN_S = 60
_numbers = itertools.count(1)


class Stage:
    """One load. `marks` is where every topic ended when it began."""

    def __init__(self, cluster: Cluster, load: Load) -> None:
        self.cluster = cluster
        self.load = load
        self.bus = Bus(cluster.kafka.bootstrap)
        self.commander = Commander(cluster, load.names)
        self.marks: dict[Any, int] = {}
        self.poison: set[bytes] = set()
        self._begun = time.monotonic()

    def tell(self, what: str) -> None:
        """How far it is, for whoever reads the output of a run."""
        print(f"{time.monotonic() - self._begun:6.1f} s  {what}", flush=True)

    async def verify(self) -> None:
        """Every station charges and obeys, and then: nothing lost, nothing doubled, exact to the Wh, no lag, all alive."""
        self.tell("the fault is over")
        await self.load.all_charge()
        self.tell("every station charges")
        await self.commander.stop()
        stuck = await uncommandable(self.cluster, self.load.names)
        assert not stuck, f"uncommandable stations: {stuck}"
        self.tell("every station obeys")
        entries = await self.load.stop()
        self.tell("the load has ended")
        behind = await self.bus.caught_up()
        assert not behind, f"groups that lag behind: {behind}"
        self.tell("no lag")
        await self._compare(entries)
        assert not self.cluster.ended(), self.cluster.ended()

    async def _compare(self, entries: list[Entry]) -> None:
        assert entries
        changes = await self.records(SESSIONS)
        readings = [said for said in await self.records(METER_VALUES) if isinstance(said, MeterValuesRecorded)]
        told = [
            *verdict.of_ledger(entries),
            *verdict.of_snapshots(entries, changes),
            *verdict.of_readings(entries, readings),
            *await self._outcomes(),
            *await self._cdrs(entries),
            *await self._api(entries),
            *await self._bills(entries),
        ]
        assert not told, verdict.shown(told)
        letters = [letter for letter in await self.dead_letters() if not self._is_poison(letter)]
        assert not letters, verdict.shown([f"{each.service}, {each.topic}: {each.reason}" for each in letters])
        told_twice = len(changes) - len({change.id for change in changes})
        self.tell(
            f"{len(entries)} sessions, {len(changes)} snapshots ({told_twice} repeats), {len(readings)} readings, "
            f"{len(self.commander.taken)} commands taken, refused {dict(self.commander.refused)}; "
            f"longest silence {self.load.longest_silence_s:.1f} s, errors {dict(self.load.errors)}, "
            f"{dict(self.load.counts)}"
        )

    async def _outcomes(self) -> list[str]:
        deadline = asyncio.get_running_loop().time() + OUTCOMES_WITHIN_S
        while True:
            told = verdict.of_outcomes(self.commander.taken, await self.records(OUTCOMES))
            if not told or asyncio.get_running_loop().time() > deadline:
                return told
            await asyncio.sleep(0.5)

    async def _api(self, entries: list[Entry]) -> list[str]:
        deadline = asyncio.get_running_loop().time() + API_WITHIN_S
        while True:
            told = verdict.of_api(entries, await self._sessions(entries))
            if not told or asyncio.get_running_loop().time() > deadline:
                return told
            await asyncio.sleep(0.5)

    async def _cdrs(self, entries: list[Entry]) -> list[str]:
        deadline = asyncio.get_running_loop().time() + BILLS_WITHIN_S
        while True:
            told = verdict.of_cdrs(entries, await self.records(CDRS))
            if not told or asyncio.get_running_loop().time() > deadline:
                return told
            await asyncio.sleep(0.5)

    async def _bills(self, entries: list[Entry]) -> list[str]:
        """Compare the bills that the API exports with the ledger."""
        deadline = asyncio.get_running_loop().time() + API_WITHIN_S
        while True:
            told = verdict.of_bills(entries, await self._exported(), source="the API")
            if not told or asyncio.get_running_loop().time() > deadline:
                return told
            await asyncio.sleep(0.5)

    async def _exported(self) -> list[verdict.Bill]:
        stations = set(self.load.names)
        async with self.cluster.api() as api:
            answer = await api.get("/cdrs/export", params={"format": "jsonl", "tariff": TARIFF})
            assert answer.is_success, answer.text
        bills = (msgspec.json.decode(line, type=verdict.Bill) for line in answer.text.splitlines())
        return [bill for bill in bills if bill.station in stations]

    async def _sessions(self, entries: list[Entry]) -> list[Found]:
        stations = set(self.load.names)
        since = min(entry.started_at for entry in entries) - timedelta(seconds=1)
        found: list[Found] = []
        query: dict[str, str] = {"from": since.isoformat(), "limit": "500"}
        async with self.cluster.api() as api:
            while True:
                answer = await api.get("/sessions", params=query)
                assert answer.is_success, answer.text
                page = answer.json()
                found += msgspec.convert(page["items"], list[Found], strict=False)
                if not page.get("next_cursor"):
                    return [session for session in found if session.station in stations]
                query["cursor"] = page["next_cursor"]

    async def records(self, topic: Any) -> list[Any]:
        """The records on a topic since the stage began."""
        decoder = Decoder(topic)
        found = []
        for record in await self.bus.since(self.marks, [topic.name]):
            try:
                found.append(decoder.decode(record.value or b""))
            except UnknownRecord:
                assert (record.value or b"") in self.poison, f"nobody can read {record.value!r} on {topic.name}"
        return found

    async def dead_letters(self) -> list[DeadLettered]:
        """What was put aside since the stage began."""
        topics = [tp.topic for tp in self.marks if tp.topic.startswith("csms.dead.")]
        return [
            msgspec.json.decode(record.value, type=DeadLettered)
            for record in await self.bus.since(self.marks, topics)
            if (record.value or b"") not in self.poison
        ]

    def _is_poison(self, letter: DeadLettered) -> bool:
        said = base64.b64decode(letter.value) if letter.encoding == "base64" else letter.value.encode()
        return said in self.poison or any(each.startswith(said) for each in self.poison if len(said) == SHORT_VALUE)


@contextlib.asynccontextmanager
async def under_load(cluster: Cluster, *, ahead_s: float = -86_400.0) -> AsyncIterator[Stage]:
    """The cluster, whole, under a session load with commands beside; verified at the end."""
    await whole(cluster)
    load = Load(cluster.url, f"C{next(_numbers):03d}", stations=STATIONS, ahead_s=ahead_s)
    stage = Stage(cluster, load)
    stage.marks = await stage.bus.ends(await stage.bus.topics())
    try:
        await load.start(cluster.folder / f"load-{load.assignment.prefix}.log")
        stage.tell("under load")
        stage.commander.start()
        load.rest()
        yield stage
        await stage.verify()
    finally:
        await stage.commander.stop()
        load.abort()


CLOCKS = ("/compatibility/chaos", {"station": "C*", "rules": ["clock-jumps"]})


async def provisioned(cluster: Cluster) -> None:
    """Provision the tariff of all sessions, so much a Wh and nothing else; and that the stations' clocks show no time.

    A session of five minutes is told within a second, a day late: what an outage delays can look like a clock that is steadily wrong.
    """
    component = {"type": "ENERGY", "price": str(verdict.PRICE_PER_WH * 1000)}
    tariff = {"currency": "EUR", "elements": [{"price_components": [component]}]}
    async with cluster.api() as api:
        for path, body in (
            (f"/tariffs/{TARIFF}", tariff),
            ("/tariff-assignments/default", {"tariffs": [TARIFF]}),
            CLOCKS,
        ):
            answer = await api.put(path, json=body)
            assert answer.is_success, answer.text


async def whole(cluster: Cluster) -> None:
    """Bring the cluster to its usual shape, whatever happened before: two gateways, one worker of each service."""
    if not cluster.kafka.running:
        await asyncio.to_thread(cluster.kafka.start)
    cluster.balancer.mend()
    usual = {*GATEWAYS, *DECIDERS, CLICKHOUSE, PROJECTION}
    for name, process in list(cluster.running.items()):
        if not process.alive:
            del cluster.running[name]
        elif name in usual:
            cluster.wake(name)
    await cluster.stop(*(set(cluster.running) - usual))
    await cluster.start(*sorted(usual - set(cluster.running)))
    cluster.balancer.in_service = set(GATEWAYS)

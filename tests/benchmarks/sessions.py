"""What a charging session costs in pure code: `python -m tests.benchmarks.sessions [--version 2.0.1]`. Prints figures, asserts no time.

Stations charge one car after the other against everything that decides: the gateway's sessions and translation, and the cores of
the services with decoding, encoding and saving of states; Kafka, sockets and ClickHouse are left out. What the processes use
beside this is `python -m loadtest sessions --pid NAME=PID`.
"""

import argparse
import asyncio
import datetime as dt
import gc
import time
import uuid
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from random import Random
from typing import Any

import msgspec

from gateway.effects import Effect, Identity, Limits, Moment, Publish, Waiting, Write
from gateway.ocpp import translate
from gateway.session import Session
from loadtest.ocpp.messages import BEGIN, END, PERIODIC, Ended, Measured, Message, Started, Transaction
from loadtest.ocpp.versions import VERSIONS
from loadtest.run.sessions import CURVES, charged_after
from loadtest.station.curve import AC_3, Charged, Curve, Meter
from schemas.base import Due
from schemas.codec import Decoder, encode
from schemas.routing import route
from schemas.topics import DUE, GATEWAY
from services.nouns import STATEFUL, ServicesSettings, service_of
from services.runtime.bus.outgoing import Outgoing
from services.runtime.bus.reference import with_references
from services.runtime.loop.batch import Stepper
from services.runtime.loop.states import States

WARM_ROUNDS = 16
"""So many sessions of each station until its states are as large as they get."""

SAMPLES = 5
LIMITS = Limits(
    unanswered_calls=32, queued_commands=8, remembered_dispatches=16, decision_s=10.0, seen_interval_s=300.0
)
SETTINGS = ServicesSettings(stations_unknown="accept", tokens_unknown="accept")


class Entry(msgspec.Struct):
    """A record on the pretended bus."""

    topic: str
    key: bytes
    value: bytes
    partition: int = 0
    offset: int = 0


class Clock:
    """CPU seconds by part, of each round."""

    def __init__(self) -> None:
        self.rounds: dict[str, list[float]] = defaultdict(list)
        self._now: dict[str, float] = defaultdict(float)

    @contextmanager
    def of(self, part: str) -> Iterator[None]:
        began = time.thread_time()
        yield
        self._now[part] += time.thread_time() - began

    def turn(self) -> None:
        for part, seconds in self._now.items():
            self.rounds[part].append(seconds)
        self._now.clear()


class Store:
    """What a changelog has."""

    def __init__(self) -> None:
        self.values: dict[tuple[int, str], bytes] = {}

    def get_state(self, partition: int, key: str) -> bytes | None:
        return self.values.get((partition, key))

    def set_state(self, partition: int, key: str, value: bytes | None) -> None:
        self.values.pop((partition, key), None)
        if value is not None:
            self.values[partition, key] = value

    def items(self) -> Iterator[tuple[int, str, bytes]]:
        return ((partition, key, value) for (partition, key), value in self.values.items())

    async def send(self, messages: Sequence[Outgoing]) -> None:
        """As if Kafka had them."""


class Nothing:
    """Reference data of which nothing is provisioned."""

    def __init__(self, service: Any) -> None:
        self.records: dict[str, dict[str, Any]] = {topic.name: {} for topic in service.references}

    def changes(self, *_topics: Any) -> int:
        """None ever."""
        return 0


class Deciding:
    """One worker without its shell."""

    def __init__(self, service: Any) -> None:
        self.service = with_references(service, Nothing(service)) if service.references else service  # type: ignore[arg-type]
        self.store = Store()
        self.states = States(self.service, self.store, limit=5_000)
        self.topics = {topic.name for topic in service.inputs}
        self.wanted: dict[str, dt.datetime | None] = {}
        self.stepper = Stepper(
            service=self.service,
            decode=Decoder(*service.inputs, DUE).decode,
            load=self.states.load,
            missing_topic=lambda _: False,
        )

    def apply(self, entries: list[Entry]) -> list[Entry]:
        applied = self.stepper.apply(entries)
        assert not applied.dead, applied.dead
        self.states.put(applied.states)
        for (_, key), state in applied.states.items():
            self.wanted[key] = self.service.due(state)
        return [Entry(sent.routed.topic, sent.routed.key, sent.value) for sent in applied.outputs]

    def time_passes(self) -> list[Entry]:
        """Tell every key what it wanted to hear in time."""
        wanted = [(key, at) for key, at in self.wanted.items() if at is not None]
        return self.apply([Entry("", key.encode(), encode(Due(key=key, at=at, sent_at=at))) for key, at in wanted])


class Station:
    """One station with its connection and its meter."""

    def __init__(self, number: int, version: Any) -> None:
        self.name, self.token = f"S{number:05}", f"TOKEN{number:05}"
        self.random = Random(number)
        self.at = dt.datetime.now(dt.UTC) - dt.timedelta(hours=24)
        self.meter = Meter(outlet=AC_3, start_ws=self.random.randrange(10**6) * 3_600)
        self.session = Session(
            Identity(station=self.name, version=version, gateway="gw-0", epoch=number), LIMITS, translate
        )
        self.answer = b""
        self.curve: Curve = CURVES[0]
        self.transaction = Transaction(evse=1, token=self.token, transaction_id=None, meter_start_wh=0)


class World:
    """All stations and services, and what is on its way between them."""

    def __init__(self, version: Any, stations: int) -> None:
        self.dialect = VERSIONS[version].dialect
        self.clock = Clock()
        self.stations = {f"S{number:05}": Station(number, version) for number in range(stations)}
        self.services = [Deciding(service_of(name, SETTINGS)) for name in STATEFUL]
        self._decisions = Decoder(GATEWAY)
        self._bus: list[Entry] = []
        self._stored: list[tuple[Station, Waiting]] = []

    async def charge(self) -> None:
        """One session of every station."""
        for station in self.stations.values():
            station.curve = station.random.choice(CURVES)
            chosen = (
                str(uuid.UUID(int=station.random.getrandbits(128))) if self.dialect.chooses_transaction_id else None
            )
            station.transaction = Transaction(evse=1, token=station.token, transaction_id=chosen, meter_start_wh=0)
        self._call(lambda station: self.dialect.authorize(station.token))
        self._call(lambda station: self._fact(station, 0))
        for station in self.stations.values():
            started = self.dialect.started(msgspec.json.decode(station.answer, type=tuple[int, str, msgspec.Raw])[2])
            station.transaction.transaction_id = started.transaction_id or station.transaction.transaction_id
        for number in range(1, SAMPLES + 2):
            self._call(partial(self._fact, number=number))
        for station in self.stations.values():
            station.meter = station.meter.after(charged_after(station.curve, SAMPLES + 1))
            station.at += dt.timedelta(seconds=10 * (SAMPLES + 1) + 5)
        for service in self.services:
            with self.clock.of(service.service.name):
                self._bus += service.time_passes()
            with self.clock.of(f"{service.service.name}, saving"):
                await service.states.save(service.store)
        self._deliver()
        self.clock.turn()

    def _fact(self, station: Station, number: int) -> Message:
        at, seq_no = station.at + dt.timedelta(seconds=10 * number), station.transaction.seq_no()
        charged = charged_after(station.curve, number) if number else Charged()
        context = BEGIN if number == 0 else END if number == SAMPLES + 1 else PERIODIC
        sample = station.meter.sample(station.curve, charged, at=at, context=context)
        fact: Any = Measured(at=at, seq_no=seq_no, sample=sample)
        if number == 0:
            fact = Started(at=at, seq_no=seq_no, sample=sample, trigger="Authorized", authorized=True)
        if number == SAMPLES + 1:
            fact = Ended(at=at, seq_no=seq_no, sample=sample, reason="Local")
        message = self.dialect.fact(fact, station.transaction)
        assert message is not None
        return message

    def _call(self, make: Callable[[Station], Message]) -> None:
        """Every station says something, and is answered."""
        frames = []
        for station in self.stations.values():
            message, id_ = make(station), uuid.UUID(int=station.random.getrandbits(128))
            frames.append((station, f'[2,"{id_}","{message.action}",{message.encoded().decode()}]'))
            station.answer = b""
        with self.clock.of("gateway"):
            for station, frame in frames:
                self._carry_out(station, station.session.receive(frame, _now())[1])
            stored, self._stored = self._stored, []
            for station, waiting in stored:
                self._carry_out(station, station.session.on_stored(waiting, _now()))
        self._deliver()
        assert all(station.answer for station in self.stations.values())

    def _deliver(self) -> None:
        while self._bus:
            entries, self._bus = self._bus, []
            self._decide(entries)

    def _decide(self, entries: list[Entry]) -> None:
        with self.clock.of("gateway"):
            for entry in entries:
                if entry.topic.startswith("csms.gateway."):
                    decision: Any = self._decisions.decode(entry.value)
                    station = self.stations[decision.station]
                    self._carry_out(station, station.session.on_decision(decision, _now()))
        for service in self.services:
            mine = [entry for entry in entries if entry.topic in service.topics]
            with self.clock.of(service.service.name):
                self._bus += service.apply(mine)

    def _carry_out(self, station: Station, effects: list[Effect]) -> None:
        for effect in effects:
            if isinstance(effect, Write):
                station.answer = effect.frame
            elif isinstance(effect, Publish):
                for record in effect.records:
                    routed = route(record)
                    self._bus.append(Entry(routed.topic, routed.key, encode(record)))
                if effect.waiting is not None:
                    self._stored.append((station, effect.waiting))


def _now() -> Moment:
    return Moment(time.monotonic(), dt.datetime.now(dt.UTC))


async def measured(version: str, stations: int, rounds: int) -> World:
    """A world after so many sessions of each station."""
    world = World(version, stations)
    for _ in range(WARM_ROUNDS):
        await world.charge()
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)
    world.clock.rounds.clear()
    for _ in range(rounds):
        await world.charge()
    return world


def main() -> None:
    """Print microseconds of CPU a session, by part: the mean of the five quickest rounds."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--version", choices=list(VERSIONS), default="1.6")
    parser.add_argument("--stations", type=int, default=100)
    parser.add_argument("--rounds", type=int, default=20)
    asked = parser.parse_args()
    world = asyncio.run(measured(asked.version, asked.stations, asked.rounds))
    total_us = 0.0
    for part, seconds in sorted(world.clock.rounds.items()):
        quickest = sorted(seconds)[:5]
        each_us = sum(quickest) / len(quickest) / asked.stations * 1e6
        total_us += each_us
        print(f"{part:24} {each_us:7.0f} us a session")
    print(f"{'together':24} {total_us:7.0f} us a session")
    for service in world.services:
        states = list(service.store.values.values())
        if states:
            print(f"{service.service.name:24} {sum(map(len, states)) // len(states):7} bytes a state")


if __name__ == "__main__":
    main()

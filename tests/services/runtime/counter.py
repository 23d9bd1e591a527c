"""A tiny service for the contract of the runtime: adds up numbers per station, says each sum, and rings when asked to.

`python -m tests.services.runtime.counter NAME BUS BOOTSTRAP [acts|hosted]` runs it as a process that can be killed; with `acts`, stations
act on what it says; with `hosted`, two of them share the worker.
"""

import asyncio
import sys
from dataclasses import replace
from datetime import datetime
from typing import Any

import msgspec

from schemas.base import Due, Poison, Record, Timestamp, derived_id
from schemas.datatransfer import DataTransferred
from schemas.topic import Topic
from services.runtime.loop.hosting import build_host
from services.runtime.loop.service import Service
from services.runtime.loop.worker import StreamWorker
from services.runtime.process.running import configure_logging, run_workers, stop_on_signals
from services.runtime.process.settings import Settings

EPOCH = datetime.fromisoformat("2026-01-01T00:00:00+00:00")


class Added(Record, frozen=True, kw_only=True, tag="test-added"):
    """A number for a station; `number` counts from 1 per station, so that a repeat is recognised."""

    station: str
    number: int


class Refused(Record, frozen=True, kw_only=True, tag="test-refused"):
    """A record that the core cannot apply."""

    station: str


class RingAsked(Record, frozen=True, kw_only=True, tag="test-ring-asked"):
    """Ring at `at`."""

    station: str
    at: Timestamp


class Forgotten(Record, frozen=True, kw_only=True, tag="test-forgotten"):
    """Go back to the beginning."""

    station: str


class Broken(Record, frozen=True, kw_only=True, tag="test-broken"):
    """Shows a bug."""

    station: str


class Sum(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of one station."""

    test: str
    station: str
    last: int = 0
    total: int = 0
    ring_at: Timestamp | None = None


def topics(test: str) -> tuple[Topic, Topic]:
    """Two inputs of one test, keyed alike."""
    records = (Added, Refused, RingAsked, Forgotten, Broken)
    return tuple(  # type: ignore[return-value]
        Topic(name=f"csms.{test}-{part}", meaning="Of a test.", records=records) for part in ("a", "b")
    )


def said(state: Sum, what: str, *cause: str | int) -> DataTransferred:
    return DataTransferred(
        id=derived_id(state.test, state.station, *cause),
        station=state.station,
        vendor_id=state.test,
        message_id=what,
        data=msgspec.Raw(msgspec.json.encode(state.total)),
        received_at=EPOCH,
    )


def step(state: Sum, record: Record) -> tuple[Sum, list[Record]]:
    match record:
        case Added(number=number) if number <= state.last:
            return state, []
        case Added(number=number):
            after = msgspec.structs.replace(state, last=number, total=state.total + number)
            return after, [said(after, f"sum {number}", number)]
        case RingAsked(at=at):
            return msgspec.structs.replace(state, ring_at=at), []
        case Due(at=at) if state.ring_at == at:
            return msgspec.structs.replace(state, ring_at=None), [said(state, "ring", at.isoformat())]
        case Forgotten():
            return Sum(test=state.test, station=state.station), [said(state, "forgotten", "forgotten")]
        case Refused():
            raise Poison("refused as asked")
        case Broken():
            raise ZeroDivisionError("broken as asked")
    return state, []


def service(test: str) -> Service[Sum]:
    """The service of one test."""
    return Service(
        name=test,
        inputs=topics(test),
        state=Sum,
        initial=lambda key: Sum(test=test, station=key),
        step=step,
        due=lambda state: state.ring_at,
    )


def hosted_pair(test: str) -> tuple[Service[Sum], Service[Sum]]:
    """Two services for one worker: `-one` reads both topics and refuses nothing, `-two` reads the first alone."""

    def mild(state: Sum, record: Record) -> tuple[Sum, list[Record]]:
        return (state, []) if isinstance(record, Refused) else step(state, record)

    one, two = f"{test}-one", f"{test}-two"
    return (
        replace(service(test), name=one, initial=lambda key: Sum(test=one, station=key), step=mild),
        replace(service(test), name=two, initial=lambda key: Sum(test=two, station=key), inputs=topics(test)[:1]),
    )


def settings(bus: str, bootstrap: str) -> Settings:
    """Short timeouts, so that a killed worker's partitions move soon."""
    return Settings(bootstrap=bootstrap, bus=bus, session_timeout_s=3.0, batch_records=100, metrics_port=0)  # type: ignore[arg-type]


async def main(test: str, bus: str, bootstrap: str, *kinds: str) -> None:
    configure_logging()
    stop = asyncio.Event()
    stop_on_signals(stop)
    chosen = settings(bus, bootstrap)
    runs: Service[Any] = replace(service(test), acts=(DataTransferred,) if "acts" in kinds else ())
    if "hosted" in kinds:
        runs = build_host(test, hosted_pair(test))
    await run_workers([StreamWorker(runs, chosen)], chosen, stop)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))

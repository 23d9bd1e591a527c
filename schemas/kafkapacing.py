"""Pacing: a short pause between two fetches of a consumer, so that under load each brings many records.

A real Kafka holds a fetch until records arrive, so an idle consumer fetches twice a second. The embedded bus holds a fetch for its
full wait time even when records arrive, so that time has to be short, and an idle consumer would fetch some hundred times a second.
There, a consumer waits for the bells of its topics (`schemas.kafkabells`) once it has read all, and pauses no more unless it is a sink;
where the bus has no bells, it pauses longer before its next fetch the longer it has received nothing.
"""

import asyncio
import time
from collections.abc import Mapping
from typing import Any, Literal, NamedTuple

from aiokafka.protocol.fetch import FetchRequest

from schemas.kafkabells import Heard, bells_of, slot_of
from schemas.kafkafetches import Fetch

REST_FOR_EACH_PARTITION_S = 0.0002
"""A fetch costs some 0.01 ms here for every partition in it, whatever it brings, and about as much at the broker."""

LONGEST_REST_S = 0.01

Bus = Literal["kafka", "embedded"]


class IdleRest(NamedTuple):
    """The pause of an idle consumer between its fetches: the longest, and its share of the time since records last came."""

    most_s: float
    share: float


NO_REST = IdleRest(0.0, 0.0)
IDLE_REST: Mapping[Bus, IdleRest] = {"kafka": NO_REST, "embedded": IdleRest(0.15, 0.05)}
SINKS_IDLE_REST: Mapping[Bus, IdleRest] = {"kafka": NO_REST, "embedded": IdleRest(0.3, 0.5)}
"""Nobody waits for what a sink writes."""

LONGEST_WITHOUT_RING_S = 1.0
"""A ring can be missed: where a producer of another make published."""


def pace(consumer: Any, bus: Bus, *, sink: bool = False) -> None:
    """Have an aiokafka consumer pause between its fetches from one broker. Call before it is started.

    `sink`: it writes history, so that the time at which it does so does not matter.
    """
    client = consumer._client
    send = client.send
    turns = Pace(SINKS_IDLE_REST[bus] if sink else IDLE_REST[bus])
    read = ReadToTheEnd()

    async def paced(node_id: int, request: Any, **options: Any) -> Any:
        if not isinstance(request, FetchRequest):
            return await send(node_id, request, **options)
        bells = bells_of(client, node_id) if bus == "embedded" else None
        if bells is not None and (heard := read.heard(request)) is not None:
            await bells.wait(heard, LONGEST_WITHOUT_RING_S)
        if bells is None or sink:
            await asyncio.sleep(turns.wait_s(node_id, now=time.monotonic()))
        turns.note_sent(node_id, request, now=time.monotonic())
        before = bells.heard(topic for topic, _ in request.topics) if bells is not None else {}
        response = await send(node_id, Fetch(request), **options)
        turns.note_answered(node_id, response, now=time.monotonic())
        if bells is not None:
            read.note(request, response, before)
        return response

    client.send = paced


NEVER_ASKED = (-1, 0, 0)


class Pace:
    """When a consumer may fetch again from each broker. Times are seconds of a clock that only goes forward."""

    def __init__(self, idle: IdleRest) -> None:
        self._idle = idle
        self._rested_at: dict[int, float] = {}
        self._brought_at: dict[int, float] = {}

    def wait_s(self, node_id: int, *, now: float) -> float:
        """How long the next fetch from that broker has to wait."""
        return max(0.0, self._rested_at.get(node_id, 0.0) - now)

    def note_sent(self, node_id: int, request: FetchRequest, *, now: float) -> None:
        """Note that a fetch was sent."""
        self._rested_at[node_id] = now + rest_s(request)

    def note_answered(self, node_id: int, response: Any, *, now: float) -> None:
        """Note that a fetch was answered."""
        if self._idle == NO_REST:
            return
        if node_id not in self._brought_at or has_records(response):
            self._brought_at[node_id] = now
        idle_rest_s = min(self._idle.most_s, self._idle.share * (now - self._brought_at[node_id]))
        self._rested_at[node_id] = max(self._rested_at.get(node_id, 0.0), now + idle_rest_s)


class ReadToTheEnd:
    """Which partitions had nothing at an offset, and what was heard of the bells before they were asked."""

    def __init__(self) -> None:
        self._nothing: dict[tuple[str, int], tuple[int, int, int]] = {}

    def heard(self, request: FetchRequest) -> Heard | None:
        """What was heard of the bells of its partitions when they had nothing at these offsets; None: a fetch may bring something."""
        heard: dict[int, int] = {}
        for topic, partitions in request.topics:
            for partition, offset, *_ in partitions:
                at, slot, last = self._nothing.get((topic, partition), NEVER_ASKED)
                if at != offset:
                    return None
                heard[slot] = min(last, heard.get(slot, last))
        return heard

    def note(self, request: FetchRequest, response: Any, before: Heard) -> None:
        """Note what an answer said of each partition, given the bells as they were before it was asked for."""
        offsets = {(topic, each[0]): each[1] for topic, partitions in request.topics for each in partitions}
        for topic, partitions in response.topics:
            slot = slot_of(topic)
            for partition, error, *_, records in partitions:
                key = (topic, partition)
                if records or error or key not in offsets:
                    self._nothing.pop(key, None)
                else:
                    self._nothing[key] = (offsets[key], slot, before[slot])


def rest_s(request: FetchRequest) -> float:
    """How long after this fetch the next one may leave."""
    partitions = sum(len(numbers) for _topic, numbers in request.topics)
    return min(LONGEST_REST_S, REST_FOR_EACH_PARTITION_S * partitions)


def has_records(response: Any) -> bool:
    """Whether the answer to a fetch has records of any partition."""
    return any(partition[-1] for _topic, partitions in response.topics for partition in partitions)

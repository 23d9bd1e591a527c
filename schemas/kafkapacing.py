"""Pacing: a short pause between two fetches of a consumer, so that under load each brings many records.

A real Kafka holds a fetch until records arrive, so an idle consumer fetches twice a second. The embedded bus holds a fetch for its
full wait time even when records arrive, so that time has to be short, and an idle consumer would fetch 40 times a second. There, a
consumer pauses longer before its next fetch the longer it has received nothing.
"""

import asyncio
import time
from collections.abc import Mapping
from typing import Any, Literal, NamedTuple

from aiokafka.protocol.fetch import FetchRequest

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


def pace(consumer: Any, bus: Bus, *, sink: bool = False) -> None:
    """Have an aiokafka consumer pause between its fetches from one broker. Call before it is started.

    `sink`: it writes history, so that the time at which it does so does not matter.
    """
    client = consumer._client
    send = client.send
    turns = Pace(SINKS_IDLE_REST[bus] if sink else IDLE_REST[bus])

    async def paced(node_id: int, request: Any, **options: Any) -> Any:
        if not isinstance(request, FetchRequest):
            return await send(node_id, request, **options)
        await asyncio.sleep(turns.wait_s(node_id, now=time.monotonic()))
        turns.note_sent(node_id, request, now=time.monotonic())
        response = await send(node_id, Fetch(request), **options)
        turns.note_answered(node_id, response, now=time.monotonic())
        return response

    client.send = paced


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


def rest_s(request: FetchRequest) -> float:
    """How long after this fetch the next one may leave."""
    partitions = sum(len(numbers) for _topic, numbers in request.topics)
    return min(LONGEST_REST_S, REST_FOR_EACH_PARTITION_S * partitions)


def has_records(response: Any) -> bool:
    """Whether the answer to a fetch has records of any partition."""
    return any(partition[-1] for _topic, partitions in response.topics for partition in partitions)

"""Pacing: no fetch right behind another. Under load each then brings many records; where little comes, nothing waits."""

import asyncio
import time
from typing import Any

from aiokafka.protocol.fetch import FetchRequest

REST_FOR_EACH_PARTITION_S = 0.0002
"""A fetch costs some 0.01 ms here for every partition it asks about, whatever it brings, and about as much at the broker."""

LONGEST_REST_S = 0.01


def pace(consumer: Any) -> None:
    """Have an aiokafka consumer leave some time between its fetches from one broker. To be called before it is started."""
    client = consumer._client
    send = client.send
    rested_at: dict[int, float] = {}

    async def paced(node_id: int, request: Any, **options: Any) -> Any:
        if isinstance(request, FetchRequest):
            await asyncio.sleep(max(0.0, rested_at.get(node_id, 0.0) - time.monotonic()))
            rested_at[node_id] = time.monotonic() + rest_s(request)
        return await send(node_id, request, **options)

    client.send = paced


def rest_s(request: FetchRequest) -> float:
    """How long after this fetch the next one may leave."""
    partitions = sum(len(asked) for _topic, asked in request.topics)
    return min(LONGEST_REST_S, REST_FOR_EACH_PARTITION_S * partitions)

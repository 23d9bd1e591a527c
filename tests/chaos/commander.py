"""Commander: an operator who keeps asking stations for something while everything else happens."""

import asyncio
import contextlib
import random
from collections import Counter

import httpx

from tests.chaos.cluster import Cluster

EVERY_S = 0.15
TTL_S = 30
ANSWER_S = 8
BODY = {"command": "TriggerMessage", "arguments": {"requested_message": "Heartbeat"}}
COMMANDABLE_WITHIN_S = 45


class Commander:
    """Sends a command to one station after the other. `taken` are those that the API accepted."""

    def __init__(self, cluster: Cluster, stations: list[str]) -> None:
        self._cluster = cluster
        self._stations = stations
        self.taken: dict[str, str] = {}
        self.refused: Counter[str] = Counter()
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to ask."""
        self._task = asyncio.create_task(self._ask())

    async def stop(self) -> None:
        """Ask no more."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    async def _ask(self) -> None:
        chance = random.Random(7)
        async with self._cluster.api() as api:
            while True:
                station = chance.choice(self._stations)
                body = {**BODY, "ttl_s": TTL_S, "timeout_s": ANSWER_S, "wait_s": 0}
                try:
                    answer = await api.post(f"/stations/{station}/commands", json=body, timeout=5)
                except httpx.HTTPError as error:
                    self.refused[type(error).__name__] += 1
                else:
                    if answer.is_success:
                        self.taken[answer.json()["command_id"]] = station
                    else:
                        self.refused[str(answer.status_code)] += 1
                await asyncio.sleep(EVERY_S)


async def uncommandable(cluster: Cluster, stations: list[str]) -> dict[str, str]:
    """Command every station until it accepts. Returns those that did not in time, each with its last outcome."""
    room = asyncio.Semaphore(6)
    deadline = asyncio.get_running_loop().time() + COMMANDABLE_WITHIN_S

    async def accepted(api: httpx.AsyncClient, station: str) -> str:
        while True:
            async with room:
                heard = await _asked(api, station)
            if heard == "accepted":
                return ""
            if asyncio.get_running_loop().time() > deadline:
                return heard
            await asyncio.sleep(0.5)

    async with cluster.api() as api:
        heard = await asyncio.gather(*(accepted(api, station) for station in stations))
    return {station: words for station, words in zip(stations, heard, strict=True) if words}


async def _asked(api: httpx.AsyncClient, station: str) -> str:
    body = {**BODY, "ttl_s": 10, "timeout_s": ANSWER_S, "wait_s": 10}
    try:
        answer = await api.post(f"/stations/{station}/commands", json=body)
    except httpx.HTTPError as error:
        return type(error).__name__
    return str(answer.json()["outcome"]) if answer.is_success else f"HTTP {answer.status_code}"

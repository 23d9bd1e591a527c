"""CommandMemory: recent commands and their outcomes as Kafka tells them, and the requests that wait for one."""

import asyncio
from collections import OrderedDict

import msgspec

from schemas.commands import CommandRequested, CommandSettled
from services.api.metrics import (
    COMMAND_ROUND_TRIP_SECONDS,
    RECENT_COMMANDS,
    WAITING_COMMANDS,
    WAITS_REFUSED,
)


class Remembered(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a recent command; the outcome may be heard by a process that never heard the request."""

    request: CommandRequested | None = None
    settled: CommandSettled | None = None


class CommandMemory:
    """Bounded by two limits: the oldest commands are forgotten, and a wait too many ends at once."""

    def __init__(self, *, recent_limit: int, waiting_limit: int) -> None:
        self._recent_limit = recent_limit
        self._waiting_limit = waiting_limit
        self._recent: OrderedDict[str, Remembered] = OrderedDict()
        self._waiting: dict[str, list[asyncio.Future[CommandSettled]]] = {}
        self._waiters = 0

    def requested(self, request: CommandRequested) -> None:
        """Somebody asked; a repeat of the same id changes nothing."""
        known = self._recent.get(request.id, Remembered())
        if known.request is None:
            self._remember(request.id, msgspec.structs.replace(known, request=request))

    def settled(self, settled: CommandSettled) -> None:
        """A command has its outcome: whoever waits for it learns it."""
        known = self._recent.get(settled.command_id, Remembered())
        self._remember(settled.command_id, msgspec.structs.replace(known, settled=settled))
        for waiting in self._waiting.pop(settled.command_id, ()):
            if not waiting.done():
                waiting.set_result(settled)

    def find(self, command_id: str) -> Remembered | None:
        """What is remembered of a command."""
        return self._recent.get(command_id)

    async def outcome(self, command_id: str, *, within_s: float) -> CommandSettled | None:
        """The command's outcome as soon as it is heard; None when it is not within the time, or too many wait already."""
        known = self.find(command_id)
        if known is not None and known.settled is not None:
            return known.settled
        if within_s <= 0:
            return None
        if self._waiters >= self._waiting_limit:
            WAITS_REFUSED.inc()
            return None
        return await self._heard(command_id, within_s)

    async def _heard(self, command_id: str, within_s: float) -> CommandSettled | None:
        loop = asyncio.get_running_loop()
        waiting: asyncio.Future[CommandSettled] = loop.create_future()
        self._waiting.setdefault(command_id, []).append(waiting)
        self._waiters += 1
        WAITING_COMMANDS.set(self._waiters)
        began = loop.time()
        try:
            settled = await asyncio.wait_for(waiting, within_s)
        except TimeoutError:
            return None
        else:
            COMMAND_ROUND_TRIP_SECONDS.observe(loop.time() - began)
            return settled
        finally:
            self._forget(command_id, waiting)

    def _forget(self, command_id: str, waiting: asyncio.Future[CommandSettled]) -> None:
        self._waiters -= 1
        WAITING_COMMANDS.set(self._waiters)
        others = self._waiting.get(command_id)
        if others is None:
            return
        others.remove(waiting)
        if not others:
            del self._waiting[command_id]

    def _remember(self, command_id: str, remembered: Remembered) -> None:
        self._recent[command_id] = remembered
        if len(self._recent) > self._recent_limit:
            self._recent.popitem(last=False)
        RECENT_COMMANDS.set(len(self._recent))

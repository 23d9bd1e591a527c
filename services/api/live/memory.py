"""CommandMemory: recent commands with their outcomes, as read from Kafka, and the HTTP requests that wait for outcomes."""

import asyncio
import contextlib
import datetime as dt
from collections import OrderedDict
from collections.abc import Collection, Iterator

import msgspec

from schemas.commands import CommandRequested, CommandSettled
from services.api.web.metrics import COMMAND_ROUND_TRIP_SECONDS, RECENT_COMMANDS, WAITING_COMMANDS, WAITS_REFUSED


class Remembered(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What is known of a recent command. A process may have read the outcome and not the request."""

    request: CommandRequested | None = None
    cancelled_at: dt.datetime | None = None
    settled: CommandSettled | None = None


class Hearing:
    """One request that listens for the outcomes of its commands, however many: one future and one timer for all."""

    def __init__(self, command_ids: Collection[str]) -> None:
        self.outcomes: dict[str, CommandSettled] = {}
        self._missing = set(command_ids)
        loop = asyncio.get_running_loop()
        self._over: asyncio.Future[None] = loop.create_future()
        self._now = loop.time
        self._began = loop.time()

    @property
    def missing(self) -> Collection[str]:
        """The commands that have no outcome yet."""
        return self._missing

    async def all(self, *, within_s: float) -> None:
        """Return once every outcome is in `outcomes`, or the time is over."""
        if self._missing and within_s > 0:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._over, within_s)

    def known(self, settled: CommandSettled) -> None:
        """An outcome that was there before anybody listened."""
        self.outcomes[settled.command_id] = settled
        self._missing.discard(settled.command_id)

    def heard(self, settled: CommandSettled) -> None:
        """One of the outcomes has come."""
        self.known(settled)
        COMMAND_ROUND_TRIP_SECONDS.observe(self._now() - self._began)
        if not self._missing:
            self.end()

    def end(self) -> None:
        """End the wait for outcomes."""
        if not self._over.done():
            self._over.set_result(None)


class CommandMemory:
    """Bounded by two limits: the oldest commands are forgotten, and a request with a wait too many does not wait at all."""

    def __init__(self, *, recent_limit: int, waiting_limit: int) -> None:
        self._recent_limit = recent_limit
        self._waiting_limit = waiting_limit
        self._recent: OrderedDict[str, Remembered] = OrderedDict()
        self._hearings: dict[str, list[Hearing]] = {}
        self._waits = 0

    def requested(self, request: CommandRequested) -> None:
        """Somebody asked; a repeat of the same id changes nothing."""
        remembered = self._recent.get(request.id)
        if remembered is None:
            self._remember(request.id, Remembered(request=request))
        elif remembered.request is None:
            self._recent[request.id] = Remembered(request=request, settled=remembered.settled)

    def settled(self, settled: CommandSettled) -> None:
        """A command has its outcome: whoever listens for it learns it."""
        remembered = self._recent.get(settled.command_id)
        request = remembered.request if remembered is not None else None
        self._remember(settled.command_id, Remembered(request=request, settled=settled))
        for hearing in self._hearings.pop(settled.command_id, ()):
            hearing.heard(settled)

    def find(self, command_id: str) -> Remembered | None:
        """What is remembered of a command."""
        return self._recent.get(command_id)

    async def outcome(self, command_id: str, *, within_s: float) -> CommandSettled | None:
        """Wait for the command's outcome. None when it does not come in time, or when too many requests wait already."""
        if within_s > 0:
            with self.listening((command_id,)) as hearing:
                await hearing.all(within_s=within_s)
                if command_id in hearing.outcomes:
                    return hearing.outcomes[command_id]
        return self._settled(command_id)

    @contextlib.contextmanager
    def listening(self, command_ids: Collection[str]) -> Iterator[Hearing]:
        """Collect the outcomes of these commands, even of more than are remembered; each command counts as one wait.

        Where they would be too many waits, nothing more is heard than is known already.
        """
        hearing = Hearing(command_ids)
        for command_id in command_ids:
            settled = self._settled(command_id)
            if settled is not None:
                hearing.known(settled)
        waits = len(hearing.missing)
        if self._waits + waits > self._waiting_limit:
            WAITS_REFUSED.inc()
            hearing.end()
            yield hearing
            return
        self._waits += waits
        WAITING_COMMANDS.set(self._waits)
        for command_id in hearing.missing:
            self._hearings.setdefault(command_id, []).append(hearing)
        try:
            yield hearing
        finally:
            self._waits -= waits
            WAITING_COMMANDS.set(self._waits)
            self._forget(hearing)

    def _forget(self, hearing: Hearing) -> None:
        for command_id in hearing.missing:
            others = self._hearings[command_id]
            others.remove(hearing)
            if not others:
                del self._hearings[command_id]

    def _settled(self, command_id: str) -> CommandSettled | None:
        remembered = self._recent.get(command_id)
        return None if remembered is None else remembered.settled

    def _remember(self, command_id: str, remembered: Remembered) -> None:
        self._recent[command_id] = remembered
        if len(self._recent) > self._recent_limit:
            self._recent.popitem(last=False)
        RECENT_COMMANDS.set(len(self._recent))

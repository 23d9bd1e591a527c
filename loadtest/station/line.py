"""A station's line to its CSMS: connect and boot, come back with back-off, one CALL at a time, facts kept until answered."""

import asyncio
from collections import Counter, deque
from collections.abc import Callable
from functools import partial
from random import Random

import msgspec

from loadtest.ocpp.messages import BootAnswer, Dialect, Identity, Message
from loadtest.ocpp.network import Network, Wire
from loadtest.ocpp.ocppj import Answering, CallError, CallFailed, Conversation, Disconnected, TimedOut
from loadtest.ocpp.websocket import Refused, Target
from loadtest.station.clock import Clock

OUTBOX_LIMIT = 2_000
FACT_ATTEMPTS = 4
"""TransactionMessageAttempts: a fact that is refused this often is given up, as stations do."""

RETRY_S = 5.0
BACK_OFF_LIMIT_S = 20.0
SETTLE_LIMIT_S = 10.0
CALL_TIMEOUT_S = 30.0


class Queued(msgspec.Struct, kw_only=True):
    """A message that waits for its turn. `kept`: a fact, repeated until answered; others die with the connection."""

    spelled: Callable[[], Message | None]
    answered: Callable[[bytes], None]
    kept: bool
    dispensable: bool = False
    attempts: int = 0


class LinePlan(msgspec.Struct, frozen=True, kw_only=True):
    """Who connects, and how it speaks."""

    identity: Identity
    dialect: Dialect
    answering: Answering
    target: Callable[[], Target]
    network: Network | None = None


class Line:
    """One station's connection over all its lives. `booted` is set while the CSMS has accepted the station.

    `unreached` counts the attempts that found no CSMS: the next one may go elsewhere.
    """

    def __init__(self, plan: LinePlan, *, clock: Clock, random: Random, accepted: Callable[[], None]) -> None:
        self.booted = asyncio.Event()
        self.counts: Counter[str] = Counter()
        self.trouble = ""
        self.unreached = 0
        self.heartbeat_s = 60
        self.identity = plan.identity
        self._plan = plan
        self._clock = clock
        self._random = random
        self._accepted = accepted
        self._link: Conversation | None = None
        self._outbox: deque[Queued] = deque()
        self._work = asyncio.Event()
        self._drained = asyncio.Event()
        self._turn = asyncio.Lock()
        self._boot_reason = "PowerUp"
        self._down = asyncio.Event()
        self._pause_s = 0.0
        self._connecting = False

    @property
    def busy(self) -> bool:
        """A handshake or a CALL of ours waits for its answer."""
        return self._connecting or self._turn.locked()

    async def run(self) -> None:
        """Stay connected and deliver until cancelled; then close the connection."""
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._stay_connected())
                tasks.create_task(self._deliver())
        finally:
            if self._link is not None:
                self._link.close(1001)

    def put(self, queued: Queued) -> None:
        """Queue a message; where too many facts wait, the oldest periodic sample goes first."""
        if not queued.kept and not self.booted.is_set():
            return
        if len(self._outbox) >= OUTBOX_LIMIT:
            self._make_room()
        self._outbox.append(queued)
        self._drained.clear()
        self._work.set()

    async def call(self, message: Message) -> bytes:
        """Send one message in its turn. Raises CallFailed."""
        async with self._turn:
            if self._link is None:
                raise Disconnected(f"{message.action}: not connected")
            self.counts[message.action] += 1
            return await self._link.call(message.action, message.encoded(), timeout_s=CALL_TIMEOUT_S)

    def send(self, message: Message) -> None:
        """Send one message that nobody answers (2.1 SEND); it is lost where nobody is connected."""
        if self._link is not None and not self._link.over.done():
            self.counts[message.action] += 1
            self._link.tell(message.action, message.encoded())

    async def restart(self, *, boot_reason: str, pause_s: float) -> None:
        """Deliver what waits (for a while), go away, and come back with a new boot."""
        if self._outbox:
            await self._clock.wait(SETTLE_LIMIT_S, self._drained)
        self._boot_reason, self._pause_s = boot_reason, pause_s
        self.booted.clear()
        if self._link is not None:
            self._link.close(1000)
        self._down.set()

    async def boot(self) -> BootAnswer:
        """Send BootNotification and take the answer's interval. Raises CallFailed."""
        payload = await self.call(self._plan.dialect.boot(self.identity, self._boot_reason))
        answer = msgspec.json.decode(payload, type=BootAnswer)
        if answer.interval > 0 and answer.status == "Accepted":
            self.heartbeat_s = answer.interval
        return answer

    # -- connecting ---------------------------------------------------------------------------------------------------

    async def _stay_connected(self) -> None:
        failures = 0
        while True:
            try:
                await self._connect()
                if await self._boot_until_accepted():
                    failures = 0
                    self._enter_service()
                    await self._heartbeats()
            except (Refused, OSError, TimeoutError, CallFailed) as error:
                self.trouble = str(error) or type(error).__name__
            self._leave_service()
            back_off_s = min(BACK_OFF_LIMIT_S, 0.5 * 2**failures) * self._random.uniform(0.5, 1.5)
            failures = min(failures + 1, 10)
            pause_s, self._pause_s = self._pause_s or back_off_s, 0.0
            await self._clock.wait(pause_s)

    async def _connect(self) -> None:
        self._down.clear()
        network = self._plan.network
        wire = network.wire() if network is not None else None
        link = Conversation(self._plan.answering, prefix=f"{self._random.getrandbits(24):06x}-", wire=wire)
        self._connecting = True
        try:
            await link.open(self._plan.target())
        except (Refused, OSError, TimeoutError):
            self.unreached += 1
            raise
        finally:
            self._connecting = False
        link.over.add_done_callback(partial(self._cut_off, wire))
        self._link = link
        if network is not None:
            network.watch(wire)

    def _cut_off(self, wire: Wire | None, _: "asyncio.Future[int]") -> None:
        self._down.set()
        if self._plan.network is not None:
            self._plan.network.forget(wire)

    async def _boot_until_accepted(self) -> bool:
        """Boot again after the interval while Pending or Rejected (B02, B03); False where the connection ended."""
        while not self._down.is_set():
            answer = await self.boot()
            if answer.status == "Accepted":
                return True
            self.counts[f"boot {answer.status}"] += 1
            await self._clock.wait(max(1, answer.interval), self._down)
        return False

    def _enter_service(self) -> None:
        self._boot_reason, self.trouble = "PowerUp", ""
        self.booted.set()
        self._accepted()
        self._work.set()

    def _leave_service(self) -> None:
        self.booted.clear()
        self._outbox = deque(queued for queued in self._outbox if queued.kept)
        if self._link is not None:
            self._link.abort()
            self._link = None

    async def _heartbeats(self) -> None:
        first = True
        while not self._down.is_set():
            # Spread: a fleet that booted together must not beat together.
            await self._clock.wait(self.heartbeat_s * (self._random.uniform(0.2, 1) if first else 1), self._down)
            first = False
            if not self._down.is_set():
                await self.call(self._plan.dialect.heartbeat())

    # -- delivering ---------------------------------------------------------------------------------------------------

    async def _deliver(self) -> None:
        while True:
            await self.booted.wait()
            if not self._outbox:
                self._drained.set()
                self._work.clear()
                await self._work.wait()
                continue
            queued = self._outbox[0]
            if await self._sent(queued) and self._outbox and self._outbox[0] is queued:
                self._outbox.popleft()

    async def _sent(self, queued: Queued) -> bool:
        """Send a queued message; True where it is done with, answered or given up."""
        message = queued.spelled()
        if message is None:
            return True
        try:
            queued.answered(await self.call(message))
        except Disconnected:
            await self._clock.wait(0.1)
            return False
        except (CallError, TimedOut) as error:
            return await self._refused(queued, error)
        return True

    async def _refused(self, queued: Queued, error: CallFailed) -> bool:
        self.trouble = str(error)
        self.counts["refused" if isinstance(error, CallError) else "timed out"] += 1
        queued.attempts += isinstance(error, CallError)
        if not queued.kept or queued.attempts >= FACT_ATTEMPTS:
            self.counts["given up"] += 1
            return True
        await self._clock.wait(RETRY_S * max(1, queued.attempts))
        return False

    def _make_room(self) -> None:
        """Never the first: it may be on its way."""
        for place in range(1, len(self._outbox)):
            if self._outbox[place].dispensable:
                del self._outbox[place]
                self.counts["samples dropped"] += 1
                return
        self.counts["facts dropped"] += 1
        del self._outbox[1]

"""One lean station of a throughput scenario: it connects and boots, times its calls, and comes back when it is cut off."""

import asyncio
import random
from collections import Counter
from datetime import UTC, datetime
from functools import partial
from time import perf_counter

import msgspec

from loadtest.assignment import Assignment
from loadtest.ocpp.intents import BayView, Refusal, VersionRules, View, reply
from loadtest.ocpp.messages import BootAnswer, ConnectorState, Dialect, Identity
from loadtest.ocpp.network import Network, NetworkPlan, Wire
from loadtest.ocpp.ocppj import Answer, CallError, CallFailed, Conversation, CutOff, Disconnected
from loadtest.ocpp.settings import default_settings
from loadtest.ocpp.versions import VERSIONS
from loadtest.ocpp.websocket import Refused, Target
from loadtest.report.tally import Tally
from loadtest.run.profiles import limit_in

VENDOR = "Voltbus loadtest"
RECONNECT_S = (0.2, 0.5, 1.0, 2.0, 4.0, 8.0)
_SETTINGS = default_settings()
_VIEW = View(
    vendor=VENDOR,
    bays=(BayView(evse=1, state="Available", transaction_id=None, free=True),),
    settings=_SETTINGS,
)
"""How commands find every one of these stations: free, and obeying without doing."""


class Counting:
    """What the callers of a worker share: where they count, and the network they are on."""

    def __init__(self, assignment: Assignment) -> None:
        self.tally = Tally()
        self.connected = 0
        self.gateways: Counter[str] = Counter()
        plan = NetworkPlan(
            drop=assignment.net_drop,
            half_open=assignment.net_half_open,
            delay_s=assignment.net_delay_s,
            jitter_s=assignment.net_jitter_s,
        )
        seed = random.Random(f"{assignment.seed}:network:{assignment.worker}")
        self.network = Network(plan, random=seed, notice_s=assignment.timeout_s, count=self.count)

    def count(self, name: str) -> None:
        """One more of these."""
        self.tally.counts[name] += 1


class Caller:
    """A station that sends when a loop calls it. `stays`: it reconnects by itself, and a lost connection counts as an error."""

    __slots__ = (
        "_assignment",
        "_beat",
        "_broken",
        "_coming",
        "_leaving",
        "_link",
        "_tries",
        "_wire",
        "counting",
        "limit_w",
        "number",
        "rules",
        "stays",
        "told",
    )

    def __init__(self, assignment: Assignment, number: int, counting: Counting) -> None:
        self.number = number
        self.rules: VersionRules = VERSIONS[assignment.version_of(number)]
        self.counting = counting
        self.stays = False
        self.limit_w: float | None = None
        self.told = asyncio.Event()
        self._assignment = assignment
        self._link: Conversation | None = None
        self._wire: Wire | None = None
        self._coming: asyncio.Task[None] | None = None
        self._beat: asyncio.Future[bytes] | None = None
        self._tries = 0
        self._leaving = False
        self._broken = False

    @property
    def name(self) -> str:
        """The station's name."""
        return self._assignment.name_of(self.number)

    @property
    def token(self) -> str:
        """The card that charges here."""
        return self._assignment.token_of(self.number)

    @property
    def dialect(self) -> Dialect:
        """How it spells."""
        return self.rules.dialect

    @property
    def online(self) -> bool:
        """The connection stands, and the CSMS has accepted the boot."""
        return self._link is not None and not self._link.over.done()

    # -- being connected ----------------------------------------------------------------------------------------------

    def coming(self, *, after_s: float = 0.0) -> "asyncio.Task[None]":
        """The one attempt to connect and boot that is under way: with back-off, for ever, until accepted."""
        if self._coming is None:
            self._coming = asyncio.get_running_loop().create_task(self._come(after_s))
        return self._coming

    async def connect(self) -> None:
        """Be connected and booted."""
        while not self.online:
            await asyncio.shield(self.coming())

    async def wait_until_cut_off(self) -> None:
        """Hold the connection; comes back when it has ended."""
        if self._link is not None:
            await asyncio.shield(self._link.over)

    def close(self) -> None:
        """Leave for good."""
        self._leaving = True
        if self._coming is not None:
            self._coming.cancel()
        if self._link is not None:
            self._link.close(1001)

    def abort(self) -> None:
        """Vanish, as with a power cut."""
        if self._link is not None:
            self._link.abort()

    async def _come(self, after_s: float) -> None:
        failures = 0
        try:
            await asyncio.sleep(after_s)
            while not await self._connected():
                await asyncio.sleep(RECONNECT_S[min(failures, len(RECONNECT_S) - 1)] * random.uniform(0.5, 1.5))
                failures += 1
        finally:
            self._coming = None

    async def _connected(self) -> bool:
        url = self._assignment.url_of(self.number, self._tries)
        wire = self.counting.network.wire()
        link = Conversation(self._answer, prefix=f"{id(self) & 0xFFFF:x}-", wire=wire)
        begun = perf_counter()
        try:
            await link.open(self._target(url))
        except (Refused, OSError, TimeoutError) as error:
            self.counting.tally.failed("connect", str(error) or type(error).__name__)
            self._tries += 1  # as a load balancer does: the next one may be alive
            return False
        self.counting.tally.count_answer("connect", perf_counter() - begun)
        try:
            if await self._booted(link):
                self._enter_service(link, wire, url)
        finally:
            if self._link is not link:
                link.abort()
        return self.online

    async def _booted(self, link: Conversation) -> bool:
        identity = Identity(vendor=VENDOR, model="Caller", serial_number=self.name[:25], firmware="1.0")
        message = self.dialect.boot(identity, "PowerUp")
        try:
            answer = msgspec.json.decode(await self._exchange(link, message.action, message.encoded()), type=BootAnswer)
        except CallFailed:
            return False
        if answer.status != "Accepted":
            self.counting.tally.failed(message.action, answer.status)
        return answer.status == "Accepted" and not link.over.done()

    def _enter_service(self, link: Conversation, wire: Wire | None, url: str) -> None:
        counting = self.counting
        self._link, self._wire = link, wire
        counting.connected += 1
        counting.gateways[url] += 1
        if self._broken:
            counting.count("network: reconnected")
            self._broken = False
        counting.network.watch(wire)
        link.over.add_done_callback(partial(self._gone, url))

    def _gone(self, url: str, over: "asyncio.Future[int]") -> None:
        counting, wire = self.counting, self._wire
        self._link = self._wire = None
        counting.connected -= 1
        counting.gateways[url] -= 1
        counting.network.forget(wire)
        self._broken = wire is not None and bool(wire.broken)
        if self._leaving:
            return
        self._tries += self._broken  # the load balancer that it comes back through need not remember it
        if not self._broken and self.stays:
            counting.tally.failed("connection", f"lost ({over.result()})")
        if self.stays:
            self.coming(after_s=random.uniform(0.0, self._assignment.spread_s))

    def _target(self, url: str) -> Target:
        return Target(
            url=url,
            station=self.name,
            subprotocol=self.dialect.subprotocol,
            password=self._assignment.password,
            client_certificates=self._assignment.client_certificates,
            source_address=self._assignment.source_of(self.number),
            timeout_s=self._assignment.timeout_s,
        )

    # -- speaking -----------------------------------------------------------------------------------------------------

    async def call(self, action: str, payload: bytes) -> bytes | None:
        """The result of one call, timed and counted; None where there is none, and reconnected where that was why."""
        try:
            return await self.timed(action, payload)
        except Disconnected:
            await self.connect()
        except CallFailed:
            pass
        return None

    async def timed(self, action: str, payload: bytes) -> bytes:
        """Send one CALL, wait for its answer, time and count it; first wait until the station is online and idle. Raises CallFailed."""
        while self._link is None or not self.online or self._beat is not None:
            if self._beat is not None:
                await asyncio.wait((self._beat,))
            await self.connect()
        return await self._exchange(self._link, action, payload)

    def beat(self) -> None:
        """Send a Heartbeat, unless the station speaks anyway (1.6 section 4.6) or is away."""
        link = self._link
        if link is None or not self.online or link.speaking:
            self.counting.count("heartbeats left out, " + ("speaking" if self.online else "away"))
            return
        heartbeat = self.dialect.heartbeat()
        begun = perf_counter()
        self._beat = link.begin(heartbeat.action, heartbeat.encoded(), timeout_s=self._assignment.timeout_s)
        self._beat.add_done_callback(partial(self._beaten, begun))

    def _beaten(self, begun: float, beat: "asyncio.Future[bytes]") -> None:
        self._beat = None
        if beat.cancelled():
            return
        error = beat.exception()
        if error is None:
            self.counting.tally.count_answer("Heartbeat", perf_counter() - begun)
        else:
            self._failed("Heartbeat", error)

    async def say_status(self, state: ConnectorState) -> None:
        """StatusNotification of the connector; not repeated where it gets no answer."""
        message = self.dialect.status(1, state, datetime.now(UTC))
        await self.call(message.action, message.encoded())

    async def _exchange(self, link: Conversation, action: str, payload: bytes) -> bytes:
        begun = perf_counter()
        try:
            result = await link.call(action, payload, timeout_s=self._assignment.timeout_s)
        except CallFailed as error:
            self._failed(action, error)
            raise
        self.counting.tally.count_answer(action, perf_counter() - begun)
        return result

    def _failed(self, action: str, error: BaseException) -> None:
        if isinstance(error, CutOff):
            self.counting.count("network: calls cut off")
        elif not self._leaving:
            why = error.code if isinstance(error, CallError) else type(error).__name__
            self.counting.tally.failed(action, why)

    def _limited(self, action: str, payload: bytes) -> None:
        """Remember a limit; whoever charges by it is told."""
        if action in ("SetChargingProfile", "ClearChargingProfile"):
            self.limit_w = limit_in(payload) if action == "SetChargingProfile" else None
            self.told.set()

    def _answer(self, action: str, payload: bytes) -> Answer:
        self.counting.count(f"commands: {action}")
        self._limited(action, payload)
        answer = reply(self.rules, _VIEW, action, payload)
        if isinstance(answer, Refusal):
            return Answer(error_code=answer.code, error_description=answer.description)
        return Answer(payload=msgspec.json.encode(answer.payload))

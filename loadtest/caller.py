"""One lean station of a throughput scenario: it connects and boots, times its calls, and comes back when it is cut off."""

import asyncio
import random
from time import perf_counter

import msgspec

from loadtest.assignment import Assignment
from loadtest.intents import BayView, Refusal, View, default_settings, reply
from loadtest.messages import BootAnswer, Identity
from loadtest.ocppj import Answer, CallError, CallFailed, Conversation, Disconnected
from loadtest.tally import Tally
from loadtest.versions import VERSIONS
from loadtest.websocket import Refused, Target

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
    """What the callers of a worker share: where they count."""

    def __init__(self) -> None:
        self.tally = Tally()
        self.connected = 0


class Caller:
    """A station that speaks when it is told to."""

    def __init__(self, assignment: Assignment, number: int, counting: Counting) -> None:
        version = assignment.version_of(number)
        self.number = number
        self.name = assignment.name_of(number)
        self.version = version
        self.token = assignment.token_of(number)
        self.rules = VERSIONS[version]
        self.dialect = self.rules.dialect
        self.counting = counting
        self._timeout_s = assignment.timeout_s
        self._target = Target(
            url=assignment.url,
            station=self.name,
            subprotocol=self.dialect.subprotocol,
            password=assignment.password,
            source_address=assignment.source_of(number),
            timeout_s=assignment.timeout_s,
        )
        self._link: Conversation | None = None

    async def connect(self) -> None:
        """Connect and boot until accepted; try again with back-off, for ever, until cancelled."""
        failures = 0
        while not await self._connected():
            await asyncio.sleep(RECONNECT_S[min(failures, len(RECONNECT_S) - 1)] * random.uniform(0.5, 1.5))
            failures += 1

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
        """One call, timed and counted. Raises CallFailed."""
        begun = perf_counter()
        try:
            result = await self._linked().call(action, payload, timeout_s=self._timeout_s)
        except CallFailed as error:
            why = error.code if isinstance(error, CallError) else type(error).__name__
            self.counting.tally.failed(action, why)
            raise
        self.counting.tally.answered(action, perf_counter() - begun)
        return result

    async def wait_until_cut_off(self) -> None:
        """Hold the connection; comes back when it has ended."""
        if self._link is not None:
            await asyncio.shield(self._link.over)

    def close(self) -> None:
        """Leave."""
        if self._link is not None:
            self._link.close(1001)

    def abort(self) -> None:
        """Vanish, as with a power cut."""
        if self._link is not None:
            self._link.abort()

    def _linked(self) -> Conversation:
        if self._link is None:
            raise Disconnected("not connected")
        return self._link

    async def _connected(self) -> bool:
        self.abort()
        link = Conversation(self._answer, prefix=f"{id(self) & 0xFFFF:x}-")
        begun = perf_counter()
        try:
            await link.open(self._target)
        except (Refused, OSError, TimeoutError) as error:
            self.counting.tally.failed("connect", str(error) or type(error).__name__)
            return False
        self.counting.tally.answered("connect", perf_counter() - begun)
        self._link = link
        return await self._booted(link)

    async def _booted(self, link: Conversation) -> bool:
        identity = Identity(vendor=VENDOR, model="Caller", serial_number=self.name[:25], firmware="1.0")
        message = self.dialect.boot(identity, "PowerUp")
        try:
            answer = msgspec.json.decode(await self.timed(message.action, message.encoded()), type=BootAnswer)
        except CallFailed:
            return False
        if answer.status != "Accepted":
            self.counting.tally.failed(message.action, answer.status)
            return False
        self.counting.connected += 1
        link.over.add_done_callback(self._gone)
        return True

    def _gone(self, _: asyncio.Future[int]) -> None:
        self.counting.connected -= 1
        self.counting.tally.counts["connections lost"] += 1

    def _answer(self, action: str, payload: bytes) -> Answer:
        self.counting.tally.counts[f"commands: {action}"] += 1
        answer = reply(self.rules, _VIEW, action, payload)
        if isinstance(answer, Refusal):
            return Answer(error_code=answer.code, error_description=answer.description)
        return Answer(payload=msgspec.json.encode(answer.payload))

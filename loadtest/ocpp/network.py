"""A bad network between stations and CSMS: frames come late, connections are cut, or fall silent without an end."""

import asyncio
from collections.abc import Callable
from functools import partial
from random import Random
from time import monotonic
from typing import Literal

import msgspec

LOOK_EVERY_S = 0.1
SILENT_LIMIT_S = 300.0
"""How long a socket that fell silent stays open; each open socket uses a file descriptor."""

Broken = Literal["", "cut", "half-open"]


class NetworkPlan(msgspec.Struct, frozen=True, kw_only=True):
    """How bad a network is. `drop` and `half_open` are shares of all connections a minute; delays hold each way."""

    drop: float = 0.0
    half_open: float = 0.0
    delay_s: float = 0.0
    jitter_s: float = 0.0

    @property
    def good(self) -> bool:
        """Whether it leaves everything alone."""
        return self == NetworkPlan()


class Wire(asyncio.Protocol):
    """A bad network between a transport and its protocol: it acts as protocol to the one and as transport to the other.

    `broken` is how the connection was broken, empty while it works.
    """

    __slots__ = ("_incoming", "_inner", "_outgoing", "_plan", "_transport", "broken", "place")

    def __init__(self, plan: NetworkPlan, random: Random) -> None:
        self.broken: Broken = ""
        self.place = -1
        self._plan = plan
        self._inner: asyncio.Protocol | None = None
        self._transport: asyncio.Transport | None = None
        late = plan.delay_s > 0 or plan.jitter_s > 0
        self._outgoing = _Lane(plan, random) if late else None
        self._incoming = _Lane(plan, random) if late else None

    def around(self, inner: asyncio.Protocol) -> "Wire":
        """Stand before this protocol."""
        self._inner = inner
        return self

    # -- what the transport calls -------------------------------------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport  # type: ignore[assignment]  # uvloop's transports are no subclasses of asyncio's
        assert self._inner is not None
        self._inner.connection_made(self)  # type: ignore[arg-type]  # what a WebSocket uses of a transport is here

    def data_received(self, data: bytes) -> None:
        if self.broken or self._inner is None:
            return
        if self._incoming is None:
            self._inner.data_received(data)
        else:
            self._incoming.put(partial(self._inner.data_received, data))

    def connection_lost(self, exc: Exception | None) -> None:
        self._transport = None
        if self._outgoing is not None:
            self._outgoing.clear()
        if self._incoming is None or self.broken:
            self.notice()
        else:
            self._incoming.put(self.notice)

    # -- what the protocol calls --------------------------------------------------------------------------------------

    def write(self, data: bytes) -> None:
        """Send, late where the network is slow, never where it is broken."""
        if self.broken or self._transport is None:
            return
        if self._outgoing is None:
            self._transport.write(data)
        else:
            self._outgoing.put(partial(self._write, data))

    def close(self) -> None:
        """End the connection behind what was written."""
        if self._outgoing is None:
            self._close()
        else:
            self._outgoing.put(self._close)

    def abort(self) -> None:
        """End the connection now."""
        if self._transport is not None:
            self._transport.abort()

    # -- what the network does ----------------------------------------------------------------------------------------

    def cut(self) -> None:
        """No close frame, nothing of what was under way."""
        self._break("cut")
        self.abort()

    def fall_silent(self) -> None:
        """Neither send nor read any more; the other side does not learn of it."""
        self._break("half-open")
        if self._transport is not None:
            self._transport.pause_reading()

    def notice(self) -> None:
        """The station learns that the connection is over; the CSMS may believe in it for longer."""
        inner, self._inner = self._inner, None
        if inner is not None:
            inner.connection_lost(None)

    def _break(self, how: Broken) -> None:
        self.broken = how
        for lane in (self._outgoing, self._incoming):
            if lane is not None:
                lane.clear()

    def _write(self, data: bytes) -> None:
        if self._transport is not None:
            self._transport.write(data)

    def _close(self) -> None:
        if self._transport is not None and not self.broken:
            self._transport.close()


class _Lane:
    """One direction of a slow wire: all that goes in comes out later, in its order."""

    __slots__ = ("_due", "_plan", "_random", "_waiting")

    def __init__(self, plan: NetworkPlan, random: Random) -> None:
        self._plan = plan
        self._random = random
        self._due = 0.0
        self._waiting: list[Callable[[], object]] = []  # short, and far smaller than a deque

    def put(self, what: Callable[[], object]) -> None:
        loop = asyncio.get_running_loop()
        plan = self._plan
        delay_s = max(0.0, plan.delay_s + self._random.uniform(-plan.jitter_s, plan.jitter_s))
        self._due = max(self._due, loop.time() + delay_s)
        self._waiting.append(what)
        loop.call_at(self._due, self._release)

    def clear(self) -> None:
        self._waiting.clear()

    def _release(self) -> None:
        # Timers of one moment come in no certain order: each lets out whatever is first.
        if self._waiting:
            self._waiting.pop(0)()


class Network:
    """The network of one process: it breaks `drop` and `half_open` of its wires a minute, whichever chance picks."""

    def __init__(self, plan: NetworkPlan, *, random: Random, notice_s: float, count: Callable[[str], None]) -> None:
        self._plan = plan
        self._random = random
        self._notice_s = notice_s
        self._count = count
        self._live: list[Wire] = []
        self._silent: set[Wire] = set()

    def wire(self) -> Wire | None:
        """A wire for a new connection; None where a plain one will do."""
        return None if self._plan.good else Wire(self._plan, self._random)

    def watch(self, wire: Wire | None) -> None:
        """From now on, the wire may break."""
        if wire is not None:
            wire.place = len(self._live)
            self._live.append(wire)

    def forget(self, wire: Wire | None) -> None:
        """The wire's connection is over."""
        if wire is None or wire.place < 0:
            return
        last = self._live.pop()
        if last is not wire:
            self._live[wire.place] = last
            last.place = wire.place
        wire.place = -1

    async def run(self) -> None:
        """Break wires until cancelled."""
        owed = {"cut": 0.0, "half-open": 0.0}
        before = monotonic()
        while True:
            await asyncio.sleep(LOOK_EVERY_S)
            now = monotonic()
            minutes, before = (now - before) / 60, now
            owed["cut"] += self._plan.drop * minutes * len(self._live)
            owed["half-open"] += self._plan.half_open * minutes * len(self._live)
            for how, breaks in (("cut", self._cut), ("half-open", self._silence)):
                while owed[how] >= 1 and self._live:
                    owed[how] -= 1
                    wire = self._random.choice(self._live)
                    self.forget(wire)
                    self._count(f"network: {how}")
                    breaks(wire)

    def end(self) -> None:
        """Let go of all sockets that fell silent."""
        for wire in tuple(self._silent):
            self._release(wire)

    def _cut(self, wire: Wire) -> None:
        wire.cut()

    def _silence(self, wire: Wire) -> None:
        loop = asyncio.get_running_loop()
        wire.fall_silent()
        self._silent.add(wire)
        loop.call_later(self._notice_s, wire.notice)
        loop.call_later(max(SILENT_LIMIT_S, self._notice_s), self._release, wire)

    def _release(self, wire: Wire) -> None:
        self._silent.discard(wire)
        wire.abort()

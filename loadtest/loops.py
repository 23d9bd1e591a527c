"""What the active stations of each throughput scenario do: loops of heartbeats, stored facts, whole sessions."""

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from datetime import UTC, datetime
from random import Random
from time import monotonic, perf_counter
from typing import Any

from loadtest.assignment import Assignment, Scenario
from loadtest.caller import Caller
from loadtest.curve import AC_1, Charged, Curve, Meter
from loadtest.messages import stamp
from loadtest.sessions import SessionMaker


class Run:
    """The measurement as the loops see it: until when, how fast, with how much thinking."""

    def __init__(self, assignment: Assignment) -> None:
        self.assignment = assignment
        self.stopping = asyncio.Event()
        self._begun = monotonic()
        self._turns = 0

    def begin(self) -> None:
        """The measurement begins now."""
        self._begun = monotonic()

    @property
    def at_s(self) -> float:
        """Seconds since the measurement began."""
        return monotonic() - self._begun

    @property
    def open(self) -> bool:
        """Whether anything may still be begun."""
        return not self.stopping.is_set() and self.at_s < self.assignment.seconds

    async def turn(self) -> bool:
        """Wait for the next turn: at the rate, or after thinking. False where the run is over."""
        rate = self.assignment.rate_per_s
        wait_s = self.assignment.think_s
        if rate is not None:
            wait_s = self._turns / rate - self.at_s
            self._turns += 1
        if wait_s > 0:
            await asyncio.sleep(min(wait_s, max(0.0, self.assignment.seconds - self.at_s)))
        return self.open


async def storm(run: Run, caller: Caller) -> None:
    """Cut off (by us, or by a gateway that dies), back within the spread as stations' back-off has it, and booted again."""
    if run.assignment.drop == "ours":
        caller.abort()
    await caller.wait_until_cut_off()
    begun = perf_counter()
    counting = caller.counting
    try:
        await asyncio.sleep(Random(caller.name).uniform(0.0, run.assignment.spread_s))
        await caller.connect()
    except asyncio.CancelledError:
        counting.tally.counts["stations not back"] += 1
        raise
    counting.tally.answered("back in service", perf_counter() - begun)


MARKED_AT = datetime(2001, 2, 3, 4, 5, 6, 789_000, tzinfo=UTC)
MARKED_WH = 987_654_321
PARKED = Curve(peak_w=7_360, battery_wh=50_000, soc_start_percent=20, soc_target_percent=100)

Loop = Callable[[Run, Caller], Coroutine[Any, Any, None]]


async def heartbeats(run: Run, caller: Caller) -> None:
    """Heartbeat after Heartbeat: answered by the gateway alone."""
    heartbeat = caller.dialect.heartbeat()
    payload = heartbeat.encoded()
    while await run.turn():
        await caller.call(heartbeat.action, payload)


async def durable_facts(run: Run, caller: Caller) -> None:
    """MeterValues (or StatusNotification) of no transaction: answered when they are stored."""
    if run.assignment.fact == "status":
        await _statuses(run, caller)
        return
    # Spelling a message costs as much as sending it: it is done once, then only its moment and its register change.
    sample = Meter(outlet=AC_1, start_ws=MARKED_WH * 3_600).sample(PARKED, Charged(), at=MARKED_AT)
    message = caller.dialect.meter_values(1, sample)
    form = message.encoded()
    register_wh = caller.number * 10_000
    while await run.turn():
        register_wh += 1
        payload = form.replace(b"%d" % MARKED_WH, b"%d" % register_wh)
        now = stamp(datetime.now(UTC)).encode()
        await caller.call(message.action, payload.replace(stamp(MARKED_AT).encode(), now))


async def _statuses(run: Run, caller: Caller) -> None:
    while await run.turn():
        now = datetime.now(UTC)
        message = caller.dialect.status(1, "Available" if now.microsecond % 2 else "Faulted", now)
        await caller.call(message.action, message.encoded())


async def whole_sessions(run: Run, caller: Caller) -> None:
    """Authorize, start, some meter values, stop; each fact repeated until it is acknowledged."""
    maker = SessionMaker(run.assignment, caller)
    while await run.turn():
        await maker.charge()


async def hold(run: Run, caller: Caller) -> None:
    """Say nothing; come back when cut off."""
    while run.open:
        await caller.wait_until_cut_off()
        await caller.connect()


SETTLE_S = 10.0
"""How long what is in flight at the end of the measurement may take to end."""

LOOPS: Mapping[Scenario, tuple[Loop, float]] = {
    "heartbeat": (heartbeats, SETTLE_S),
    "durable": (durable_facts, SETTLE_S),
    "sessions": (whole_sessions, SETTLE_S),
    "soak": (whole_sessions, SETTLE_S),
    "idle": (hold, 0.0),
    "storm": (storm, 0.0),
    "commands": (hold, 0.0),
    "fanout": (hold, 0.0),
}
"""Each scenario's loop, and how long it may settle."""

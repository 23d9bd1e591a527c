"""What the active stations of each throughput scenario do: loops of heartbeats, stored facts, whole sessions."""

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from datetime import UTC, datetime
from time import monotonic
from typing import Any

from loadtest.assignment import Assignment, Scenario
from loadtest.caller import Caller
from loadtest.curve import AC_1, Charged, Curve, Meter, Sample
from loadtest.messages import Message
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


Loop = Callable[[Run, Caller], Coroutine[Any, Any, None]]


async def heartbeats(run: Run, caller: Caller) -> None:
    """Heartbeat after Heartbeat: answered by the gateway alone."""
    heartbeat = caller.dialect.heartbeat()
    while await run.turn():
        await caller.call(heartbeat)


async def durable_facts(run: Run, caller: Caller) -> None:
    """MeterValues (or StatusNotification) of no transaction: answered when they are stored."""
    curve = Curve(peak_w=7_360, battery_wh=50_000, soc_start_percent=20, soc_target_percent=100)
    meter = Meter(outlet=AC_1, start_ws=caller.number * 3_600_000)
    number = 0
    while await run.turn():
        number += 1
        await caller.call(
            _fact(run, caller, meter.sample(curve, Charged(number, number * 7_360), at=datetime.now(UTC)))
        )


def _fact(run: Run, caller: Caller, sample: Sample) -> Message:
    if run.assignment.fact == "status":
        return caller.dialect.status(1, "Available" if int(sample.at.timestamp()) % 2 else "Preparing", sample.at)
    return caller.dialect.meter_values(1, sample)


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


LOOPS: Mapping[Scenario, Loop] = {
    "heartbeat": heartbeats,
    "durable": durable_facts,
    "sessions": whole_sessions,
    "idle": hold,
    "commands": hold,
}

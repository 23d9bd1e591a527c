"""What the active stations of each throughput scenario do: loops of heartbeats, stored facts, whole sessions."""

import asyncio
from collections.abc import Callable, Coroutine, Mapping, Sequence
from datetime import UTC, datetime
from random import Random
from time import monotonic, perf_counter
from typing import Any

from loadtest.assignment import Assignment, Scenario
from loadtest.ocpp.messages import stamp
from loadtest.report.outcome import NOT_BACK
from loadtest.run.caller import Caller
from loadtest.run.obeying import limited
from loadtest.run.sessions import SessionMaker
from loadtest.station.curve import AC_1, Charged, Curve, Meter


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
        counting.tally.counts[NOT_BACK] += 1
        raise
    counting.tally.count_answer("back in service", perf_counter() - begun)
    caller.stays = True


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


async def sessions_at_rate(run: Run, callers: Sequence[Caller]) -> None:
    """Sessions begin at the rate, each at the station that has rested longest; a station at rest costs no task."""
    resting: asyncio.Queue[tuple[Caller, SessionMaker | None]] = asyncio.Queue()
    for caller in callers:
        resting.put_nowait((caller, None))

    async def one(caller: Caller, maker: SessionMaker) -> None:
        await maker.charge()
        resting.put_nowait((caller, maker))

    async with asyncio.TaskGroup() as charging:
        while await run.turn():
            caller, maker = await resting.get()
            if run.open:
                charging.create_task(one(caller, maker or SessionMaker(run.assignment, caller)))


async def beat_all(callers: Sequence[Caller], interval_s: float) -> None:
    """A heartbeat of each in its turn, evenly over the interval, until cancelled: one scan instead of a task a station."""
    begun, turns = monotonic(), range(0)
    while True:
        await asyncio.sleep(BEAT_EVERY_S)
        turns = turns_due(turns, elapsed_s=monotonic() - begun, interval_s=interval_s, stations=len(callers))
        for turn in turns:
            callers[turn % len(callers)].beat()


def turns_due(before: range, *, elapsed_s: float, interval_s: float, stations: int) -> range:
    """The turns to beat that have come since `before`; after a long pause each station has one, not all that it missed."""
    due = int(elapsed_s / interval_s * stations)
    return range(max(before.stop, due - stations), due)


BEAT_EVERY_S = 0.02
SETTLE_S = 10.0
"""How long what is in flight at the end of the measurement may take to end."""

LOOPS: Mapping[Scenario, Loop] = {
    "heartbeat": heartbeats,
    "durable": durable_facts,
    "sessions": whole_sessions,
    "soak": whole_sessions,
    "live": whole_sessions,
    "storm": storm,
    "limits": limited,
}
"""What each active station does; in other scenarios it only stays connected and answers."""


def begun_tasks(run: Run, callers: Sequence[Caller]) -> "list[asyncio.Task[None]]":
    """The active stations set to work."""
    loop = LOOPS.get(run.assignment.scenario)
    if loop is None or not callers:
        return []
    if loop is whole_sessions and run.assignment.rate_per_s is not None:
        return [asyncio.create_task(sessions_at_rate(run, callers))]
    return [asyncio.create_task(loop(run, caller)) for caller in callers]


def settle_s(assignment: Assignment) -> float:
    """How long the last calls may take: on a bad network, as long as a station needs to notice and come back."""
    if assignment.scenario not in LOOPS or assignment.scenario == "storm":
        return 0.0
    late_s = assignment.timeout_s + assignment.spread_s if assignment.net_half_open or assignment.net_drop else 0.0
    return SETTLE_S + late_s

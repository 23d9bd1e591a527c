"""A worker process with its share of the stations: it reads commands from stdin and writes its counts to stdout.

First line in: the Assignment. A line more: begin to measure. End of input: stop. Each line out: a Stretch.
"""

import asyncio
import gc
import resource
import signal
import sys
from collections.abc import Coroutine
from typing import Any, Final

import msgspec
import uvloop

from loadtest.assignment import Assignment
from loadtest.report.tally import Tally, stretch_of
from loadtest.run.caller import Caller, Counting
from loadtest.run.loops import Run, beat_all, begun_tasks, settle_s

TELL_EVERY_S: Final = 0.5


class Worker:
    """The callers of one process, from the first connection to the last word."""

    def __init__(self, assignment: Assignment) -> None:
        self._assignment = assignment
        self._counting = Counting(assignment)
        self._run = Run(assignment)
        self._phase = "connecting"
        numbers = range(assignment.first, assignment.first + assignment.stations)
        self._callers = [Caller(assignment, number, self._counting) for number in numbers]

    async def run(self, inbox: asyncio.StreamReader) -> None:
        """Connect all, wait for the start signal, measure, wait for what is open, disconnect."""
        commands = asyncio.create_task(self._obey(inbox))
        telling = asyncio.create_task(self._tell_always())
        self._go = asyncio.Event()
        try:
            await self._until_stopped(self._connect_all())
            self._phase = "ready"
            self._tell()
            await self._until_stopped(self._go.wait())
            if not self._run.stopping.is_set():
                await self._measure()
        finally:
            for task in (commands, telling):
                task.cancel()
            for caller in self._callers:
                caller.close()
            self._counting.network.end()
            self._phase = "done"
            self._tell()

    async def _measure(self) -> None:
        gc.collect()
        gc.freeze()  # thousands of stations live to the end: looking at them again and again costs tenths of a second
        self._tell()  # what came before the measurement does not count in it
        self._run.begin()
        self._phase = "measuring"
        beside = self._begin_beside()
        callers = self._callers[: self._assignment.active]
        active = begun_tasks(self._run, callers)
        for place, caller in enumerate(self._callers):
            self._keep(caller, cut_off=self._assignment.scenario == "storm" and place < len(callers))
        await self._until_stopped(self._until_over(active))
        self._tell()
        self._phase = "settling"
        self._run.stopping.set()
        await self._settle(active)
        for task in beside:
            task.cancel()
            if task.done():
                task.result()

    def _keep(self, caller: Caller, *, cut_off: bool) -> None:
        """From now on a station comes back by itself; one whose connection is to be cut off waits for that."""
        caller.stays = not cut_off
        if caller.stays and not caller.online:
            caller.coming()

    def _begin_beside(self) -> "list[asyncio.Task[None]]":
        """What runs along with the measurement: the network's faults, and heartbeats."""
        beside = [asyncio.create_task(self._counting.network.run())]
        if self._assignment.heartbeat_s and self._callers:
            beside.append(asyncio.create_task(beat_all(self._callers, self._assignment.heartbeat_s)))
        return beside

    async def _until_over(self, active: "list[asyncio.Task[None]]") -> None:
        """Until the time is over, or every active station has done what it had to."""
        if active:
            await asyncio.wait(active, timeout=self._assignment.seconds)
        else:
            await asyncio.sleep(self._assignment.seconds)

    async def _settle(self, active: "list[asyncio.Task[None]]") -> None:
        if not active:
            return
        ended, late = await asyncio.wait(active, timeout=settle_s(self._assignment))
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)
        for task in ended:
            task.result()  # a bug in a loop must not pass as a slow CSMS

    async def _connect_all(self) -> None:
        """At the ramp's rate; a station that is refused does not hold up the next."""
        loop = asyncio.get_running_loop()
        begun = loop.time()
        connecting = []
        for count, caller in enumerate(self._callers):
            ahead_s = count / self._assignment.ramp_per_s - (loop.time() - begun)
            if ahead_s > 0:
                await asyncio.sleep(ahead_s)
            connecting.append(caller.coming())
        await asyncio.wait(connecting, timeout=self._assignment.connect_within_s)  # who is late goes on trying

    async def _until_stopped(self, work: Coroutine[Any, Any, object]) -> None:
        task = asyncio.create_task(work)
        stopped = asyncio.create_task(self._run.stopping.wait())
        await asyncio.wait((task, stopped), return_when=asyncio.FIRST_COMPLETED)
        stopped.cancel()
        if task.done():
            task.result()
            return
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    async def _obey(self, inbox: asyncio.StreamReader) -> None:
        while await inbox.readline():
            self._go.set()
        self._run.stopping.set()

    async def _tell_always(self) -> None:
        while True:
            await asyncio.sleep(TELL_EVERY_S)
            self._tell()

    def _tell(self) -> None:
        counting = self._counting
        tally, counting.tally = counting.tally, Tally()
        stretch = stretch_of(
            tally,
            worker=self._assignment.worker,
            phase=self._phase,
            at_s=round(self._run.at_s, 3),
            connected=counting.connected,
            gateways={url: count for url, count in counting.gateways.items() if count},
        )
        sys.stdout.buffer.write(msgspec.json.encode(stretch) + b"\n")
        sys.stdout.buffer.flush()


async def work() -> None:
    """Live one worker's life."""
    _, most_files = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most_files, most_files))  # a connection is a file
    for number in (signal.SIGINT, signal.SIGTERM):  # they reach the whole group; the conductor then ends our input
        signal.signal(number, signal.SIG_IGN)
    inbox = asyncio.StreamReader(limit=1_048_576)
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(inbox), sys.stdin)
    await Worker(msgspec.json.decode(await inbox.readline(), type=Assignment)).run(inbox)


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(work())

"""Runs the workers of a scenario: starts them together, gathers their reports, watches processes, and ends them."""

import asyncio
import contextlib
import signal
import sys
from collections.abc import Callable, Coroutine, Sequence
from time import monotonic
from typing import Any

import msgspec

from loadtest.assignment import Assignment
from loadtest.report.outcome import Recording
from loadtest.report.processes import Watch, Watched
from loadtest.report.tally import Stretch

LINE_LIMIT_BYTES = 64 * 1_048_576
STOP_LIMIT_S = 15.0

Show = Callable[[Recording, Watch], None]
Beside = Callable[[Recording, asyncio.Event], Coroutine[Any, Any, None]]
"""Something that runs beside the measurement, until the event is set."""


class Conductor:
    """One run. After `run`: `recording`, `watch`, `connecting_s`, and `shortcomings`: why it was not whole."""

    def __init__(
        self,
        shares: Sequence[Assignment],
        *,
        watch: Watch,
        show: Show,
        beside: Beside | None = None,
        warm_up_s: float = 0.0,
    ) -> None:
        self.recording = Recording()
        self.watch = watch
        self.shortcomings: list[str] = []
        self.connecting_s = 0.0
        self._shares = shares
        self._show = show
        self._beside = beside
        self._warm_up_s = warm_up_s
        self._workers: list[asyncio.subprocess.Process] = []
        self._changed = asyncio.Event()
        self._stopping = asyncio.Event()

    async def run(self) -> None:
        """Run from the first connection to the last report. SIGINT and SIGTERM end it early; the results so far are kept."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, self._interrupt)
        begun = monotonic()
        self._workers = [await _started(share) for share in self._shares]
        for place, worker in enumerate(self._workers, start=1):
            self.watch.add(Watched(f"generator {place}", worker.pid))
        readers = [asyncio.create_task(self._read(worker)) for worker in self._workers]
        try:
            await self._until(lambda: self._all_in("ready") or self._all_ended())
            self.connecting_s = monotonic() - begun
            await self._wait(self._warm_up_s)
            if not self._stopping.is_set() and not self._all_ended():
                self._count_missing()
                await self._measure()
        finally:
            await self._end(readers)

    def _count_missing(self) -> None:
        wanted, there = sum(share.stations for share in self._shares), self.recording.connected
        if there < wanted:
            self.shortcomings.append(f"{wanted - there:,} of {wanted:,} stations were not connected at the beginning")

    def _interrupt(self) -> None:
        self.shortcomings.append("interrupted")
        self._stopping.set()
        self._changed.set()

    def _enough(self) -> None:
        """What ran beside the workers has done all it had to: they stop, and the run is whole."""
        for worker in self._workers:
            assert worker.stdin is not None
            worker.stdin.close()

    def _all_ended(self) -> bool:
        return all(worker.returncode is not None for worker in self._workers)

    def _all_in(self, phase: str) -> bool:
        return self.recording.phases() == {phase} and self.recording.workers == len(self._shares)

    async def _measure(self) -> None:
        self.watch.go()
        for worker in self._workers:
            await _say(worker, b"go\n")
        over = asyncio.Event()
        beside = asyncio.create_task(self._beside(self.recording, over)) if self._beside else None
        ticking = asyncio.create_task(self._tick())
        if beside is not None:
            beside.add_done_callback(lambda _: self._enough())
        await self._until(lambda: bool(self.recording.phases() & {"settling", "done"}) or self._all_ended())
        self.watch.end()
        ticking.cancel()
        over.set()
        if beside is not None:
            await beside
        await self._until(lambda: self._all_in("done") or self._all_ended())

    async def _tick(self) -> None:
        second = 0
        while True:
            await asyncio.sleep(1)
            self.watch.tick(second)
            second += 1

    async def _wait(self, seconds: float) -> None:
        """For those who have to come to rest; an interruption ends it."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._stopping.wait()

    async def _until(self, reached: Callable[[], bool]) -> None:
        while not reached() and not self._stopping.is_set():
            self._changed.clear()
            await self._changed.wait()

    async def _read(self, worker: asyncio.subprocess.Process) -> None:
        assert worker.stdout is not None
        decoder = msgspec.json.Decoder(Stretch)
        while line := await worker.stdout.readline():
            self.recording.add(decoder.decode(line))
            self._show(self.recording, self.watch)
            self._changed.set()
        if await worker.wait() != 0:
            self.shortcomings.append(f"a generator process ended with {worker.returncode}")
        self._changed.set()

    async def _end(self, readers: Sequence["asyncio.Task[None]"]) -> None:
        """Workers end when their input does; one that does not is killed."""
        for worker in self._workers:
            assert worker.stdin is not None
            worker.stdin.close()
        _, late = await asyncio.wait(readers, timeout=STOP_LIMIT_S)
        for worker in self._workers:
            if worker.returncode is None:
                worker.kill()
        await asyncio.gather(*late)


async def _started(share: Assignment) -> asyncio.subprocess.Process:
    worker = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "loadtest.run.worker",
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        limit=LINE_LIMIT_BYTES,
    )
    await _say(worker, msgspec.json.encode(share) + b"\n")
    return worker


async def _say(worker: asyncio.subprocess.Process, line: bytes) -> None:
    assert worker.stdin is not None
    with contextlib.suppress(ConnectionError):  # it has ended; its exit code says why
        worker.stdin.write(line)
        await worker.stdin.drain()

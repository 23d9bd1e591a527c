"""The load: stations of the load tester in a process of their own, which charge until they are stopped, and commands beside."""

import asyncio
import sys
import time
from collections import Counter
from pathlib import Path

import msgspec

from loadtest.assignment import Assignment
from loadtest.proof.ledger import Entry
from loadtest.report.tally import Stretch

SETTLE_WITHIN_S = 40
CONNECT_WITHIN_S = 90
ROOM_BYTES = 16 * 1_048_576


class Stalled(Exception):
    """The load came to a standstill; the message has the stations' counts."""


class Load:
    """Stations that charge, session after session. `entries` is the ledger of all sessions that are over."""

    def __init__(self, url: str, prefix: str, *, stations: int = 24, ahead_s: float = -86_400.0) -> None:
        # At a rate, for stations in a closed loop that began together stay in step: a fault would meet all at the same point.
        self.assignment = Assignment(
            scenario="sessions", worker=0, url=url, prefix=prefix, first=0, stations=stations, active=stations,
            seconds=3_600.0, versions=("1.6", "2.0.1", "2.1"), password="", seed=1, ramp_per_s=100.0,
            rate_per_s=stations * 0.8, think_s=0.0, meter_values=16, timeout_s=30.0, sources=(), backdate_s=-ahead_s,
            fact="meter-values", drop="ours", spread_s=1.0,
        )  # fmt: skip
        self.entries: list[Entry] = []
        self.errors: Counter[str] = Counter()
        self.counts: Counter[str] = Counter()
        self.connected = 0
        self.longest_silence_s = 0.0
        self._heard_at = 0.0
        self._phase = ""
        self._changed = asyncio.Event()
        self._child: asyncio.subprocess.Process | None = None
        self._reading: asyncio.Task[None] | None = None

    @property
    def names(self) -> list[str]:
        """All stations."""
        return [self.assignment.name_of(number) for number in range(self.assignment.stations)]

    async def start(self, log: Path) -> None:
        """Connect and boot all, then begin to charge; returns once sessions flow."""
        with log.open("wb") as errors:
            self._child = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "loadtest.run.worker",
                stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=errors, limit=ROOM_BYTES,
            )  # fmt: skip
        self._reading = asyncio.create_task(self._read())
        self._say(msgspec.json.encode(self.assignment) + b"\n")
        await self._until(lambda: self._phase == "ready", CONNECT_WITHIN_S)
        self._say(b"go\n")
        self._heard_at = time.monotonic()
        await self.more(len(self.names))

    async def more(self, sessions: int, *, within_s: float = 90) -> float:
        """Wait until so many more sessions are whole; the seconds that took. Raises Stalled."""
        begun, before = time.monotonic(), self.counts["sessions"]
        await self._until(lambda: self.counts["sessions"] >= before + sessions, within_s)
        return time.monotonic() - begun

    async def all_charge(self, *, within_s: float = 90) -> None:
        """Wait until every single station has finished a session begun from now on. Raises Stalled."""
        before = Counter(entry.station for entry in self.entries if entry.state == "ended")

        def everybody() -> bool:
            after = Counter(entry.station for entry in self.entries if entry.state == "ended")
            return all(after[name] >= before[name] + 2 for name in self.names)  # the first may have begun before

        await self._until(everybody, within_s)

    def rest(self) -> None:
        """Begin to measure silence anew."""
        self.longest_silence_s, self._heard_at = 0.0, time.monotonic()

    async def stop(self) -> list[Entry]:
        """Let the sessions in hand end; the ledger."""
        assert self._child is not None
        assert self._child.stdin is not None
        assert self._reading is not None
        self._child.stdin.close()
        async with asyncio.timeout(SETTLE_WITHIN_S):
            await self._reading
            assert await self._child.wait() == 0, "the generator failed"
        return self.entries

    def abort(self) -> None:
        """End the process, whatever it does."""
        if self._child is not None and self._child.returncode is None:
            self._child.kill()
        if self._reading is not None:
            self._reading.cancel()

    def _say(self, line: bytes) -> None:
        assert self._child is not None
        assert self._child.stdin is not None
        self._child.stdin.write(line)

    async def _read(self) -> None:
        assert self._child is not None
        assert self._child.stdout is not None
        decoder = msgspec.json.Decoder(Stretch)
        while line := await self._child.stdout.readline():
            self._take(decoder.decode(line))
            self._changed.set()
        self._phase = "done"
        self._changed.set()

    def _take(self, stretch: Stretch) -> None:
        self._phase, self.connected = stretch.phase, stretch.connected
        self.entries.extend(stretch.sessions)
        self.errors.update(stretch.errors)
        self.counts.update(stretch.counts)
        if stretch.phase == "measuring":
            now = time.monotonic()
            self.longest_silence_s = max(self.longest_silence_s, now - self._heard_at)
            if stretch.counts.get("sessions"):
                self._heard_at = now

    async def _until(self, reached: object, within_s: float) -> None:
        assert callable(reached)
        try:
            async with asyncio.timeout(within_s):
                while not reached():
                    if self._phase == "done":
                        raise Stalled(f"the generator ended: {dict(self.errors)}")
                    self._changed.clear()
                    await self._changed.wait()
        except TimeoutError:
            told = f"{self.connected} connected, {dict(self.counts)}, {dict(self.errors)}"
            raise Stalled(f"no progress within {within_s} s: {told}") from None

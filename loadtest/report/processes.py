"""CPU and memory of named processes, from /proc."""

import os
import time
from collections.abc import Sequence
from pathlib import Path

import msgspec

from loadtest.report.outcome import ProcessSummary

TICKS_PER_S = os.sysconf("SC_CLK_TCK")
PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")


class Usage(msgspec.Struct, frozen=True, kw_only=True):
    """What a process has used: CPU seconds since it began, and its resident memory now."""

    at_s: float
    cpu_s: float
    rss_bytes: int


class Watched(msgspec.Struct, frozen=True):
    """A process to watch, by the name the report gives it."""

    name: str
    pid: int


def usage(pid: int) -> Usage | None:
    """The usage of a process; None where it is gone."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return None
    fields = stat.rpartition(")")[2].split()  # the name before may hold anything
    user, system, resident_pages = int(fields[11]), int(fields[12]), int(fields[21])
    return Usage(at_s=time.monotonic(), cpu_s=(user + system) / TICKS_PER_S, rss_bytes=resident_pages * PAGE_BYTES)


class Watch:
    """Named processes, looked at again and again."""

    def __init__(self, watched: Sequence[Watched]) -> None:
        self._watched = list(watched)
        self.at_start = self.look()
        self.at_go: dict[str, Usage] = {}
        self.at_end: dict[str, Usage] = {}
        self.seconds: dict[int, tuple[dict[str, float], dict[str, int]]] = {}
        self._last: dict[str, Usage] = {}

    def add(self, process: Watched) -> None:
        """Watch one more, from now on."""
        self._watched.append(process)

    def look(self) -> dict[str, Usage]:
        """The usage of every process that lives."""
        seen = {process.name: usage(process.pid) for process in self._watched}
        return {name: used for name, used in seen.items() if used is not None}

    def go(self) -> None:
        """The measurement begins."""
        self.at_go = self.at_end = self._last = self.look()

    def tick(self, second: int) -> None:
        """Look once within the measurement."""
        now = self.look()
        cores = {name: _cores(self._last[name], use) for name, use in now.items() if name in self._last}
        self.seconds[second] = (cores, {name: use.rss_bytes for name, use in now.items()})
        self._last = self.at_end = now

    def end(self) -> None:
        """The measurement is over."""
        self.at_end = self.look()

    def summary(self, *, calls: int, connections: int) -> list[ProcessSummary]:
        """What each process used from go to end."""
        return [
            _summary(name, after, before=self.at_go[name], start=self.at_start.get(name), per=(calls, connections))
            for name, after in self.at_end.items()
            if name in self.at_go
        ]


def _cores(before: Usage, after: Usage) -> float:
    return round((after.cpu_s - before.cpu_s) / max(after.at_s - before.at_s, 1e-9), 3)


def _summary(name: str, after: Usage, *, before: Usage, start: Usage | None, per: tuple[int, int]) -> ProcessSummary:
    calls, connections = per
    cpu_s = after.cpu_s - before.cpu_s
    grown = after.rss_bytes - start.rss_bytes if start is not None else None
    return ProcessSummary(
        name=name,
        cpu_s=round(cpu_s, 3),
        cores=_cores(before, after),
        cpu_s_per_1000_calls=round(cpu_s * 1_000 / calls, 4) if calls else None,
        rss_bytes=after.rss_bytes,
        bytes_per_connection=round(grown / connections) if grown is not None and connections else None,
    )

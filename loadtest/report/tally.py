"""What a run counts: latencies and errors per action, per stretch of time, over several workers. PURE."""

from collections import Counter
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

import msgspec

from loadtest.proof.ledger import Entry
from loadtest.report.histogram import Histogram

NONE: Final[Mapping[str, int]] = MappingProxyType({})


class Stretch(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One worker's counts since its report before; `at_s` is seconds since the measurement began."""

    worker: int
    phase: str
    at_s: float = 0.0
    connected: int = 0
    latencies: dict[str, dict[int, int]] = {}
    errors: dict[str, int] = {}
    counts: dict[str, int] = {}
    sessions: tuple[Entry, ...] = ()
    gateways: dict[str, int] = {}


class Tally:
    """Latencies, errors and other counts."""

    def __init__(self) -> None:
        self.latencies: dict[str, Histogram] = {}
        self.errors: Counter[str] = Counter()
        self.counts: Counter[str] = Counter()
        self.sessions: list[Entry] = []

    def count_answer(self, action: str, seconds: float) -> None:
        """An action was answered with a result."""
        histogram = self.latencies.get(action)
        if histogram is None:
            histogram = self.latencies[action] = Histogram()
        histogram.add(seconds)

    def failed(self, action: str, why: str) -> None:
        """An action got no result."""
        self.errors[f"{action}: {why}"] += 1

    def add(self, stretch: Stretch) -> None:
        """Add a worker's counts."""
        for action, buckets in stretch.latencies.items():
            self.latencies.setdefault(action, Histogram()).merge(Histogram(buckets))
        self.errors.update(stretch.errors)
        self.counts.update(stretch.counts)
        self.sessions.extend(stretch.sessions)

    @property
    def answers(self) -> int:
        """How many CALLs were answered."""
        return sum(histogram.count for histogram in self.latencies.values())


def stretch_of(
    tally: Tally, *, worker: int, phase: str, at_s: float, connected: int, gateways: Mapping[str, int] = NONE
) -> Stretch:
    """Build the report of a tally; `gateways` are the connections of each."""
    return Stretch(
        worker=worker,
        phase=phase,
        at_s=at_s,
        connected=connected,
        latencies={action: dict(histogram.buckets) for action, histogram in tally.latencies.items()},
        errors=dict(tally.errors),
        counts=dict(tally.counts),
        sessions=tuple(tally.sessions),
        gateways=dict(gateways),
    )


class ActionSummary(msgspec.Struct, frozen=True, kw_only=True):
    """One action over the whole run; latencies in milliseconds."""

    action: str
    count: int
    per_s: float
    p50_ms: float | None
    p95_ms: float | None
    p99_ms: float | None
    max_ms: float | None


def summarised(tally: Tally, *, elapsed_s: float) -> list[ActionSummary]:
    """A row an action, the most frequent first."""
    rows = [_row(action, histogram, elapsed_s) for action, histogram in tally.latencies.items()]
    return sorted(rows, key=lambda row: (-row.count, row.action))


def _row(action: str, histogram: Histogram, elapsed_s: float) -> ActionSummary:
    return ActionSummary(
        action=action,
        count=histogram.count,
        per_s=round(histogram.count / elapsed_s, 1) if elapsed_s > 0 else 0.0,
        p50_ms=_ms(histogram, 50),
        p95_ms=_ms(histogram, 95),
        p99_ms=_ms(histogram, 99),
        max_ms=_ms(histogram, 100),
    )


def _ms(histogram: Histogram, percent: float) -> float | None:
    seconds = histogram.percentile(percent)
    return None if seconds is None else round(seconds * 1_000, 3)

"""What a run came to, as it is printed, written as JSON and drawn. PURE."""

from collections import Counter
from collections.abc import Mapping, Sequence

import msgspec

from loadtest.proof.ledger import Difference
from loadtest.report.histogram import Histogram
from loadtest.report.tally import ActionSummary, Stretch, Tally, summarised

NOT_BACK = "stations not back"
LOST = "connection: lost"
OUTCOME = "outcome "
LIVES_THROUGH_FAULTS = ("sessions", "storm")
"""Scenarios that are run while gateways die: what counts is what comes of it."""

WHOLE_SECOND = 0.9
"""Less of a second than this, at the end of a run, would look like a fall in a chart."""


class ProcessSummary(msgspec.Struct, frozen=True, kw_only=True):
    """One process over a run. Bytes per connection: what its memory grew by since before the first connection."""

    name: str
    cpu_s: float
    cores: float
    cpu_s_per_1000_calls: float | None
    rss_bytes: int
    bytes_per_connection: int | None


class Second(msgspec.Struct, frozen=True, kw_only=True):
    """One second of the measurement, over all workers; latencies in milliseconds. `cores` and `rss_bytes` per process."""

    at_s: int
    answers: int
    p50_ms: float | None
    p95_ms: float | None
    p99_ms: float | None
    errors: int
    connected: int
    cores: Mapping[str, float] = {}
    rss_bytes: Mapping[str, int] = {}


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """The outcome of a run. `shortcomings` are the reasons why it is incomplete; `gateways` are the connections of each at the end."""

    scenario: str
    options: Mapping[str, object]
    complete: bool
    shortcomings: Sequence[str]
    elapsed_s: float
    connected: int
    connecting_s: float
    gateways: Mapping[str, int]
    answers: int
    answers_per_s: float
    sessions_per_s: float | None
    actions: Sequence[ActionSummary]
    connecting: Sequence[ActionSummary]
    errors: Mapping[str, int]
    counts: Mapping[str, int]
    processes: Sequence[ProcessSummary]
    timeline: Sequence[Second]
    sessions_in_ledger: int
    differences: Sequence[Difference] | None = None
    verified_by: str = ""


class Recording:
    """All stretches of all workers, put together."""

    def __init__(self) -> None:
        self.connecting = Tally()
        self.measured = Tally()
        self.settled = Tally()
        self.elapsed_s = 0.0
        self.most_connected = 0
        self._gateways: dict[int, Mapping[str, int]] = {}
        self._connected: dict[int, int] = {}
        self._phases: dict[int, str] = {}
        self._seconds: dict[int, tuple[Histogram, int, int]] = {}

    @property
    def connected(self) -> int:
        """Connections that stand now."""
        return sum(self._connected.values())

    @property
    def gateways(self) -> dict[str, int]:
        """Connections of each gateway at the end of the measurement."""
        whole: Counter[str] = Counter()
        for gateways in self._gateways.values():
            whole.update(gateways)
        return dict(sorted(whole.items()))

    def phases(self) -> set[str]:
        """Which phases the workers are in."""
        return set(self._phases.values())

    @property
    def workers(self) -> int:
        """How many workers have reported at least once."""
        return len(self._phases)

    def forget(self, worker: int) -> None:
        """A reporter that is no worker process: it has no phase and no connections."""
        self._phases.pop(worker, None)
        self._connected.pop(worker, None)

    def add(self, stretch: Stretch) -> None:
        """Add a worker's report."""
        self._connected[stretch.worker] = stretch.connected
        self._phases[stretch.worker] = stretch.phase
        self.most_connected = max(self.most_connected, self.connected)
        match stretch.phase:
            case "connecting" | "ready":
                self.connecting.add(stretch)
            case "measuring":
                self.measured.add(stretch)
                self._gateways[stretch.worker] = stretch.gateways
                self.elapsed_s = max(self.elapsed_s, stretch.at_s)
                self._add_second(stretch)
            case _:
                self.settled.add(stretch)

    def _add_second(self, stretch: Stretch) -> None:
        second = int(stretch.at_s)
        histogram, errors, _ = self._seconds.get(second, (Histogram(), 0, 0))
        for buckets in stretch.latencies.values():
            histogram.merge(Histogram(buckets))
        self._seconds[second] = (histogram, errors + sum(stretch.errors.values()), self.connected)

    def timeline(self, usages: Mapping[int, tuple[Mapping[str, float], Mapping[str, int]]]) -> list[Second]:
        """Second by second; `usages` has each second's cores and memory per process."""
        return [
            Second(
                at_s=second,
                answers=histogram.count,
                p50_ms=_ms(histogram, 50),
                p95_ms=_ms(histogram, 95),
                p99_ms=_ms(histogram, 99),
                errors=errors,
                connected=connected,
                cores=usages.get(second, ({}, {}))[0],
                rss_bytes=usages.get(second, ({}, {}))[1],
            )
            for second, (histogram, errors, connected) in sorted(self._seconds.items())
            if second == 0 or second + WHOLE_SECOND <= self.elapsed_s
        ]


def outcome_of(
    recording: Recording,
    *,
    scenario: str,
    options: Mapping[str, object],
    shortcomings: Sequence[str],
    connecting_s: float,
    processes: Sequence[ProcessSummary],
    timeline: Sequence[Second],
) -> Outcome:
    """The whole of a recording."""
    measured, elapsed_s = recording.measured, recording.elapsed_s
    counts = measured.counts + recording.settled.counts
    sessions = measured.counts.get("sessions")
    whole = [*shortcomings, *_lost(scenario, measured), *_stragglers(counts)]
    if scenario == "fanout":
        whole += _unaccepted(measured)
    return Outcome(
        scenario=scenario,
        options=options,
        complete=not whole,
        shortcomings=whole,
        gateways=recording.gateways,
        elapsed_s=round(elapsed_s, 2),
        connected=recording.most_connected,
        connecting_s=round(connecting_s, 2),
        answers=measured.answers,
        answers_per_s=round(measured.answers / elapsed_s, 1) if elapsed_s else 0.0,
        sessions_per_s=round(sessions / elapsed_s, 1) if sessions and elapsed_s else None,
        actions=summarised(measured, elapsed_s=elapsed_s),
        connecting=summarised(recording.connecting, elapsed_s=connecting_s),
        errors=dict(recording.connecting.errors + measured.errors + recording.settled.errors),
        counts=dict(recording.connecting.counts + counts),
        processes=processes,
        timeline=timeline,
        sessions_in_ledger=len(measured.sessions) + len(recording.settled.sessions),
    )


def short_of(outcome: Outcome, why: str) -> Outcome:
    """The same run, and one reason more why it is not whole."""
    return msgspec.structs.replace(outcome, complete=False, shortcomings=[*outcome.shortcomings, why])


def _lost(scenario: str, measured: Tally) -> list[str]:
    """Where all that stations do is to stay connected, nothing may go wrong at all; elsewhere no connection may be lost."""
    if scenario in LIVES_THROUGH_FAULTS:
        return []
    wrong = {name: count for name, count in measured.errors.items() if scenario == "idle" or name.startswith(LOST)}
    return [f"{sum(wrong.values()):,} errors while the connections were held"] if wrong else []


def _stragglers(counts: Mapping[str, int]) -> list[str]:
    late = counts.get(NOT_BACK, 0)
    return [f"{late:,} {NOT_BACK}"] if late else []


def _unaccepted(measured: Tally) -> list[str]:
    """A fan-out is over with the last accept: whoever gave none is still without its profile."""
    ended = {name: count for name, count in measured.counts.items() if name.startswith(OUTCOME)}
    without = sum(ended.values()) - ended.get(f"{OUTCOME}accepted", 0)
    without += sum(count for name, count in measured.errors.items() if name.startswith("SetChargingProfile:"))
    return [f"{without:,} stations did not accept the profile"] if without else []


def _ms(histogram: Histogram, percent: float) -> float | None:
    seconds = histogram.percentile(percent)
    return None if seconds is None else round(seconds * 1_000, 3)

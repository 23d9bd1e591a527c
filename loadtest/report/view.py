"""What people see of a run: a live table in a terminal, and the summary."""

from collections.abc import Mapping, Sequence
from time import monotonic
from types import TracebackType

from rich.console import Console, Group
from rich.live import Live
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from loadtest.proof.ledger import Difference
from loadtest.report.outcome import Outcome, ProcessSummary, Recording
from loadtest.report.processes import Watch
from loadtest.report.tally import ActionSummary, summarised

REDRAW_EVERY_S = 0.5
SHOWN_ERRORS = 12
MEGABYTE = 1_048_576
NETWORK = "network: "


class LiveView:
    """A table that follows the run; silent where the output is no terminal."""

    def __init__(self, title: str, console: Console) -> None:
        self._title = title
        self._live = Live(console=console, auto_refresh=False, transient=True) if console.is_terminal else None
        self._drawn_at = 0.0

    def __enter__(self) -> "LiveView":
        if self._live is not None:
            self._live.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self._live is not None:
            self._live.stop()

    def show(self, recording: Recording, watch: Watch) -> None:
        """Draw the present state, not too often."""
        if self._live is None or monotonic() - self._drawn_at < REDRAW_EVERY_S:
            return
        self._drawn_at = monotonic()
        phase = "/".join(sorted(recording.phases()))
        head = Text(f"{self._title} · {phase} · {recording.elapsed_s:.0f} s · {recording.connected} connected")
        rows = summarised(recording.measured, elapsed_s=recording.elapsed_s)
        errors = recording.measured.errors + recording.connecting.errors
        parts: list[Text | Table] = [head, _action_table(rows)]
        if watch.seconds:
            cores, memory = watch.seconds[max(watch.seconds)]
            shown = [f"{name} {cores.get(name, 0):.2f} cores {rss / MEGABYTE:.0f} MB" for name, rss in memory.items()]
            parts.append(Text(" · ".join(shown), style="dim"))
        network = network_counts(recording.measured.counts)
        if network:
            parts.append(Text(f"network: {network}", style="yellow"))
        if errors:
            parts.append(Text(f"{errors.total()} errors: {errors.most_common(1)[0][0]}", style="red"))
        self._live.update(Group(*parts), refresh=True)


def network_counts(counts: Mapping[str, int]) -> str:
    """What a bad network did so far; empty where it is a good one."""
    network = {name.removeprefix(NETWORK): count for name, count in sorted(counts.items()) if name.startswith(NETWORK)}
    return " · ".join(f"{name} {count:,}" for name, count in network.items())


def print_summary(outcome: Outcome, console: Console) -> None:
    """The run in tables."""
    state = "" if outcome.complete else f" [red]({escape('; '.join(outcome.shortcomings))})[/red]"
    console.print(
        f"[bold]{outcome.scenario}[/bold]{state}: {outcome.elapsed_s:g} s measured, {outcome.connected} connected"
    )
    if outcome.connecting:
        console.print(_action_table(outcome.connecting, title=f"connecting, {outcome.connecting_s:g} s"))
    console.print(_action_table(outcome.actions, title="measured"))
    figures = [f"{outcome.answers_per_s:,.1f} answered CALLs/s"]
    if outcome.sessions_per_s is not None:
        figures.append(f"{outcome.sessions_per_s:,.1f} sessions/s")
    console.print(" · ".join(figures), style="bold")
    if outcome.processes:
        console.print(_process_table(outcome.processes))
    if len(outcome.gateways) > 1:
        shares = " · ".join(f"{url} {count:,}" for url, count in outcome.gateways.items())
        console.print(f"connected at the end: {shares}")
    for name, count in sorted(outcome.counts.items()):
        console.print(f"{name}: {count:,}")
    for name, count in sorted(outcome.errors.items(), key=lambda item: -item[1])[:SHOWN_ERRORS]:
        console.print(f"[red]error[/red] {escape(name)}: {count:,}")
    if outcome.differences is not None:
        print_differences(outcome.differences, outcome.sessions_in_ledger, outcome.verified_by, console)


def print_differences(differences: Sequence[Difference], sessions: int, sources: str, console: Console) -> None:
    """What the ledger and the CSMS disagree on."""
    if not differences:
        console.print(f"[green]verified[/green] by {sources}: {sessions:,} sessions, each once, energy to the Wh")
        return
    for difference in differences[:SHOWN_ERRORS]:
        console.print(
            f"{difference.source}: [red]{difference.kind}[/red] {difference.station} {difference.transaction_id}: "
            f"{escape(difference.detail)}"
        )
    console.print(f"[red]{len(differences):,} differences[/red] in {sessions:,} sessions")


def _action_table(rows: Sequence[ActionSummary], *, title: str | None = None) -> Table:
    table = Table(title=title, title_justify="left", box=None, padding=(0, 2, 0, 0))
    for column in ("action", "count", "per s", "p50 ms", "p95 ms", "p99 ms", "max ms"):
        table.add_column(column, justify="left" if column == "action" else "right")
    for row in rows:
        latencies = (row.p50_ms, row.p95_ms, row.p99_ms, row.max_ms)
        shown = ("-" if latency is None else f"{latency:.1f}" for latency in latencies)
        table.add_row(row.action, f"{row.count:,}", f"{row.per_s:,.1f}", *shown)
    return table


def _process_table(rows: Sequence[ProcessSummary]) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0))
    for column in ("process", "cores", "CPU s", "CPU s per 1,000 CALLs", "RSS MB", "KB per connection"):
        table.add_column(column, justify="left" if column == "process" else "right")
    for row in rows:
        table.add_row(
            row.name,
            f"{row.cores:.2f}",
            f"{row.cpu_s:.2f}",
            "-" if row.cpu_s_per_1000_calls is None else f"{row.cpu_s_per_1000_calls:.4f}",
            f"{row.rss_bytes / MEGABYTE:.1f}",
            "-" if row.bytes_per_connection is None else f"{row.bytes_per_connection / 1024:.1f}",
        )
    return table

"""What a station costs at several sizes of the fleet: the same mix, stage after stage, in one table."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

import msgspec
from rich.console import Console
from rich.table import Table

from loadtest.proof.ledger import Entry
from loadtest.proof.verify import write_ledger
from loadtest.report.outcome import Outcome
from loadtest.report.view import MEGABYTE, print_summary
from loadtest.run.bench import BenchOptions, checked, measured, provision


class Growth(msgspec.Struct, frozen=True, kw_only=True):
    """All stages of a run, as JSON has them."""

    stages: Sequence[Outcome]


async def growth(stages: Sequence[BenchOptions], console: Console, *, rest_s: float) -> int:
    """Run the stages, with rest between them; 0 where each was whole."""
    outcomes: list[Outcome] = []
    ledger: list[Entry] = []
    for stage in stages:
        if outcomes:
            await asyncio.sleep(rest_s)  # thousands of stations have just left: that is no cost of the next
        if stage.provision:
            await asyncio.to_thread(provision, stage)
        outcome, entries = await measured(stage, console)
        ledger += entries
        outcome = await asyncio.to_thread(checked, outcome, entries, stage.asked)
        outcomes.append(outcome)
        print_summary(outcome, console)
        if "interrupted" in outcome.shortcomings:
            break
    console.print(table_of(outcomes))
    if stages[0].json:
        json = msgspec.json.format(msgspec.json.encode(Growth(stages=outcomes)))
        await asyncio.to_thread(Path(stages[0].json).write_bytes, json)
    if stages[0].ledger:
        await asyncio.to_thread(write_ledger, ledger, Path(stages[0].ledger))
    whole = all(outcome.complete and not outcome.differences for outcome in outcomes)
    return 0 if len(outcomes) == len(stages) and whole else 1


def table_of(outcomes: Sequence[Outcome]) -> Table:
    """A row a stage."""
    names = list(dict.fromkeys(process.name for outcome in outcomes for process in outcome.processes))
    actions = list(dict.fromkeys(row.action for outcome in outcomes for row in outcome.actions))
    table = Table(title="growth", title_justify="left", box=None, padding=(0, 2, 0, 0))
    for column in ("stations", "CALLs/s", "sessions/s", "errors", *names, *(f"{action} p99 ms" for action in actions)):
        table.add_column(column, justify="right")
    for outcome in outcomes:
        used = {process.name: process for process in outcome.processes}
        late = {row.action: row.p99_ms for row in outcome.actions}
        costs = (
            f"{used[n].cores:.2f} cores {used[n].rss_bytes / MEGABYTE:,.0f} MB" if n in used else "-" for n in names
        )
        latencies = ("-" if late.get(action) is None else f"{late[action]:.1f}" for action in actions)
        sessions = "-" if outcome.sessions_per_s is None else f"{outcome.sessions_per_s:,.1f}"
        errors = f"{sum(outcome.errors.values()):,}"
        table.add_row(f"{outcome.connected:,}", f"{outcome.answers_per_s:,.1f}", sessions, errors, *costs, *latencies)
    return table

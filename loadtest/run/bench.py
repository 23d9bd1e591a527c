"""A throughput scenario from its options to its report."""

import asyncio
import http.client
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import msgspec
from rich.console import Console

from loadtest.assignment import Assignment, shared
from loadtest.proof.api import Api, ApiRefused
from loadtest.proof.ledger import Entry
from loadtest.proof.verify import Asked, verify, write_ledger
from loadtest.proof.warehouse import CannotAsk
from loadtest.report.html import page
from loadtest.report.outcome import Outcome, outcome_of, short_of
from loadtest.report.processes import Watch, Watched
from loadtest.report.view import LiveView, print_summary
from loadtest.run.conductor import Beside, Conductor
from loadtest.run.limits import Limits
from loadtest.run.round_trips import COMMAND_WAIT_S, Fanout, RoundTrips

PROVISION_THREADS = 8
STAY_S = 5.0


class BenchOptions(msgspec.Struct, frozen=True, kw_only=True):
    """What is run, and where its results go."""

    whole: Assignment
    workers: int
    watched: tuple[Watched, ...]
    json: str
    html: str
    api: str
    key: str
    provision: bool
    asked: Asked | None
    ledger: str
    command: str
    concurrency: int
    per_request: int = 1_000
    warm_up_s: float = 0.0


async def bench(options: BenchOptions, console: Console) -> int:
    """Run a scenario; 0 where it ran whole and, if asked, was verified."""
    if options.provision:
        await asyncio.to_thread(provision, options)
    outcome, entries = await measured(options, console)
    return await asyncio.to_thread(_report, outcome, entries, options, console)


async def measured(options: BenchOptions, console: Console) -> tuple[Outcome, list[Entry]]:
    """Run a scenario; what it came to, and the ledger."""
    watch = Watch(options.watched)
    with LiveView(options.whole.scenario, console) as view:
        conductor = Conductor(
            shared(_with_time_to_answer(options.whole), options.workers),
            watch=watch,
            show=view.show,
            beside=_beside(options),
            warm_up_s=options.warm_up_s,
        )
        await conductor.run()
    recording = conductor.recording
    outcome = outcome_of(
        recording,
        scenario=options.whole.scenario,
        options=_shown_options(options),
        shortcomings=conductor.shortcomings,
        connecting_s=conductor.connecting_s,
        processes=watch.summary(calls=recording.measured.answers, connections=recording.most_connected),
        timeline=recording.timeline(watch.seconds),
    )
    return outcome, recording.measured.sessions + recording.settled.sessions


def _report(outcome: Outcome, entries: Sequence[Entry], options: BenchOptions, console: Console) -> int:
    if options.ledger:
        write_ledger(entries, Path(options.ledger))
    outcome = checked(outcome, entries, options.asked)
    print_summary(outcome, console)
    if options.json:
        Path(options.json).write_bytes(msgspec.json.format(msgspec.json.encode(outcome)))
    if options.html:
        Path(options.html).write_text(page(outcome), encoding="utf-8")
    return 0 if outcome.complete and not outcome.differences else 1


def checked(outcome: Outcome, entries: Sequence[Entry], products: Asked | None) -> Outcome:
    """Compare the ledger with API and ClickHouse and add the differences to the outcome; without a comparison it is incomplete."""
    if products is None:
        return outcome
    if not entries:
        return short_of(outcome, "not verified: the ledger is empty")
    try:
        found = verify(entries, products)
    except (ApiRefused, CannotAsk, OSError, http.client.HTTPException, msgspec.DecodeError) as error:
        return short_of(outcome, f"not verified: {error}")
    return msgspec.structs.replace(outcome, differences=found, verified_by=products.sources)


def provision(options: BenchOptions) -> None:
    """Let every station's token charge, through the API."""
    whole = options.whole
    numbers = range(whole.first, whole.first + whole.active)

    def some(start: int) -> None:
        api = Api(options.api, options.key)
        for number in numbers[start::PROVISION_THREADS]:
            api.provision_token(whole.token_of(number))
        api.close()

    with ThreadPoolExecutor(PROVISION_THREADS) as threads:
        for done in [threads.submit(some, start) for start in range(PROVISION_THREADS)]:
            done.result()


def _with_time_to_answer(whole: Assignment) -> Assignment:
    """Stations that answer commands stay until the last command has its outcome."""
    if whole.scenario != "commands":
        return whole
    return msgspec.structs.replace(whole, seconds=whole.seconds + COMMAND_WAIT_S + STAY_S)


def _beside(options: BenchOptions) -> Beside | None:
    whole = options.whole
    numbers = range(whole.first, whole.first + whole.stations)
    match whole.scenario:
        case "commands":
            return RoundTrips(
                api=options.api,
                key=options.key,
                command=options.command,
                stations=tuple(whole.name_of(number) for number in numbers),
                concurrency=options.concurrency,
                pause_s=whole.think_s,
                seconds=whole.seconds,
                seed=whole.seed,
            ).run
        case "fanout":
            return Fanout(
                api=options.api,
                key=options.key,
                stations=tuple(whole.name_of(number) for number in numbers),
                versions=whole.versions,
                per_request=options.per_request,
                concurrency=options.concurrency,
            ).run
        case "limits":
            return Limits(api=options.api, key=options.key, stations=whole.stations).run
        case _:
            return None


def _shown_options(options: BenchOptions) -> dict[str, object]:
    """The options of a run for its report, without secrets."""
    shown: dict[str, object] = msgspec.to_builtins(options.whole)
    shown.pop("password")
    return shown | {"workers": options.workers}

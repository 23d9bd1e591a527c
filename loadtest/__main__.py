"""`python -m loadtest SCENARIO`: simulated stations against a running CSMS."""

import argparse
import asyncio
import http.client
import sys
from collections.abc import Coroutine

import msgspec
import uvloop
from rich.console import Console

from loadtest import cli, options
from loadtest.proof.api import ApiRefused
from loadtest.proof.ledger import Entry
from loadtest.proof.verify import read_ledger, verify
from loadtest.proof.warehouse import CannotAsk
from loadtest.replay.recording import BadRecording
from loadtest.replay.replaying import ReplayOptions, replay, write_report
from loadtest.report.view import print_differences
from loadtest.run.bench import bench
from loadtest.run.growth import growth
from loadtest.run.sites import sites
from loadtest.station.fleet import live

WIDTH_IN_FILES = 180
"""Columns of what no terminal shows: the table of `growth` has one for each process."""


def main() -> int:
    """Run the scenario that was asked for; 0 where all went well, 1 where not, 2 where the options are wrong."""
    given = cli.parse(sys.argv[1:])
    try:
        return _run(given)
    except (options.BadOption, BadRecording) as error:
        print(f"loadtest: {error}", file=sys.stderr)
        return 2
    except (ApiRefused, CannotAsk, OSError, http.client.HTTPException, msgspec.DecodeError) as error:
        print(f"loadtest: {error}", file=sys.stderr)
        return 1


def _run(given: argparse.Namespace) -> int:
    console = Console(width=None if sys.stdout.isatty() else WIDTH_IN_FILES)
    if given.scenario == "verify":
        return _verify(given, console)
    if given.scenario == "replay":
        return _replayed(options.replay_options(given), console)
    if given.scenario == "fleet":
        return _lived(live(options.fleet_options(given)))
    if given.scenario == "sites":
        return _lived(sites(options.sites_options(given), console))
    if given.scenario == "growth":
        return _lived(growth(options.growth_options(given), console, rest_s=given.rest))
    return _lived(bench(options.bench_options(given), console))


def _lived(work: Coroutine[None, None, int]) -> int:
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(work)


def _replayed(what: ReplayOptions, console: Console) -> int:
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        report = runner.run(replay(what))
    if what.json:
        write_report(report, what.json)
    for line in report.lines():
        console.print(line, markup=False, highlight=False, soft_wrap=True)
    return 0 if report.same else 1


def _verify(given: argparse.Namespace, console: Console) -> int:
    entries: list[Entry] = read_ledger(given.ledger)
    products = options.products_of(given)
    if not entries:
        console.print(f"{given.ledger}: the ledger is empty, there is nothing to verify")
        return 1
    differences = verify(entries, products)
    print_differences(differences, len(entries), products.sources, console)
    return 1 if differences else 0


if __name__ == "__main__":
    sys.exit(main())

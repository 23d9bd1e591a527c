"""The command line of the load tester: one subcommand a scenario."""

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

from loadtest.assignment import Assignment
from loadtest.bench import BenchOptions
from loadtest.firmware import FirmwareHabits
from loadtest.fleet import FleetOptions
from loadtest.processes import Watched, usage
from loadtest.round_trips import COMMANDS
from loadtest.versions import VERSIONS

DEFAULT_URL = "ws://127.0.0.1:9000/ocpp"
DEFAULT_API = "http://127.0.0.1:8080"
LOOPBACK = ("localhost", "::1")
MOST_STATIONS = 100_000
MOST_SECONDS = 7 * 86_400
PORTS_OF_AN_ADDRESS = 28_000

SCENARIOS = {
    "sessions": "whole sessions: authorize, start, meter values, stop; latencies, sessions a second, a ledger",
    "heartbeat": "heartbeats, answered by the gateway alone",
    "durable": "MeterValues or StatusNotification, answered when they are stored",
    "idle": "many connections that say nothing: memory of each",
    "storm": "all connections drop at once: time until every station is connected and Boot-answered again",
    "soak": "sessions at a gentle rate for long: what grows",
    "fanout": "one charging profile to every station through the API: time to the last accept",
    "commands": "round trips of commands through the API",
}


DEFAULTS: dict[str, dict[str, object]] = {
    "soak": {"rate": 5.0, "seconds": 3_600.0, "backdate": 168.0},
    "storm": {"seconds": 120.0},
    "fanout": {"seconds": 120.0, "concurrency": 32},
}
"""Where a scenario's defaults are others."""

N = TypeVar("N", int, float)


class BadOption(Exception):
    """An option cannot be used; the message says why and what would do."""


def parser() -> argparse.ArgumentParser:
    """All subcommands with their options."""
    whole = argparse.ArgumentParser(prog="python -m loadtest", description="Simulated stations against a running CSMS.")
    scenarios = whole.add_subparsers(dest="scenario", required=True, metavar="SCENARIO")
    fleet = scenarios.add_parser("fleet", help="a believable fleet, until it is stopped")
    _common(fleet, stations=20)
    _fleet_options(fleet)
    for name, meaning in SCENARIOS.items():
        scenario = scenarios.add_parser(name, help=meaning, description=meaning)
        _common(scenario, stations={"idle": 1_000, "storm": 1_000, "commands": 20}.get(name, 100))
        _bench_options(scenario)
        scenario.set_defaults(**DEFAULTS.get(name, {}))
    verify = scenarios.add_parser("verify", help="compare a ledger of an earlier run with what the API tells")
    verify.add_argument("--ledger", required=True, type=Path, help="the file that --ledger of a run wrote")
    _api_options(verify)
    return whole


def _common(options: argparse.ArgumentParser, *, stations: int) -> None:
    add = options.add_argument
    add("--url", default=DEFAULT_URL, help="where stations connect, without the station's name (default %(default)s)")
    add("--stations", type=int, default=stations, help="how many stations connect (default %(default)s)")
    add("--versions", default="1.6,2.0.1,2.1", help="OCPP versions in turn (default %(default)s)")
    add("--password", default="", help="Basic auth password of every station (default none)")
    add("--seed", type=int, default=1, help="the same seed gives the same stations and cars (default %(default)s)")
    add("--ramp", type=float, default=200.0, help="new connections a second (default %(default)s)")
    add("--allow-remote", action="store_true", help="let the load leave this machine: only against systems you own")


def _fleet_options(options: argparse.ArgumentParser) -> None:
    add = options.add_argument
    add(
        "--speed",
        type=float,
        default=20.0,
        help="how much faster cars are full; power stays true (default %(default)s)",
    )
    add("--faults", type=float, default=0.02, help="share of visits that end in a fault (default %(default)s)")
    add("--no-cars", action="store_true", help="no car ever comes: for trying commands and firmware on quiet stations")
    add(
        "--firmware-seconds",
        type=float,
        default=20.0,
        help="how long a station takes to download and install (default %(default)s)",
    )
    add("--firmware-failures", type=float, default=0.02, help="share of installations that fail (default %(default)s)")
    add(
        "--firmware-silent", type=float, default=0.0, help="share of updates never heard of again (default %(default)s)"
    )
    add("--idle-start", action="store_true", help="no cars are there at the start")


def _bench_options(options: argparse.ArgumentParser) -> None:
    add = options.add_argument
    add("--active", type=int, default=None, help="how many of the stations speak (default all)")
    add("--seconds", type=float, default=20.0, help="how long to measure (default %(default)s)")
    add(
        "--rate",
        type=float,
        default=None,
        help="so many beginnings a second (default: closed loop, as fast as it goes)",
    )
    add("--think", type=float, default=0.0, help="closed loop: seconds between one and the next (default %(default)s)")
    add("--meter-values", type=int, default=5, help="sessions: meter values of each (default %(default)s)")
    add(
        "--fact",
        choices=("meter-values", "status"),
        default="meter-values",
        help="durable: which (default %(default)s)",
    )
    add(
        "--drop",
        choices=("ours", "theirs"),
        default="ours",
        help="storm: stations drop, or wait for the gateway to die",
    )
    add(
        "--spread",
        type=float,
        default=5.0,
        help="storm: back-off of stations, up to so many seconds (default %(default)s)",
    )
    add("--workers", type=int, default=1, help="generator processes (default %(default)s)")
    add(
        "--sources",
        default="",
        help="source addresses, comma-separated, e.g. 127.0.0.2,127.0.0.3 (default the system's)",
    )
    add("--timeout", type=float, default=30.0, help="how long a CALL may take (default %(default)s s)")
    add("--prefix", default="LOAD", help="how station names begin (default %(default)s)")
    add(
        "--backdate",
        type=float,
        default=24.0,
        help="sessions: hours ago that their time line begins (default %(default)s)",
    )
    _report_options(options)
    _api_options(options)


def _report_options(options: argparse.ArgumentParser) -> None:
    add = options.add_argument
    add("--pid", action="append", default=[], metavar="NAME=PID", help="watch CPU and memory of a process; repeatable")
    add("--json", default="", metavar="FILE", help="write all figures there")
    add("--html", default="", metavar="FILE", help="write a report with charts there: one page that fetches nothing")
    add("--ledger", default="", metavar="FILE", help="sessions: write what was acknowledged there, for `verify`")
    add("--verify", action="store_true", help="sessions: ask the API afterwards for every session and its energy")
    add("--provision", action="store_true", help="sessions: let the stations' tokens charge, through the API, before")
    add("--command", choices=tuple(COMMANDS), default="TriggerMessage", help="commands: which (default %(default)s)")
    add("--concurrency", type=int, default=1, help="commands: so many at once (default %(default)s)")


def _api_options(options: argparse.ArgumentParser) -> None:
    add = options.add_argument
    add("--api", default=DEFAULT_API, help="the operator API (default %(default)s)")
    add("--key", default="", help="its key")
    add("--settle", type=float, default=30.0, help="verify: how long the API may lag behind (default %(default)s s)")


def fleet_options(given: argparse.Namespace) -> FleetOptions:
    """The fleet's options. Raises BadOption."""
    check_target(given.url, allow_remote=given.allow_remote)
    return FleetOptions(
        url=given.url,
        stations=bounded("--stations", given.stations, 0, 20_000),
        speed=positive("--speed", given.speed),
        seed=given.seed,
        password=given.password,
        versions=versions_in(given.versions),
        ramp_per_s=positive("--ramp", given.ramp),
        faults=bounded("--faults", given.faults, 0, 1),
        start="idle" if given.idle_start else "busy",
        cars=not given.no_cars,
        firmware=FirmwareHabits(
            seconds=positive("--firmware-seconds", given.firmware_seconds),
            failures=bounded("--firmware-failures", given.firmware_failures, 0, 1),
            silent=bounded("--firmware-silent", given.firmware_silent, 0, 1),
        ),
    )


def bench_options(given: argparse.Namespace) -> BenchOptions:
    """A throughput scenario's options. Raises BadOption."""
    check_target(given.url, allow_remote=given.allow_remote)
    needs_api = given.verify or given.provision or given.scenario in ("commands", "fanout")
    if needs_api:
        check_target(given.api, allow_remote=given.allow_remote)
        if not given.key:
            raise BadOption("--key is missing: the API of `make up` keeps its key in .voltbus/operator.key")
    return BenchOptions(
        whole=_assignment(given),
        workers=bounded("--workers", given.workers, 1, 64),
        watched=tuple(watched(text) for text in given.pid),
        json=given.json,
        html=given.html,
        api=given.api,
        key=given.key,
        provision=given.provision,
        verify=given.verify,
        settle_s=given.settle,
        ledger=given.ledger,
        command=given.command,
        concurrency=bounded("--concurrency", given.concurrency, 1, 256),
    )


def _assignment(given: argparse.Namespace) -> Assignment:
    stations = bounded("--stations", given.stations, 1, MOST_STATIONS)
    sources = tuple(source.strip() for source in given.sources.split(",") if source.strip())
    if stations > PORTS_OF_AN_ADDRESS * max(1, len(sources)):
        raise BadOption(
            f"--stations {stations}: one source address has about {PORTS_OF_AN_ADDRESS} ports; give more with --sources, "
            "for example 127.0.0.2,127.0.0.3"
        )
    return Assignment(
        scenario=given.scenario,
        worker=0,
        url=given.url,
        prefix=given.prefix,
        first=0,
        stations=stations,
        active=bounded("--active", stations if given.active is None else given.active, 0, stations),
        seconds=bounded("--seconds", given.seconds, 0.1, MOST_SECONDS),
        versions=versions_in(given.versions),
        password=given.password,
        seed=given.seed,
        ramp_per_s=positive("--ramp", given.ramp),
        rate_per_s=None if given.rate is None else positive("--rate", given.rate),
        think_s=bounded("--think", given.think, 0, 3_600),
        meter_values=bounded("--meter-values", given.meter_values, 0, 1_000),
        timeout_s=positive("--timeout", given.timeout),
        sources=sources,
        backdate_s=bounded("--backdate", given.backdate, 0, 24 * 365) * 3_600,
        fact=given.fact,
        drop=given.drop,
        spread_s=bounded("--spread", given.spread, 0, 3_600),
    )


def versions_in(text: str) -> tuple[str, ...]:
    """The OCPP versions of a comma-separated list. Raises BadOption."""
    names = tuple(name.strip() for name in text.split(",") if name.strip())
    unknown = [name for name in names if name not in VERSIONS]
    if unknown or not names:
        raise BadOption(f"--versions {text!r}: pick from {', '.join(VERSIONS)}")
    return names


def watched(text: str) -> Watched:
    """A process to watch, from NAME=PID. Raises BadOption."""
    name, _, pid = text.partition("=")
    if not name or not pid.isdigit():
        raise BadOption(f"--pid {text!r}: write NAME=PID, for example gateway=4711")
    if usage(int(pid)) is None:
        raise BadOption(f"--pid {text!r}: no such process")
    return Watched(name, int(pid))


def bounded(name: str, value: N, low: float, high: float) -> N:
    """The value where it lies within its bounds. Raises BadOption."""
    if not low <= value <= high:
        raise BadOption(f"{name} {value:g}: takes {low:g} to {high:g}")
    return value


def positive(name: str, value: float) -> float:
    """A value above zero. Raises BadOption."""
    if value <= 0:
        raise BadOption(f"{name} {value:g}: must be above 0")
    return value


def check_target(url: str, *, allow_remote: bool) -> None:
    """Load goes to this machine unless its owner says otherwise. Raises BadOption."""
    parts = urlsplit(url)
    if parts.scheme not in ("ws", "wss", "http", "https") or not parts.hostname:
        raise BadOption(f"{url!r} is no address: write for example {DEFAULT_URL}")
    if not allow_remote and not (parts.hostname in LOOPBACK or parts.hostname.startswith("127.")):
        raise BadOption(
            f"{parts.hostname} is not this machine. The load tester only loads this machine unless you say --allow-remote; "
            "say it only for a system that you own."
        )


def parse(argv: Sequence[str]) -> argparse.Namespace:
    """The given options; prints the usage and exits where they make no sense."""
    return parser().parse_args(list(argv))

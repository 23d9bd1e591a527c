"""The command line of the load tester: one subcommand a scenario."""

import argparse
from collections.abc import Sequence
from pathlib import Path

from loadtest.options import DEFAULT_URL
from loadtest.run.round_trips import COMMANDS

DEFAULT_API = "http://127.0.0.1:8080"

SCENARIOS = {
    "sessions": "whole sessions: authorize, start, meter values, stop; latencies, sessions a second, a ledger",
    "heartbeat": "heartbeats, answered by the gateway alone",
    "durable": "MeterValues or StatusNotification, answered when they are stored",
    "idle": "many connections that say nothing, or heartbeats alone: memory of each",
    "storm": "all connections drop at once: time until every station is connected and Boot-answered again",
    "soak": "sessions at a gentle rate for long: what grows",
    "live": "a day's mix at the size of the fleet: heartbeats, status notifications, sessions; what a station costs",
    "fanout": "one charging profile to every station through the API: time to the last accept",
    "limits": "one demand-response event for every station, all of which charge: time to the last accept, reduction metered, report",
    "commands": "round trips of commands through the API",
}


DEFAULTS: dict[str, dict[str, object]] = {
    "soak": {"rate": 5.0, "seconds": 3_600.0, "backdate": 168.0},
    "live": {"seconds": 300.0, "heartbeat": 300.0, "statuses": True, "warm_up": 10.0},
    "storm": {"seconds": 120.0},
    "limits": {"seconds": 420.0, "warm_up": 3.0},
    "fanout": {"seconds": 120.0, "concurrency": 16, "warm_up": 3.0},
}
"""Where a scenario's defaults are others."""


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
    growth = scenarios.add_parser("growth", help="`live` at several sizes of the fleet, in one table")
    _common(growth, stations=0)
    _bench_options(growth)
    growth.add_argument("--stages", default="1000,5000,20000,50000", help="sizes in turn (default %(default)s)")
    growth.add_argument("--rest", type=float, default=15.0, help="seconds between stages (default %(default)s)")
    growth.set_defaults(**DEFAULTS["live"], prefix="G", ramp=500.0)
    sites = scenarios.add_parser(
        "sites", help="sites with a limit: a load that nobody steers jumps at all of them at once"
    )
    _common(sites, stations=20)
    _sites_options(sites)
    replay = scenarios.add_parser(
        "replay", help="play an export of the OCPP log as its stations, and compare the answers"
    )
    _replay_options(replay)
    verify = scenarios.add_parser("verify", help="compare a ledger of an earlier run with what API and ClickHouse tell")
    verify.set_defaults(allow_remote=True)  # it loads nobody
    verify.add_argument("--ledger", required=True, type=Path, help="the file that --ledger of a run wrote")
    _api_options(verify)
    return whole


def _common(options: argparse.ArgumentParser, *, stations: int) -> None:
    add = options.add_argument
    add(
        "--url",
        action="append",
        help="where stations connect, without the station's name; several gateways comma-separated or one --url each "
        f"(default {DEFAULT_URL})",
    )
    add("--stations", type=int, default=stations, help="how many stations connect (default %(default)s)")
    add("--versions", default="1.6,2.0.1,2.1", help="OCPP versions in turn (default %(default)s)")
    add("--password", default="", help="Basic auth password of every station (default none)")
    add(
        "--client-certificates",
        default="",
        metavar="FOLDER",
        help="each station shows a certificate of its own (security profile 3); folder and authority (ca.pem) are made where missing",
    )
    add("--seed", type=int, default=1, help="the same seed gives the same stations and cars (default %(default)s)")
    add("--ramp", type=float, default=200.0, help="new connections a second (default %(default)s)")
    add("--allow-remote", action="store_true", help="let the load leave this machine: only against systems you own")
    add("--net-drop", type=float, default=0.0, help="share of connections cut each minute, without a close frame")
    add(
        "--net-half-open",
        type=float,
        default=0.0,
        help="share of connections that fall silent each minute without an end; a station notices after --timeout",
    )
    add("--net-delay", type=float, default=0.0, help="milliseconds by which frames are late, each way")
    add("--net-jitter", type=float, default=0.0, help="give or take so many milliseconds; order is kept")
    add("--timeout", type=float, default=30.0, help="how long a CALL may take (default %(default)s s)")


def _replay_options(options: argparse.ArgumentParser) -> None:
    add = options.add_argument
    add("file", type=Path, metavar="FILE", help="JSON lines of GET /api/v1/exchanges/export")
    add("--url", default=DEFAULT_URL, help="where the stations connect, without their names (default %(default)s)")
    add("--station", default="", help="the name of the station now, where the file has one (default: as then)")
    add("--password", default="", help="Basic auth password of every station (default none)")
    add("--speed", type=float, default=1.0, help="times as fast as then (default %(default)s)")
    add("--longest-pause", type=float, default=60.0, help="no pause is longer (default %(default)s s)")
    add(
        "--linger",
        type=float,
        default=1.0,
        help="wait so long for CALLs behind the last message (default %(default)s s)",
    )
    add("--timeout", type=float, default=30.0, help="how long a CALL may take (default %(default)s s)")
    add("--ignore", action="append", default=[], metavar="MEMBER", help="a member that may differ; repeatable")
    add("--json", default="", metavar="FILE", help="write the report there")
    add("--allow-remote", action="store_true", help="let it leave this machine: only against systems you own")


def _fleet_options(options: argparse.ArgumentParser) -> None:
    add = options.add_argument
    add(
        "--speed",
        type=float,
        default=20.0,
        help="how much faster cars are full; power stays true (default %(default)s)",
    )
    add("--faults", type=float, default=0.02, help="share of visits that end in a fault (default %(default)s)")
    add(
        "--contracts",
        default="",
        metavar="FOLDER",
        help="folder with authority.pem and authority.key of a mobility operator: some EVs show contracts of it (Plug & Charge)",
    )
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
    add(
        "--latency",
        type=float,
        default=2.0,
        help="stations obey charging profiles within so many seconds (default %(default)s)",
    )
    add(
        "--disobedient",
        type=int,
        default=0,
        metavar="N",
        help="one station in N accepts charging profiles and ignores them",
    )
    add(
        "--currents",
        default="",
        metavar="FILE",
        help="append what each EVSE draws, as JSON lines: a ledger of currents",
    )


def _sites_options(options: argparse.ArgumentParser) -> None:
    add = options.add_argument
    add("--prefix", default="SITE", help="the first letters of the stations' names (default %(default)s)")
    add(
        "--evses",
        type=int,
        default=3,
        help="EVSEs of each site; --stations is the number of sites (default %(default)s)",
    )
    add("--limit", type=float, default=63.0, help="A that each line of a site may carry (default %(default)s)")
    add("--unmanaged", type=float, default=0.15, help="part of the limit that the building draws (default %(default)s)")
    add("--jump", type=float, default=0.4, help="by so much of the limit the buildings jump (default %(default)s)")
    add(
        "--latency", type=float, default=2.0, help="stations obey within so many seconds, and one (default %(default)s)"
    )
    add("--settle", type=float, default=120.0, help="seconds in which the sites fill (default %(default)s)")
    add("--seconds", type=float, default=30.0, help="watch for so long after the jump (default %(default)s)")
    add("--concurrency", type=int, default=16, help="requests to the API at once (default %(default)s)")
    add("--currents", default="", metavar="FILE", help="append all currents there, as JSON lines")
    add("--json", default="", metavar="FILE", help="write the figures there")
    add("--api", default=DEFAULT_API, help="address of the operator API (default %(default)s)")
    add("--key", default="", help="operator key")


def _bench_options(options: argparse.ArgumentParser) -> None:
    _pace_options(options)
    _behaviour_options(options)
    _generator_options(options)
    _report_options(options)
    _api_options(options)


def _pace_options(options: argparse.ArgumentParser) -> None:
    """How much of a load, how fast, for how long."""
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
    add("--warm-up", type=float, default=0.0, help="seconds between connecting and measuring (default %(default)s)")
    add(
        "--connect-within",
        type=float,
        default=60.0,
        help="how long the last stations may take to connect and boot, behind the ramp (default %(default)s s)",
    )


def _behaviour_options(options: argparse.ArgumentParser) -> None:
    """Add the options for what stations send and how they behave in an outage."""
    add = options.add_argument
    add(
        "--heartbeat",
        type=float,
        default=0.0,
        help="seconds between heartbeats of a station, 0 for none (default %(default)s)",
    )
    add("--statuses", action="store_true", help="sessions: status notifications before and after each")
    add("--pause", type=float, default=0.0, help="sessions: seconds between the facts of one (default %(default)s)")
    add("--sessions-a-day", type=float, default=6.0, help="live: of each station (default %(default)s)")
    add("--meter-values", type=int, default=5, help="sessions: meter values of each (default %(default)s)")
    add(
        "--backdate",
        type=float,
        default=24.0,
        help="sessions: hours ago that their time line begins (default %(default)s)",
    )
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
        help="back-off of stations that were cut off, up to so many seconds (default %(default)s)",
    )


def _generator_options(options: argparse.ArgumentParser) -> None:
    """The processes and addresses that the load comes from."""
    add = options.add_argument
    add("--workers", type=int, default=1, help="generator processes (default %(default)s)")
    add(
        "--sources",
        default="",
        help="source addresses, comma-separated, e.g. 127.0.0.2,127.0.0.3 (default the system's)",
    )
    add("--prefix", default="LOAD", help="how station names begin (default %(default)s)")


def _report_options(options: argparse.ArgumentParser) -> None:
    add = options.add_argument
    add("--pid", action="append", default=[], metavar="NAME=PID", help="watch CPU and memory of a process; repeatable")
    add("--json", default="", metavar="FILE", help="write all figures there")
    add("--html", default="", metavar="FILE", help="write a report with charts there: one page that fetches nothing")
    add("--ledger", default="", metavar="FILE", help="sessions: write what was acknowledged there, for `verify`")
    add(
        "--verify",
        action="store_true",
        help="sessions: ask the API (where --key is given) and ClickHouse (--clickhouse) afterwards for every session",
    )
    add("--provision", action="store_true", help="sessions: let the stations' tokens charge, through the API, before")
    add("--command", choices=tuple(COMMANDS), default="TriggerMessage", help="commands: which (default %(default)s)")
    add("--concurrency", type=int, default=1, help="commands, fanout: so many requests at once (default %(default)s)")
    add(
        "--per-request",
        type=int,
        default=1_000,
        help="fanout: stations that one request is for (default %(default)s)",
    )


def _api_options(options: argparse.ArgumentParser) -> None:
    add = options.add_argument
    add("--api", default=DEFAULT_API, help="the operator API (default %(default)s)")
    add("--key", default="", help="its key")
    add("--clickhouse", default="", metavar="DSN", help="verify: ask ClickHouse too, e.g. http://127.0.0.1:8123")
    add("--database", default="voltbus", help="verify: its database (default %(default)s)")
    add("--settle", type=float, default=30.0, help="verify: how long reads may lag behind (default %(default)s s)")


def parse(argv: Sequence[str]) -> argparse.Namespace:
    """The given options; prints the usage and exits where they make no sense."""
    return parser().parse_args(list(argv))

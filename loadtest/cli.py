"""The command line of the load tester: one subcommand a scenario."""

import argparse
from collections.abc import Sequence
from urllib.parse import urlsplit

from loadtest.fleet import FleetOptions
from loadtest.versions import VERSIONS

DEFAULT_URL = "ws://127.0.0.1:9000/ocpp"
LOOPBACK = ("127.", "localhost", "::1")


class BadOption(Exception):
    """An option cannot be used; the message says why and what would do."""


def parser() -> argparse.ArgumentParser:
    """All subcommands with their options."""
    whole = argparse.ArgumentParser(prog="python -m loadtest", description=__doc__)
    scenarios = whole.add_subparsers(dest="scenario", required=True, metavar="SCENARIO")
    _fleet_options(scenarios.add_parser("fleet", help="a believable fleet, until it is stopped"))
    return whole


def _common(options: argparse.ArgumentParser, *, stations: int) -> None:
    add = options.add_argument
    add("--url", default=DEFAULT_URL, help="where stations connect, without the station's name (default %(default)s)")
    add("--stations", type=int, default=stations, help="how many stations (default %(default)s)")
    add("--versions", default="1.6,2.0.1,2.1", help="OCPP versions in turn (default %(default)s)")
    add("--password", default="", help="Basic auth password of every station (default none)")
    add("--seed", type=int, default=1, help="the same seed gives the same stations and cars (default %(default)s)")
    add("--ramp", type=float, default=200.0, help="new connections a second (default %(default)s)")
    add("--allow-remote", action="store_true", help="let the load leave this machine: only against systems you own")


def _fleet_options(options: argparse.ArgumentParser) -> None:
    _common(options, stations=20)
    add = options.add_argument
    add(
        "--speed",
        type=float,
        default=20.0,
        help="how much faster cars are full; power stays true (default %(default)s)",
    )
    add("--faults", type=float, default=0.02, help="share of visits that end in a fault (default %(default)s)")
    add("--idle-start", action="store_true", help="no cars are there at the start")


def fleet_options(given: argparse.Namespace) -> FleetOptions:
    """The fleet's options. Raises BadOption."""
    check_target(given.url, allow_remote=given.allow_remote)
    if given.speed <= 0:
        raise BadOption("--speed must be above 0")
    return FleetOptions(
        url=given.url,
        stations=bounded("--stations", given.stations, 0, 20_000),
        speed=given.speed,
        seed=given.seed,
        password=given.password,
        versions=versions_in(given.versions),
        ramp_per_s=rate("--ramp", given.ramp),
        faults=given.faults,
        start="idle" if given.idle_start else "busy",
    )


def versions_in(text: str) -> tuple[str, ...]:
    """The OCPP versions of a comma-separated list. Raises BadOption."""
    names = tuple(name.strip() for name in text.split(",") if name.strip())
    unknown = [name for name in names if name not in VERSIONS]
    if unknown or not names:
        raise BadOption(f"--versions {text!r}: pick from {', '.join(VERSIONS)}")
    return names


def bounded(name: str, value: int, low: int, high: int) -> int:
    """The value where it lies within its bounds. Raises BadOption."""
    if not low <= value <= high:
        raise BadOption(f"{name} {value}: takes {low} to {high}")
    return value


def rate(name: str, value: float) -> float:
    """A rate per second above zero. Raises BadOption."""
    if value <= 0:
        raise BadOption(f"{name} {value}: must be above 0 a second")
    return value


def check_target(url: str, *, allow_remote: bool) -> None:
    """Load goes to this machine unless its owner says otherwise. Raises BadOption."""
    parts = urlsplit(url)
    if parts.scheme not in ("ws", "wss", "http", "https") or not parts.hostname:
        raise BadOption(f"{url!r} is no address: write for example {DEFAULT_URL}")
    if not allow_remote and not parts.hostname.startswith(LOOPBACK):
        raise BadOption(
            f"{parts.hostname} is not this machine. The load tester only loads this machine, unless you say --allow-remote: "
            "do so only for a system that you own."
        )


def parse(argv: Sequence[str]) -> argparse.Namespace:
    """The given options; prints the usage and exits where they make no sense."""
    return parser().parse_args(list(argv))

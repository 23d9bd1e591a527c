"""Check the options of the command line. An option that cannot be used is refused with a sentence that names usable values."""

import argparse
import resource
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

from loadtest.assignment import Assignment
from loadtest.ocpp.clientcertificates import BadFolder, prepare
from loadtest.ocpp.network import NetworkPlan
from loadtest.ocpp.versions import VERSIONS
from loadtest.proof.verify import Asked
from loadtest.proof.warehouse import is_embedded
from loadtest.replay.player import Pace
from loadtest.replay.replaying import ReplayOptions
from loadtest.report.processes import Watched, usage
from loadtest.run.bench import BenchOptions
from loadtest.run.simulatedsites import SitesPlan
from loadtest.run.sites import SitesOptions
from loadtest.station.contracts import AUTHORITY, KEY
from loadtest.station.firmware import FirmwareHabits
from loadtest.station.fleet import FleetOptions

DEFAULT_URL = "ws://127.0.0.1:9000/ocpp"
LOOPBACK = ("localhost", "::1")
MOST_STATIONS = 100_000
MOST_PER_REQUEST = 10_000
MOST_SECONDS = 7 * 86_400
PORTS_OF_AN_ADDRESS = 28_000
STATIONS_OF_A_WORKER = 15_000
"""A process may often have 20,000 files open."""

FILES_BESIDE = 200
DAY_S = 86_400

N = TypeVar("N", int, float)


class BadOption(Exception):
    """An option cannot be used; the message gives the reason and usable values."""


def fleet_options(given: argparse.Namespace) -> FleetOptions:
    """The fleet's options. Raises BadOption."""
    return FleetOptions(
        urls=gateways(given),
        stations=bounded("--stations", given.stations, 0, 20_000),
        speed=positive("--speed", given.speed),
        seed=given.seed,
        password=given.password,
        client_certificates=certificates_in(given),
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
        network=network_plan(given),
        notice_s=positive("--timeout", given.timeout),
        contracts=contracts_folder(given.contracts),
        latency_s=bounded("--latency", given.latency, 0, 60),
        disobedient=bounded("--disobedient", given.disobedient, 0, MOST_STATIONS),
        currents=given.currents,
    )


def sites_options(given: argparse.Namespace) -> SitesOptions:
    """The options of the scenario `sites`. Raises BadOption."""
    _check_api(given)
    plan = SitesPlan(
        urls=gateways(given),
        api=given.api,
        key=given.key,
        prefix=given.prefix,
        sites=bounded("--stations", given.stations, 1, 5_000),
        evses=bounded("--evses", given.evses, 1, 50),
        limit_a=positive("--limit", given.limit),
        unmanaged=bounded("--unmanaged", given.unmanaged, 0, 1),
        latency_s=bounded("--latency", given.latency, 0, 60),
        versions=versions_in(given.versions),
        ramp_per_s=positive("--ramp", given.ramp),
        seed=given.seed,
        requests_at_once=bounded("--concurrency", given.concurrency, 1, 64),
    )
    return SitesOptions(
        plan=plan,
        jump=bounded("--jump", given.jump, 0, 1),
        seconds=bounded("--seconds", given.seconds, 1, 3_600),
        settle_s=bounded("--settle", given.settle, 1, 3_600),
        currents=given.currents,
        json=given.json,
    )


def contracts_folder(path: str) -> str:
    """The folder of a mobility operator; empty for none. Raises BadOption."""
    missing = [name for name in (AUTHORITY, KEY) if path and not (Path(path) / name).is_file()]
    if missing:
        raise BadOption(f"--contracts {path}: {' and '.join(missing)} of a mobility operator are not in this folder")
    return path


def bench_options(given: argparse.Namespace) -> BenchOptions:
    """A throughput scenario's options. Raises BadOption."""
    if given.provision or given.scenario in ("commands", "fanout", "limits"):
        _check_api(given)
    if given.verify and is_embedded(given.clickhouse):
        raise BadOption(
            f"--clickhouse {given.clickhouse}: one process at a time can open chDB's folder, and the services have it while "
            "they run: keep the ledger (--ledger FILE), stop the services, then ask "
            "`verify --ledger FILE --clickhouse ...`"
        )
    whole, workers = _assignment(given), bounded("--workers", given.workers, 1, 64)
    _check_files(whole.stations, workers)
    return BenchOptions(
        whole=whole,
        workers=workers,
        watched=tuple(watched(text) for text in given.pid),
        json=given.json,
        html=given.html,
        api=given.api,
        key=given.key,
        provision=given.provision,
        asked=products_of(given) if given.verify else None,
        ledger=given.ledger,
        command=given.command,
        concurrency=bounded("--concurrency", given.concurrency, 1, 256),
        per_request=bounded("--per-request", given.per_request, 1, MOST_PER_REQUEST),
        warm_up_s=bounded("--warm-up", given.warm_up, 0, 3_600),
    )


def replay_options(given: argparse.Namespace) -> ReplayOptions:
    """The options of a replay. Raises BadOption."""
    check_target(given.url, allow_remote=given.allow_remote)
    pace = Pace(
        speed=positive("--speed", given.speed),
        longest_pause_s=bounded("--longest-pause", given.longest_pause, 0, DAY_S),
        linger_s=bounded("--linger", given.linger, 0, 3_600),
        timeout_s=positive("--timeout", given.timeout),
    )
    return ReplayOptions(
        file=given.file,
        url=given.url,
        station=given.station,
        password=given.password,
        pace=pace,
        ignored=frozenset(given.ignore),
        json=given.json,
    )


def products_of(given: argparse.Namespace) -> Asked:
    """Who is asked for what became of the sessions. Raises BadOption."""
    if not given.clickhouse or given.key:
        _check_api(given)
    if given.clickhouse and not is_embedded(given.clickhouse):
        check_target(given.clickhouse, allow_remote=given.allow_remote)
    return Asked(
        api=given.api,
        key=given.key,
        clickhouse=given.clickhouse,
        database=given.database,
        settle_s=bounded("--settle", given.settle, 0, 86_400),
    )


def _check_api(given: argparse.Namespace) -> None:
    check_target(given.api, allow_remote=given.allow_remote)
    if not given.key:
        raise BadOption("--key is missing: the API of `make up` keeps its key in .voltbus/operator.key")


def _check_files(stations: int, workers: int) -> None:
    """Each connection is an open file of its worker process. Raises BadOption."""
    room = resource.getrlimit(resource.RLIMIT_NOFILE)[1] - FILES_BESIDE
    if room > 0 and -(-stations // workers) > room:
        raise BadOption(
            f"--stations {stations}: a process may have {room + FILES_BESIDE} files open here; share the stations among "
            f"--workers {-(-stations // room)} or more"
        )


def growth_options(given: argparse.Namespace) -> list[BenchOptions]:
    """The stages of a growth run: `live` at each size, with stations of its own. Raises BadOption."""
    try:
        sizes = [int(size) for size in given.stages.split(",")]
    except ValueError:
        raise BadOption(f"--stages {given.stages!r}: write for example 1000,5000,20000") from None
    return [bench_options(_stage(given, size)) for size in sizes]


def _stage(given: argparse.Namespace, stations: int) -> argparse.Namespace:
    addresses = -(-stations // PORTS_OF_AN_ADDRESS)
    local = ",".join(f"127.0.0.{2 + number}" for number in range(addresses)) if not given.allow_remote else ""
    changed = {
        "scenario": "live",
        "stations": stations,
        "prefix": f"{given.prefix}{stations}",
        "workers": max(given.workers, -(-stations // STATIONS_OF_A_WORKER)),
        "sources": given.sources or local,
    }
    return argparse.Namespace(**(vars(given) | changed))


def _assignment(given: argparse.Namespace) -> Assignment:
    stations = bounded("--stations", given.stations, 1, MOST_STATIONS)
    sources = tuple(source.strip() for source in given.sources.split(",") if source.strip())
    if stations > PORTS_OF_AN_ADDRESS * max(1, len(sources)):
        raise BadOption(
            f"--stations {stations}: one source address has about {PORTS_OF_AN_ADDRESS} ports; give more with --sources, "
            "for example 127.0.0.2,127.0.0.3"
        )
    network = network_plan(given)
    return Assignment(
        scenario=given.scenario,
        worker=0,
        url=",".join(gateways(given)),
        prefix=given.prefix,
        first=0,
        stations=stations,
        active=bounded("--active", stations if given.active is None else given.active, 0, stations),
        seconds=bounded("--seconds", given.seconds, 0.1, MOST_SECONDS),
        versions=versions_in(given.versions),
        password=given.password,
        client_certificates=certificates_in(given),
        seed=given.seed,
        ramp_per_s=positive("--ramp", given.ramp),
        rate_per_s=_rate_per_s(given),
        think_s=bounded("--think", given.think, 0, 3_600),
        meter_values=bounded("--meter-values", given.meter_values, 0, 1_000),
        timeout_s=positive("--timeout", given.timeout),
        sources=sources,
        backdate_s=bounded("--backdate", given.backdate, 0, 24 * 365) * 3_600,
        fact=given.fact,
        drop=given.drop,
        spread_s=bounded("--spread", given.spread, 0, 3_600),
        connect_within_s=bounded("--connect-within", given.connect_within, 0, 3_600),
        heartbeat_s=bounded("--heartbeat", given.heartbeat, 0, DAY_S),
        statuses=given.statuses,
        pause_s=bounded("--pause", given.pause, 0, 3_600),
        net_drop=network.drop,
        net_half_open=network.half_open,
        net_delay_s=network.delay_s,
        net_jitter_s=network.jitter_s,
    )


def network_plan(given: argparse.Namespace) -> NetworkPlan:
    """How bad the network is to be. Raises BadOption."""
    return NetworkPlan(
        drop=bounded("--net-drop", given.net_drop, 0, 60),
        half_open=bounded("--net-half-open", given.net_half_open, 0, 60),
        delay_s=bounded("--net-delay", given.net_delay, 0, 60_000) / 1_000,
        jitter_s=bounded("--net-jitter", given.net_jitter, 0, 60_000) / 1_000,
    )


def _rate_per_s(given: argparse.Namespace) -> float | None:
    """Sessions that begin per second: --rate, or for `live` without --rate the number of stations times --sessions-a-day."""
    if given.rate is not None:
        return positive("--rate", given.rate)
    if given.scenario == "live":
        stations: int = given.stations
        return stations * positive("--sessions-a-day", given.sessions_a_day) / DAY_S
    return None


def gateways(given: argparse.Namespace) -> tuple[str, ...]:
    """Every address of --url. Raises BadOption."""
    urls = tuple(url.strip() for text in given.url or [DEFAULT_URL] for url in text.split(",") if url.strip())
    for url in urls:
        check_target(url, allow_remote=given.allow_remote)
    if not urls:
        raise BadOption(f"--url is empty: write for example {DEFAULT_URL}")
    return urls


def certificates_in(given: argparse.Namespace) -> str:
    """The folder of --client-certificates, with an authority in it; empty for none. Raises BadOption."""
    if not given.client_certificates:
        return ""
    if plain := [url for url in gateways(given) if not url.startswith("wss://")]:
        raise BadOption(f"--client-certificates: {plain[0]} has no TLS; write wss://")
    try:
        prepare(Path(given.client_certificates))
    except BadFolder as error:
        raise BadOption(f"--client-certificates: {error}") from error
    return str(given.client_certificates)


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
    """Refuse an address of another machine unless --allow-remote is given. Raises BadOption."""
    parts = urlsplit(url)
    if parts.scheme not in ("ws", "wss", "http", "https") or not parts.hostname:
        raise BadOption(f"{url!r} is no address: write for example {DEFAULT_URL}")
    if not allow_remote and not (parts.hostname in LOOPBACK or parts.hostname.startswith("127.")):
        raise BadOption(
            f"{parts.hostname} is not this machine. The load tester only loads this machine unless you say --allow-remote; "
            "say it only for a system that you own."
        )

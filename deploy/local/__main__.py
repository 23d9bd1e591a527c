"""`make up`: the whole product on one machine, with the embedded bus, chDB and a simulated fleet."""

import asyncio
import contextlib
import os
import signal
import sys
from pathlib import Path
from typing import Annotated

import msgspec

from deploy.local.bus import EmbeddedBus
from deploy.local.checks import (
    CannotStart,
    authorities,
    free_port,
    key_in,
    only_one,
    operator_key,
    secrets_key,
    usable_folder,
)
from deploy.local.contracts import FOLDER, mobility_operator
from deploy.local.demo.operator import Operator
from deploy.local.demo.running import Demo
from deploy.local.journal import Journal
from deploy.local.processes import Process, first_end, ready
from schemas.secretflags import hide_secrets
from schemas.settings import BadSetting, load
from schemas.topicplan import plan

START_WITHIN_S = 60.0

KEYS = frozenset({"VOLTBUS_API_KEY", "VOLTBUS_API_KEY_FILE"})
"""Variables that are passed only to the process that serves the API."""


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """The settings of `make up`."""

    host: Annotated[str, msgspec.Meta(description="The address to listen on.")] = "127.0.0.1"
    port: Annotated[int, msgspec.Meta(description="The port of the API and the console.", ge=1, le=65535)] = 8080
    ocpp_port: Annotated[int, msgspec.Meta(description="The port for stations.", ge=1, le=65535)] = 9000
    gateway_metrics_port: Annotated[
        int, msgspec.Meta(description="The port of the gateway's metrics and health.", ge=1, le=65535)
    ] = 9100
    services_metrics_port: Annotated[
        int, msgspec.Meta(description="The port of the services' metrics and health.", ge=1, le=65535)
    ] = 9101
    stations: Annotated[int, msgspec.Meta(description="How many simulated stations; 0 for none.", ge=0, le=5000)] = 20
    data: Annotated[str, msgspec.Meta(description="Where the history and the operator's key are kept.")] = ".voltbus"
    api_key: Annotated[
        str,
        msgspec.Meta(
            description="The operator's key; empty: a random one, kept in the data folder. As a flag others on this machine could"
            " read it for a moment (`ps`): use the variable, or api_key_file."
        ),
    ] = ""
    api_key_file: Annotated[str, msgspec.Meta(description="File with the operator's key, where api_key is empty.")] = ""


def main() -> int:
    """Run until Ctrl-C or until a process ends by itself; 0 after a clean stop, 1 with a sentence otherwise."""
    os.umask(0o077)  # files are readable by their owner alone; processes started from here inherit this
    try:
        settings = load(Settings, prog="make up", description=__doc__ or "", argv=sys.argv[1:], environ=os.environ)
        return asyncio.run(_run(settings, usable_folder(Path(settings.data).absolute())))
    except (BadSetting, CannotStart) as error:
        print(f"Voltbus cannot start: {error}", file=sys.stderr)
        return 1


async def _run(settings: Settings, folder: Path) -> int:
    with only_one(folder):
        _check_ports(settings)
        logs = usable_folder(folder / "log")
        key = operator_key(folder, settings.api_key or key_in(settings.api_key_file))
        stop = _stop_on_signals()
        with EmbeddedBus() as bus:
            for topic in plan(partitions=4, gateways=(), services=()):
                if (
                    topic.partitions == 1
                ):  # dead letters: 4 partitions of each would be most of what idle consumers fetch
                    bus.create(topic.name, partitions=1)
            journal = Journal(folder / "reference.jsonl", bus.bootstrap)
            kept = await journal.replay()
            if settings.stations:
                mobility_operator(folder)
            operator = Operator(f"http://{settings.host}:{settings.port}/api/v1", key)
            demo = Demo(operator, stations=settings.stations, folder=folder, kept=kept)
            async with journal.following(), demo.receiving():
                return await _serve(
                    settings, folder=folder, logs=logs, key=key, bus=bus, kept=kept, demo=demo, stop=stop
                )


async def _serve(
    settings: Settings,
    *,
    folder: Path,
    logs: Path,
    key: str,
    bus: EmbeddedBus,
    kept: int,
    demo: Demo,
    stop: asyncio.Event,
) -> int:
    environ = _environ(settings, folder=folder, bootstrap=bus.bootstrap)
    own_variables = {"services": {"VOLTBUS_API_KEY": key}}  # no other process needs the key

    def child(name: str, *arguments: str | int) -> Process:
        given = {**environ, **own_variables.get(name, {})}
        return Process(name, [str(argument) for argument in arguments], logs=logs, environ=given)

    services = child(
        "services", "services", "all", "--port", settings.port, "--metrics-port", settings.services_metrics_port
    )
    gateway = child("gateway", "gateway", "--port", settings.ocpp_port, "--metrics-port", settings.gateway_metrics_port)
    fleet = child(
        *("fleet", "loadtest", "fleet", "--stations", settings.stations, "--url", _ocpp_url(settings)),
        *("--contracts", str(folder / FOLDER)),
    )
    running = [services, gateway]
    stopping = asyncio.create_task(stop.wait())
    try:
        starting = asyncio.create_task(_start(running, settings))
        await asyncio.wait({starting, stopping}, return_when=asyncio.FIRST_COMPLETED)
        if not starting.done():
            starting.cancel()
            return 0
        starting.result()
        if settings.stations:
            await demo.prepare()
            await fleet.start()
            running.append(fleet)
            demo.begin()
        print(_banner(settings, folder=folder, key=key, kept=kept), flush=True)
        return await _watch(running, stopping)
    finally:
        stopping.cancel()
        demo.stop()
        print("Stopping ...", flush=True)
        for process in (fleet, gateway, services):
            await process.stop()


async def _start(processes: list[Process], settings: Settings) -> None:
    for process in processes:
        await process.start()
    services, gateway = processes
    await asyncio.gather(
        ready(services, host=settings.host, port=settings.services_metrics_port, within_s=START_WITHIN_S),
        ready(gateway, host=settings.host, port=settings.gateway_metrics_port, within_s=START_WITHIN_S),
    )


async def _watch(running: list[Process], stopping: asyncio.Task[bool]) -> int:
    ending = asyncio.create_task(first_end(running))
    await asyncio.wait({ending, stopping}, return_when=asyncio.FIRST_COMPLETED)
    if stopping.done():
        ending.cancel()
        return 0
    process, code = ending.result()
    print(f"{process.name} ended by itself with exit code {code}; its log, {process.log}, ends:", file=sys.stderr)
    print(process.last_words(), file=sys.stderr)
    return 1


def _environ(settings: Settings, *, folder: Path, bootstrap: str) -> dict[str, str]:
    """The environment of every child process. Variables that the caller has set override the defaults of the embedded product."""
    return {
        "VOLTBUS_STATIONS_UNKNOWN": "accept",
        "VOLTBUS_TOKENS_UNKNOWN": "accept",
        "VOLTBUS_CERTIFICATE_UNKNOWN_STATIONS": "accept",
        "VOLTBUS_BOOT_TEMPLATES_SPREAD_S": "10",
        "VOLTBUS_MASTER_PASS_GROUP": "MASTER",
        "VOLTBUS_API_FILES": f"file://{folder / 'files'}",
        "VOLTBUS_WEBHOOK_PRIVATE_ADDRESSES": "allow",  # receivers on this machine
        "VOLTBUS_ISO15118_PRIVATE_ADDRESSES": "allow",  # responders on this machine
        "VOLTBUS_CONTRACT_POOL": "test",
        "VOLTBUS_API_PUBLIC_URL": f"http://{settings.host}:{settings.port}",
        **{name: value for name, value in os.environ.items() if name not in KEYS},
        "VOLTBUS_BUS": "embedded",
        "VOLTBUS_BOOTSTRAP": bootstrap,
        "VOLTBUS_CLICKHOUSE": f"chdb://{folder / 'clickhouse'}",
        "VOLTBUS_HOST": settings.host,
        "VOLTBUS_AUTHORITIES_FILE": os.environ.get("VOLTBUS_AUTHORITIES_FILE") or str(authorities(folder)),
        "VOLTBUS_SECRETS_KEY_FILE": str(secrets_key(folder)),
        "PYTHONUNBUFFERED": "1",
    }


def _check_ports(settings: Settings) -> None:
    for flag in ("port", "ocpp_port", "gateway_metrics_port", "services_metrics_port"):
        free_port(settings.host, getattr(settings, flag), f"--{flag.replace('_', '-')}")


def _stop_on_signals() -> asyncio.Event:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        with contextlib.suppress(NotImplementedError):  # platforms without it raise KeyboardInterrupt instead
            loop.add_signal_handler(number, stop.set)
    return stop


def _ocpp_url(settings: Settings) -> str:
    return f"ws://{settings.host}:{settings.ocpp_port}/ocpp"


def _banner(settings: Settings, *, folder: Path, key: str, kept: int) -> str:
    shown = "as given" if settings.api_key or settings.api_key_file else f"{key}   (kept in {folder / 'operator.key'})"
    return f"""
Voltbus is up.

  stations     {_ocpp_url(settings)}/{{station}}   (OCPP 1.6, 2.0.1, 2.1)
  console      http://{settings.host}:{settings.port}
  API          http://{settings.host}:{settings.port}/api/v1   (OpenAPI: /schema)
  operator key {shown}
  metrics      http://{settings.host}:{settings.gateway_metrics_port}/metrics   (gateway)
               http://{settings.host}:{settings.services_metrics_port}/metrics   (services)
  logs         {folder / "log"}
  fleet        {settings.stations} simulated stations

The embedded bus forgets what is on it when this stops. Provisioned stations and tokens ({kept} kept from before) and the
history in ClickHouse ({folder / "clickhouse"}) are there again after the next start. Ctrl-C stops everything.
"""


if __name__ == "__main__":
    hide_secrets()
    sys.exit(main())

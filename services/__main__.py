"""`python -m services NAME... | all | topics | replay NAME`: runs workers in one process, makes topics, replays facts."""

import asyncio
import gc
import importlib
import os
import sys
from collections.abc import Callable, Sequence
from typing import Any

import uvloop

from schemas.kafkaclients import kafka_options, mend_connections
from schemas.settings import BadSetting, load
from services.runtime.outage import Unusable
from services.runtime.running import configure_logging, run_workers, stop_on_signals
from services.runtime.settings import Settings, TopicsSettings
from services.runtime.watch import ClickHouseWatch
from services.runtime.worker import StreamWorker, Worker

WORKERS = {
    "stations": "services.stations.app",
    "authorization": "services.authorization.app",
    "transactions": "services.transactions.app",
    "commands": "services.commands.app",
    "billing": "services.billing.app",
    "firmware": "services.firmware.app",
    "firmware-campaigns": "services.firmware.app:campaigns",
    "metering": "services.metering.app",
    "api": "services.api.app",
}
"""Every worker by name, with the module whose `worker(settings)` (or the function behind the colon) builds it when it is asked for."""

STATEFUL = ("stations", "authorization", "transactions", "commands", "billing", "firmware", "firmware-campaigns")
"""The workers with a state changelog and a clock of their own."""

NOT_REPLAYED = {
    "commands": "commands is never replayed: a command that stations have had must not reach them again. "
    "Its queues are on its changelog; restore that with Kafka's own backup.",
    "firmware": "firmware is never replayed: a station must not be updated again by what it was told before. "
    "Its state is on its changelog; restore that with Kafka's own backup.",
    "firmware-campaigns": "firmware-campaigns is never replayed: its turns must not be given twice. "
    "Its state is on its changelog; restore that with Kafka's own backup.",
    "api": "api keeps nothing of its own: it reads everything again whenever it starts.",
}
"""Workers that `replay` refuses, each with the reason."""

REPLAYED = tuple(name for name in (*STATEFUL, "metering") if name not in NOT_REPLAYED)

SWITCHES = ("--check", "--from-beginning", "--accept-expired", "--publish")
"""Flags that need no value."""

USAGE = f"""usage: python -m services NAME... | all [settings]   run workers in one process; NAME is one of {", ".join(WORKERS)}
       python -m services topics [settings]         make or check the topics of a real cluster
       python -m services replay NAME [settings]    have metering read its topics again, or rebuild a service's state
       python -m services all --help                every setting with its meaning
"""


def main(argv: Sequence[str]) -> int:
    """The exit code of a command line."""
    names = _until_flag(argv)
    flags = list(argv[len(names) :])
    try:
        if names == ["topics"]:
            return _topics(flags)
        if names[:1] == ["replay"]:
            return _replay(names[1:], flags)
        if not names or (names != ["all"] and not set(names) <= set(WORKERS)):
            unknown = ", ".join(name for name in names if name not in WORKERS)
            print((f"No service is called {unknown}.\n" if unknown else "") + USAGE, end="", file=sys.stderr)
            return 0 if flags in (["--help"], ["-h"]) else 2
        description = f"Runs {' '.join(names)}."
        settings = load(Settings, prog="python -m services", description=description, argv=flags, environ=os.environ)
        mend_connections()
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(_run(list(WORKERS) if names == ["all"] else names, settings))
    except (BadSetting, Unusable) as reason:
        print(reason, file=sys.stderr)
        return 1
    return 0


def _until_flag(argv: Sequence[str]) -> list[str]:
    flag = next((at for at, argument in enumerate(argv) if argument.startswith("-")), len(argv))
    return list(argv[:flag])


def _builder(name: str) -> Callable[[Settings], Any]:
    """What builds the worker of that name."""
    module, _, function = WORKERS[name].partition(":")
    builder: Callable[[Settings], Any] = getattr(importlib.import_module(module), function or "worker")
    return builder


async def _run(names: Sequence[str], settings: Settings) -> None:
    configure_logging(settings.library_log)
    kafka_options(settings)  # what cannot be used is told before anything starts
    stop = asyncio.Event()
    stop_on_signals(stop)
    workers: list[Worker] = [_builder(name)(settings) for name in dict.fromkeys(names)]
    if "metering" in names and not settings.clickhouse.startswith("chdb:"):
        workers.append(ClickHouseWatch(settings))
    _settle_memory()
    await run_workers(workers, settings, stop)


def _settle_memory() -> None:
    # What was built until now lives as long as the process: the collector need not look at it again, and seldom at the
    # rest, for records and states leave no garbage in cycles.
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


def _topics(flags: Sequence[str]) -> int:
    """Make what is missing; say what differs."""
    from services.runtime.topics import make_topics

    settings = load(
        TopicsSettings,
        prog="python -m services topics",
        description="Makes the topics of a real cluster from the catalogue, and checks those that are there.",
        argv=[f"{flag}=yes" if flag in SWITCHES else flag for flag in flags],
        environ=os.environ,
    )
    done, differences = asyncio.run(make_topics(settings, services=STATEFUL))
    for sentence in (*done, *differences):
        print(sentence)
    return 1 if differences else 0


def _replay(names: Sequence[str], flags: Sequence[str]) -> int:
    """Read again what a stopped worker has read; see deploy/OPERATIONS.md for when that is right."""
    from services.runtime.rebuild import rebuild_state
    from services.runtime.replay import replay_projection
    from services.runtime.settings import ReplaySettings

    settings = load(
        ReplaySettings,
        prog="python -m services replay NAME",
        description="Has a projection read its topics again, or rebuilds the state of a service from them.",
        argv=[f"{flag}=yes" if flag in SWITCHES else flag for flag in flags],
        environ=os.environ,
    )
    match names:
        case [name] if name in NOT_REPLAYED:
            raise Unusable(NOT_REPLAYED[name])
        case ["metering"]:
            from services.metering.projection import FEEDS

            groups = {f"voltbus.{feed.name}": tuple(feed.decoders()) for feed in FEEDS}
            done = asyncio.run(replay_projection(groups, settings))
        case [name] if name in STATEFUL:
            worker: StreamWorker[Any] = _builder(name)(settings)
            done = asyncio.run(rebuild_state(worker.service, settings))
        case _:
            named = " ".join(names) or "nothing"
            raise Unusable(f"{named} cannot be replayed: name one of {', '.join(REPLAYED)}.")
    for sentence in done:
        print(sentence)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

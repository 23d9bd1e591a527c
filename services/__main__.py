"""`python -m services NAME... | all | topics | replay NAME | move NAME`: runs workers, makes topics, replays facts, moves states."""

import asyncio
import gc
import os
import sys
from collections.abc import Sequence

import uvloop

from schemas.kafkaclients import kafka_options, mend_connections
from schemas.secretflags import hide_secrets
from schemas.settings import BadSetting, load
from services.nouns import (
    CORES,
    DECLARED,
    NOT_REPLAYED,
    REPLAYED,
    STATEFUL,
    WORKER_OF,
    WORKERS,
    NounMoveSettings,
    NounReplaySettings,
    ServicesSettings,
    build,
    load_object,
    service_of,
)
from services.runtime.loop.worker import StreamWorker, Worker
from services.runtime.noun import Standalone
from services.runtime.process.outage import Unusable
from services.runtime.process.running import configure_logging, run_workers, stop_on_signals
from services.runtime.process.settings import Settings, TopicsSettings

SWITCHES = ("--check", "--from-beginning", "--accept-expired", "--publish")
"""Flags that need no value."""

USAGE = f"""usage: python -m services NAME... | all [settings]   run workers in one process; NAME is one of {", ".join(WORKERS)}
       python -m services topics [settings]         make or check the topics of a real cluster
       python -m services replay NAME [settings]    have metering read its topics again, or rebuild a service's state
       python -m services move NAME --was-in WORKER [settings]   take a service's state to the worker in which it runs now
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
        if names[:1] == ["move"]:
            return _move(names[1:], flags)
        if not names or (names != ["all"] and not set(names) <= set(WORKERS)):
            unknown = ", ".join(name for name in names if name not in WORKERS)
            print((f"No service is called {unknown}.\n" if unknown else "") + USAGE, end="", file=sys.stderr)
            return 0 if flags in (["--help"], ["-h"]) else 2
        description = f"Runs {' '.join(names)}."
        settings = load(
            ServicesSettings, prog="python -m services", description=description, argv=flags, environ=os.environ
        )
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


def _workers(name: str, settings: Settings) -> tuple[Worker, ...]:
    """Build the workers of that name. Raises BadSetting."""
    if name in STATEFUL:
        return (StreamWorker(service_of(name, settings), settings),)
    workers: tuple[Worker, ...] = build(name, settings)
    return workers


async def _run(names: Sequence[str], settings: Settings) -> None:
    configure_logging(settings.library_log)
    kafka_options(settings)  # fail on bad settings before anything starts
    stop = asyncio.Event()
    stop_on_signals(stop)
    workers = [worker for name in dict.fromkeys(names) for worker in _workers(name, settings)]
    _settle_memory()
    await run_workers(workers, settings, stop)


def _settle_memory() -> None:
    # Objects made until now live as long as the process, so the garbage collector may skip them; and it may run rarely, because
    # records and states leave no reference cycles behind.
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


def _topics(flags: Sequence[str]) -> int:
    """Create missing topics; print differences."""
    from services.runtime.bus.topics import make_topics

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
    """Replay a stopped worker; deploy/OPERATIONS.md says when."""
    from services.runtime.replay.projection import replay_projection
    from services.runtime.replay.state import rebuild_state

    settings = load(
        NounReplaySettings,
        prog="python -m services replay NAME",
        description="Has a projection read its topics again, or rebuilds the state of a service from them.",
        argv=[f"{flag}=yes" if flag in SWITCHES else flag for flag in flags],
        environ=os.environ,
    )
    match names:
        case [name] if name in NOT_REPLAYED:
            raise Unusable(NOT_REPLAYED[name])
        case [name] if isinstance(run := DECLARED.get(name), Standalone):
            groups = {f"voltbus.{feed.name}": tuple(feed.decoders()) for feed in load_object(run.feeds)}
            done = asyncio.run(replay_projection(groups, settings))
        case [name] if name in CORES:
            host = WORKER_OF[name] if WORKER_OF[name] != name else ""
            done = asyncio.run(rebuild_state(build(name, settings), settings, worker=host))
        case _:
            names_text = " ".join(names) or "nothing"
            raise Unusable(f"{names_text} cannot be replayed: name one of {', '.join(REPLAYED)}.")
    for sentence in done:
        print(sentence)
    return 0


def _move(names: Sequence[str], flags: Sequence[str]) -> int:
    """Move a service's state and offsets from another worker; see deploy/OPERATIONS.md."""
    from services.runtime.replay.move import Move, move_state

    settings = load(
        NounMoveSettings,
        prog="python -m services move NAME",
        description="Takes the state of a service from the worker in which it ran to the one in which it runs from now on.",
        argv=[f"{flag}=yes" if flag in SWITCHES else flag for flag in flags],
        environ=os.environ,
    )
    match names:
        case [name] if name in CORES and settings.was_in:
            move = Move(name, settings.was_in, WORKER_OF[name])
            others = [each for each in CORES if WORKER_OF[each] == move.target and each != name]
            read = {topic.name for each in others for topic in build(each, settings).inputs}
            done = asyncio.run(move_state(move, build(name, settings), read, settings))
        case _:
            raise Unusable(f"Say what moves and where it ran: a service ({', '.join(CORES)}), and --was-in WORKER.")
    for sentence in done:
        print(sentence)
    return 0


if __name__ == "__main__":
    hide_secrets()
    sys.exit(main(sys.argv[1:]))

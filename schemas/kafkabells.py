"""Bells: who waits for records of the embedded bus hears when some were published, instead of fetching again and again. A shell.

The embedded bus holds a fetch for its full wait time even when records arrive (`schemas.kafkapacing`). So whoever published to a topic
writes the time into that topic's slot of a small file, which all processes of one machine map into memory, and an idle consumer looks
there, ten thousand times cheaper than a fetch. A ring that is missed costs a wait, never a record: each wait has an end.
"""

import asyncio
import contextlib
import functools
import mmap
import os
import tempfile
import threading
import time
import zlib
from collections.abc import Iterable, Mapping
from pathlib import Path

from aiokafka.client import AIOKafkaClient
from aiokafka.protocol.produce import ProduceRequest

SLOTS = 512
"""Topics that share a slot wake each other's consumers for one fetch."""

SLOT_BYTES = 8
LOOK_EVERY_S = 0.01

Heard = Mapping[int, int]
"""What a consumer knows of the slots of its topics: the time of the last ring, by slot."""


class Bells:
    """The bells of the embedded bus at one port of this machine. Slots hold nanoseconds of the monotonic clock, 0 before the first ring."""

    def __init__(self, path: Path) -> None:
        """Map the file. Raises OSError where it is not there or not this user's own."""
        descriptor = os.open(path, os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC)
        try:
            if os.fstat(descriptor).st_uid != os.getuid():
                raise PermissionError(f"{path} belongs to another user")
            self._slots = memoryview(mmap.mmap(descriptor, SLOTS * SLOT_BYTES)).cast("Q")
        finally:
            os.close(descriptor)
        self._listener = _Listener(self._slots)

    def ring(self, topics: Iterable[str]) -> None:
        """Say that records of these topics can be fetched now."""
        now = time.monotonic_ns()
        for topic in topics:
            self._slots[slot_of(topic)] = now

    def heard(self, topics: Iterable[str]) -> dict[int, int]:
        """The last ring of each slot of these topics. To be read before a fetch: what is published later rings again."""
        return {slot: self._slots[slot] for slot in map(slot_of, topics)}

    async def wait(self, heard: Heard, most_s: float) -> None:
        """Wait until one of the slots has rung again, at most so many seconds."""
        waiting = asyncio.get_running_loop().create_future()
        if not self._listener.add(waiting, heard):
            return
        end = waiting.get_loop().call_later(most_s, _finish, waiting)
        try:
            await waiting
        finally:
            end.cancel()
            self._listener.remove(waiting)


class _Listener:
    """All that wait in this process: one thread looks for all of its event loops, and sleeps while nobody waits."""

    def __init__(self, slots: memoryview) -> None:
        self._slots = slots
        self._waiting: dict[asyncio.Future[None], Heard] = {}
        self._somebody = threading.Condition()
        self._thread: threading.Thread | None = None

    def add(self, waiting: asyncio.Future[None], heard: Heard) -> bool:
        """Finish the future when one of the slots has rung; False: one has already."""
        with self._somebody:
            if self._rung(heard):
                return False
            self._waiting[waiting] = heard
            if self._thread is None:
                self._thread = threading.Thread(target=self._look_for_ever, name="bells", daemon=True)
                self._thread.start()
            elif len(self._waiting) == 1:
                self._somebody.notify()
        return True

    def remove(self, waiting: asyncio.Future[None]) -> None:
        with self._somebody:
            del self._waiting[waiting]

    def _look_for_ever(self) -> None:
        seen = b""
        while True:
            time.sleep(LOOK_EVERY_S)
            with self._somebody:
                self._somebody.wait_for(lambda: self._waiting)
                now = bytes(self._slots)
                if now != seen:
                    seen = now
                    self._wake()

    def _wake(self) -> None:
        for waiting, heard in self._waiting.items():
            if self._rung(heard):
                with contextlib.suppress(RuntimeError):  # its loop was closed, and nobody waits there any more
                    waiting.get_loop().call_soon_threadsafe(_finish, waiting)

    def _rung(self, heard: Heard) -> bool:
        return any(self._slots[slot] != last for slot, last in heard.items())


def _finish(waiting: asyncio.Future[None]) -> None:
    if not waiting.done():
        waiting.set_result(None)


def slot_of(topic: str) -> int:
    """Where a topic's last ring stands, the same in every process."""
    return zlib.crc32(topic.encode()) % SLOTS


_bells: dict[int, Bells | None] = {}
"""By port of the bus: what this process has mapped, None where there was none to map."""


def bells_at(port: int) -> Bells | None:
    """The bells of the bus at this port; None where it has none: a real Kafka, or an embedded bus of another machine or user."""
    if port not in _bells:
        try:
            _bells[port] = Bells(_path(port))
        except OSError:  # not found or not ours: consumers then fetch at intervals
            _bells[port] = None
    return _bells[port]


def hang_bells(port: int) -> None:
    """Make the bells of the embedded bus at this port, silent. Raises OSError."""
    take_down_bells(port)
    descriptor = os.open(_path(port), os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    try:
        os.truncate(descriptor, SLOTS * SLOT_BYTES)
    finally:
        os.close(descriptor)


def take_down_bells(port: int) -> None:
    """Remove the bells of the bus at this port. Who has mapped them hears nothing more."""
    _bells.pop(port, None)
    with contextlib.suppress(FileNotFoundError):
        _path(port).unlink()


def ring_when_published() -> None:
    """Patch aiokafka to ring once a broker has confirmed what was published; call once a process, before any client is made."""
    send = AIOKafkaClient.send

    @functools.wraps(send)
    async def send_and_ring(self: AIOKafkaClient, node_id: int, request: object, **options: object) -> object:
        response = await send(self, node_id, request, **options)
        if isinstance(request, ProduceRequest):
            bells = bells_of(self, node_id)
            if bells is not None:
                bells.ring(topic for topic, _ in request._topics)
        return response

    AIOKafkaClient.send = send_and_ring


def bells_of(client: AIOKafkaClient, node_id: int) -> Bells | None:
    """The bells of a broker that a client knows."""
    broker = client.cluster.broker_metadata(node_id)
    return bells_at(broker.port) if broker is not None else None


def _path(port: int) -> Path:
    return Path(tempfile.gettempdir()) / f"voltbus-bells-{os.getuid()}-{port}"

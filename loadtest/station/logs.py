"""Logs of a simulated station: it uploads a few lines to the given address, if that is on this machine, and reports how it goes."""

import asyncio
import ipaddress
import urllib.error
import urllib.request
from collections.abc import Callable, Coroutine, Iterable, Mapping
from typing import Any, Literal, Protocol
from urllib.parse import urlsplit

from loadtest.ocpp.intents import UploadLog
from loadtest.station.bay import Bay
from loadtest.station.clock import Clock

LogStatus = Literal["Uploading", "Uploaded", "AcceptedCanceled", "UploadFailure", "BadMessage", "NotSupportedOperation"]

UPLOAD_WITHIN_S = 10.0
BEGINS_AFTER_S = 0.5


class Host(Protocol):
    """What an upload needs of its station."""

    clock: Clock

    def log_lines(self) -> bytes:
        """What the file has in it."""

    def tell_log(self, status: LogStatus, asked: UploadLog) -> None:
        """Send a status notification."""


def lines_of(head: str, bays: Iterable[Bay], settings: Mapping[str, str]) -> bytes:
    """What a log has in it: a station and its EVSEs as they are, and its settings."""
    lines = [head, *(f"EVSE {bay.evse}: {bay.state}" for bay in bays)]
    lines += [f"{key}={value}" for key, value in sorted(settings.items())]
    return "\n".join([*lines, ""]).encode()


class Uploads:
    """The uploads of a station, one at a time. `begin`: starts a task that ends with the station."""

    def __init__(self, host: Host, begin: Callable[[Coroutine[Any, Any, None]], asyncio.Task[None]]) -> None:
        self._host = host
        self._begin = begin
        self._running: tuple[UploadLog, asyncio.Task[None]] | None = None

    @property
    def busy(self) -> bool:
        """A log is being uploaded."""
        return self._running is not None and not self._running[1].done()

    def begin(self, upload: UploadLog) -> None:
        """Begin an upload; one that is under way gives way to it (N01.FR.12)."""
        if self._running is not None and self._running[1].cancel() and self._running[0].request_id is not None:
            self._host.tell_log("AcceptedCanceled", self._running[0])
        self._running = upload, self._begin(self._upload(upload))

    async def _upload(self, upload: UploadLog) -> None:
        """One upload, from its beginning to its end or failure (N01; 1.6, 5.9)."""
        await self._host.clock.wait(BEGINS_AFTER_S)
        if not is_here(upload.location):
            self._host.tell_log("NotSupportedOperation" if upload.request_id is not None else "UploadFailure", upload)
            return
        self._host.tell_log("Uploading", upload)
        taken = await asyncio.to_thread(put, upload.location, self._host.log_lines())
        self._host.tell_log("Uploaded" if taken else "UploadFailure", upload)


def is_here(location: str) -> bool:
    """Whether the location is plain HTTP on this machine: simulated stations send nothing anywhere else."""
    try:
        parts = urlsplit(location)
        host = parts.hostname or ""
        return parts.scheme == "http" and (host == "localhost" or ipaddress.ip_address(host).is_loopback)
    except ValueError:
        return False


def put(location: str, content: bytes) -> bool:
    """Put a file there; False where it is not taken."""
    request = urllib.request.Request(  # noqa: S310 is_here() has looked at it
        location, data=content, method="PUT", headers={"Content-Type": "text/plain"}
    )
    try:
        with urllib.request.urlopen(request, timeout=UPLOAD_WITHIN_S) as answer:  # noqa: S310
            return int(answer.status) < 300
    except (urllib.error.URLError, TimeoutError, ConnectionError):
        return False

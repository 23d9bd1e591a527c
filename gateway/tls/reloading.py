"""Reloading: the files of TLS, read anew when they change. A file that cannot be used leaves everything as it was."""

import asyncio
import logging
from collections.abc import Callable
from pathlib import Path

from gateway.tls import metrics
from gateway.tls.contexts import BadFile, load
from gateway.tls.settings import Files

log = logging.getLogger(__name__)

State = tuple[tuple[int, int, int] | None, ...]
"""Of each file when it was changed, its size and its inode; None where there is none."""


class Reloading:
    """What the files give, always the newest that could be used. `changed` is called after each change."""

    def __init__(self, files: Files, *, every_s: float) -> None:
        self._files = files
        self._every_s = every_s
        self.changed: Callable[[], None] | None = None
        self._state = _state(files)
        self._asked = asyncio.Event()
        self.now = load(files)
        """Raises BadFile where the first ones cannot be used."""
        self._tell()

    def ask(self) -> None:
        """Look at the files now (SIGHUP)."""
        self._asked.set()

    async def run(self) -> None:
        """Look at the files until cancelled."""
        while True:
            try:
                async with asyncio.timeout(self._every_s):
                    await self._asked.wait()
            except TimeoutError:
                pass
            asked = self._asked.is_set()
            self._asked.clear()
            await self.look(asked=asked)

    async def look(self, *, asked: bool = False) -> None:
        """Read the files if one has changed, or if `asked`."""
        state = await asyncio.to_thread(_state, self._files)
        if state == self._state and not asked:
            return
        self._state = state
        try:
            self.now = await asyncio.to_thread(load, self._files)
        except BadFile as error:
            metrics.RELOADS.labels("failed").inc()
            metrics.RELOAD_FAILED.set(1)
            log.error(  # noqa: TRY400 the message says it all
                "The files of TLS have changed and cannot be used, those of before stay in use: %s", error
            )
            return
        metrics.RELOADS.labels("done").inc()
        log.info("The files of TLS were read anew")
        self._tell()
        if self.changed is not None:
            self.changed()

    def _tell(self) -> None:
        metrics.RELOAD_FAILED.set(0)
        metrics.REVOKED_CERTIFICATES.set(len(self.now.revoked))
        for pair in self.now.pairs:
            metrics.CERTIFICATE_EXPIRES.labels(pair.certificate).set(pair.expires)


def _state(files: Files) -> State:
    states: list[tuple[int, int, int] | None] = []
    for path in files.paths:
        try:
            found = Path(path).stat()
        except OSError:
            states.append(None)
        else:
            states.append((found.st_mtime_ns, found.st_size, found.st_ino))
    return tuple(states)

"""Child processes: start them, wait until they are ready or end, and stop them so that none is left running."""

import asyncio
import ctypes
import os
import signal
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from deploy.local.checks import CannotStart

STOP_WITHIN_S = 15.0
SHOWN_LINES = 15
PR_SET_PDEATHSIG = 1


class Process:
    """One child process with its own log file and process group (so that Ctrl-C reaches the supervisor alone)."""

    def __init__(self, name: str, module: Sequence[str], *, logs: Path, environ: Mapping[str, str]) -> None:
        self.name = name
        self.log = logs / f"{name}.log"
        self._arguments = [sys.executable, "-m", *module]
        self._environ = dict(environ)
        self._child: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        """Start the child. Its output goes to its log file, which is emptied first."""
        with self.log.open("wb") as log:
            self._child = await asyncio.create_subprocess_exec(
                *self._arguments,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=self._environ,
                start_new_session=True,
                preexec_fn=_die_with_parent if sys.platform == "linux" else None,
            )

    @property
    def pid(self) -> int:
        """The child's process id. The child must have been started."""
        assert self._child is not None, f"{self.name} was not started"
        return self._child.pid

    @property
    def alive(self) -> bool:
        """Whether the child was started and has not ended."""
        return self._child is not None and self._child.returncode is None

    async def ended(self) -> int:
        """Wait until the child has ended; return its exit code."""
        assert self._child is not None, f"{self.name} was not started"
        return await self._child.wait()

    async def stop(self) -> None:
        """Send SIGTERM; after `STOP_WITHIN_S` send SIGKILL to its process group. Returns after the child has ended."""
        if self._child is None or self._child.returncode is not None:
            return
        self._child.terminate()
        try:
            await asyncio.wait_for(self._child.wait(), STOP_WITHIN_S)
        except TimeoutError:
            os.killpg(self._child.pid, signal.SIGKILL)
            await self._child.wait()

    def last_words(self) -> str:
        """The last lines of the child's log."""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-SHOWN_LINES:])


async def first_end(processes: Sequence[Process]) -> tuple[Process, int]:
    """Wait until one of the processes ends; return it and its exit code."""
    waiting = {asyncio.create_task(process.ended()): process for process in processes}
    try:
        done, _ = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in waiting:
            task.cancel()
    task = done.pop()
    return waiting[task], task.result()


async def ready(process: Process, *, host: str, port: int, within_s: float) -> None:
    """Wait until a process answers 200 on /health/ready.

    Raises CannotStart, with the end of its log, if the process ends first or does not answer so within `within_s` seconds.
    """
    loop = asyncio.get_running_loop()
    deadline = loop.time() + within_s
    ended = asyncio.create_task(process.ended())
    try:
        while True:
            answer = await _get(host, port, "/health/ready")
            if answer.startswith("200"):
                return
            if ended.done():
                raise CannotStart(f"{process.name} ended with exit code {ended.result()}:\n{process.last_words()}")
            if loop.time() > deadline:
                raise CannotStart(
                    f"{process.name} was not ready within {within_s:.0f} s ({answer}):\n{process.last_words()}"
                )
            await asyncio.sleep(0.05)
    finally:
        ended.cancel()


async def _get(host: str, port: int, path: str) -> str:
    """Send a GET; return the status and body of the answer, or the reason why there was none."""
    try:
        reader, writer = await asyncio.open_connection(host, port)
    except OSError as error:
        return f"no answer on port {port}: {error.strerror}"
    try:
        writer.write(f"GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
        answer = await asyncio.wait_for(reader.read(), 5)
    except (OSError, TimeoutError) as error:
        return f"no answer on port {port}: {error}"
    finally:
        writer.close()
    head, _, body = answer.decode(errors="replace").partition("\r\n\r\n")
    return f"{head.split(' ', 1)[-1].splitlines()[0] if head else 'empty answer'} {body.strip()[:500]}"


def _die_with_parent() -> None:
    """Run in the child (Linux): have the kernel kill it when the supervisor dies without stopping it."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)

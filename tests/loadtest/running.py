"""The load tester as its users run it: a command with its options, its exit code and its output."""

import asyncio
import os
import signal
import sys
from collections.abc import Awaitable


async def launched(*argv: str) -> asyncio.subprocess.Process:
    command = [sys.executable, "-m", "loadtest", *argv]
    return await asyncio.create_subprocess_exec(
        *command, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT, start_new_session=True
    )


async def started(*argv: str) -> tuple[int | None, str]:
    """Exit code and output of a command."""
    process = await launched(*argv)
    output, _ = await process.communicate()
    return process.returncode, output.decode()


async def run(csms, *argv: str) -> tuple[int | None, str]:
    """Exit code and output of a scenario with three stations."""
    async with asyncio.timeout(30):
        return await started(*argv, "--url", csms.url, "--stations", "3")


async def interrupted(
    *argv: str, once: Awaitable[object], by: signal.Signals = signal.SIGINT
) -> tuple[int | None, str]:
    """Exit code and output of a command that is interrupted once something has come to be, as from a terminal: with all its processes."""
    process = await launched(*argv)
    try:
        await once
    finally:
        os.killpg(process.pid, by)
        async with asyncio.timeout(30):
            output, _ = await process.communicate()
    return process.returncode, output.decode()

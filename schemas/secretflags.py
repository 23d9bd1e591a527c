"""Secret flags: moves secrets from the command line to the environment as soon as a process starts. Not pure: it restarts the process."""

import os
import sys

from schemas.settings import take_secrets_out

SECRETS = ("api_key", "kafka_password", "clickhouse")
"""Settings that are secrets, or contain one."""


def hide_secrets() -> None:
    """Restart this process with its secrets in the environment, if its command line has any; otherwise return."""
    rest, moved = take_secrets_out(sys.orig_argv[1:], SECRETS)
    if moved:
        os.execve(sys.executable, [sys.executable, *rest], {**os.environ, **moved})  # noqa: S606 our own command line

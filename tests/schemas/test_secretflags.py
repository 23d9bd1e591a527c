"""Secret flags: a process whose command line has secrets begins again with them in its environment."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
PROGRAM = """
import os, sys
from schemas.secretflags import hide_secrets
hide_secrets()
print(sys.argv[1:], os.environ.get("VOLTBUS_API_KEY", ""))
"""


def run(*flags: str) -> str:
    told = subprocess.run(
        [sys.executable, "-c", PROGRAM, *flags],
        cwd=ROOT,
        env={name: value for name, value in os.environ.items() if name != "VOLTBUS_API_KEY"},
        capture_output=True,
        text=True,
        check=True,
    )
    return told.stdout.strip()


def test_a_secret_is_on_the_command_line_no_longer_and_the_rest_is() -> None:
    assert run("--port", "80", "--api-key", "a-key-of-tests") == "['--port', '80'] a-key-of-tests"


def test_a_process_without_secrets_goes_on_as_it_is() -> None:
    assert run("--port", "80") == "['--port', '80']"

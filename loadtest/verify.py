"""Asking the CSMS afterwards whether it has all that it acknowledged."""

import time
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import msgspec

from loadtest.api import Api
from loadtest.ledger import Difference, Entry, differences

ASK_AGAIN_S = 2.0


def verified(entries: Sequence[Entry], *, api: str, key: str, settle_s: float) -> list[Difference]:
    """What differs. Reads run behind the facts, so the question is repeated for `settle_s` while anything differs."""
    if not entries:
        return []
    deadline = time.monotonic() + settle_s
    stations = {entry.station for entry in entries}
    since = min(entry.started_at for entry in entries) - timedelta(seconds=1)
    while True:
        client = Api(api, key)
        found = [session for session in client.sessions(since) if session.station in stations]
        client.close()
        told = differences(entries, found)
        if not told or time.monotonic() > deadline:
            return told
        time.sleep(ASK_AGAIN_S)


def write_ledger(entries: Sequence[Entry], path: Path) -> None:
    """One entry a line."""
    path.write_bytes(b"".join(msgspec.json.encode(entry) + b"\n" for entry in entries))


def read_ledger(path: Path) -> list[Entry]:
    """The entries of a file. Raises OSError or msgspec.DecodeError."""
    return [msgspec.json.decode(line, type=Entry) for line in path.read_bytes().splitlines()]

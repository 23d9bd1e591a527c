"""Currents: a ledger of what simulated stations draw from the lines of the grid, a line of JSON for each change."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import IO

import msgspec

LINES = ("L1", "L2", "L3")
ROTATIONS: tuple[tuple[str, ...], ...] = (LINES, ("L2", "L3", "L1"), ("L3", "L1", "L2"))
"""To which lines of the grid an EVSE's own phases are connected: RST, STR and TRS of OCPP."""


class CurrentsLedger:
    """A file that is appended to; each line is on its way to the disk when it is written."""

    def __init__(self, path: Path) -> None:
        self._file: IO[bytes] = path.open("ab", buffering=0)

    def drew(self, station: str, lines: Sequence[str], evse: int, amps: tuple[float, ...], at: datetime) -> None:
        """An EVSE draws so much in each of its phases from a moment on; its phases are connected to these lines."""
        carried = {line: round(current, 3) for line, current in zip(lines, amps, strict=True)}
        entry = {"at": at.timestamp(), "station": station, "evse": evse, "amps": carried}
        self._file.write(msgspec.json.encode(entry) + b"\n")

    def close(self) -> None:
        """Nothing more is written."""
        self._file.close()

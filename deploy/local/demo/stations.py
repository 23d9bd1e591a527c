"""The simulated stations that the demo commands, by their names, and the part that each of them plays. PURE.

The load tester stands alone and is not imported: a test holds these names against the fleet that it makes.
"""

from collections.abc import Mapping, Sequence
from typing import Final

FLEET: Final[tuple[str, ...]] = (
    *("DE-BER-0001", "DE-HAM-0001", "DE-MUC-0001", "NL-AMS-0001", "FR-PAR-0001", "AT-VIE-0001", "DK-CPH-0001", "BE-BRU-0001"),
    *("DE-BER-0002", "DE-HAM-0002", "DE-MUC-0002", "NL-AMS-0002", "FR-PAR-0002", "AT-VIE-0002", "DK-CPH-0002", "BE-BRU-0002"),
    *("DE-BER-0003", "DE-HAM-0003", "DE-MUC-0003", "NL-AMS-0003"),
)  # fmt: skip
"""The first stations of the simulated fleet, in its order."""

KEYS: Final = ("DE-BER-0001", "NL-AMS-0001")
"""Stations whose settings are keys, and that have neither displays nor monitors (1.6)."""

VARIABLES: Final = ("FR-PAR-0001", "DE-HAM-0001")
"""Stations whose settings are variables (2.0.1)."""

GRID: Final = ("AT-VIE-0001", "BE-BRU-0001", "DE-MUC-0001")
"""Stations that take DER controls and tariffs (2.1). Each but the last has two EVSEs."""

TWINS: Final = GRID[:2]
"""Those of them with two EVSEs, which a battery swap needs."""

CITIES: Final[Mapping[str, tuple[str, str]]] = {
    "DE-BER": ("Berlin", "Europe/Berlin"),
    "DE-HAM": ("Hamburg", "Europe/Berlin"),
    "DE-MUC": ("München", "Europe/Berlin"),
    "NL-AMS": ("Amsterdam", "Europe/Amsterdam"),
    "FR-PAR": ("Paris", "Europe/Paris"),
    "AT-VIE": ("Wien", "Europe/Vienna"),
    "DK-CPH": ("København", "Europe/Copenhagen"),
    "BE-BRU": ("Bruxelles", "Europe/Brussels"),
}
"""Of each city that a station's name begins with: how it is called there, and its time zone."""


def site_of(station: str) -> str:
    """The site of a simulated station: its city."""
    return station.rpartition("-")[0].lower()


def player(part: Sequence[str], fleet: Sequence[str]) -> str | None:
    """The first station of a part that is in the fleet; None where it has none."""
    return next((station for station in part if station in fleet), None)

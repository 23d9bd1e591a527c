"""Compatibility: the compatibility matrix as the gateway follows it, and the traits of each station by it. PURE."""

from functools import lru_cache

from gateway.effects import Hardware, Traits
from schemas.base import Record
from schemas.compatibility import CompatibilityProvisioned, CompatibilityRemoved, Matrix, Row, merge_rows

REMEMBERED = 65_536
"""Stations whose traits are cached until the matrix changes; they are needed with every message."""


class Compatibility:
    """The shipped rows, merged with those that operators add and remove."""

    def __init__(self) -> None:
        self._rows: dict[str, Row] = {}
        self._rebuild()

    def apply(self, record: Record) -> None:
        """Apply a record of csms.ref.compatibility."""
        match record:
            case CompatibilityProvisioned():
                self._rows[record.name] = record.row
            case CompatibilityRemoved(name=name):
                self._rows.pop(name, None)
        self._rebuild()

    def forget(self, name: str) -> None:
        """Remove the row of that name (a tombstone)."""
        self._rows.pop(name, None)
        self._rebuild()

    def traits(self, station: str, hardware: Hardware, time_zone: str, site: str = "") -> Traits:
        """The traits of a station with that hardware, at a site of that time zone."""
        place = (time_zone, site)
        return self._traits(station, hardware.vendor, hardware.model, hardware.firmware_version, place)

    def _rebuild(self) -> None:
        matrix = Matrix(merge_rows(self._rows))

        @lru_cache(maxsize=REMEMBERED)
        def lookup(station: str, vendor: str, model: str, firmware: str, place: tuple[str, str]) -> Traits:
            match = matrix.rules_for(station=station, vendor=vendor, model=model, firmware=firmware)
            time_zone, site = place
            return Traits(time_zone=time_zone, site=site, strict=match.strict, rules=match.rules)

        self._traits = lookup

"""Standing: whether a station can be asked for something now, and in which OCPP version, from what this process knows. PURE."""

import msgspec

from schemas.base import OcppVersion, Record
from schemas.stations import StationChanged, StationProvisioned, StationRemoved
from services.api.readmodel import Station


class Standing(msgspec.Struct, frozen=True, gc=False):
    """A station that can be asked; its version is None until it has connected."""

    version: OcppVersion | None = None


def standing_now(state: Record | None, told: Record | None) -> Standing | None:
    """By its newest state and what the operator told of it; None where both say that it is not there."""
    if isinstance(state, StationChanged):
        return _standing(state, told)
    return Standing() if isinstance(told, StationProvisioned) else None


def standing_in_history(row: Station, told: Record | None) -> Standing | None:
    """By its row in the history, which may be older than what the operator told."""
    return _standing(row, told)


def _standing(station: StationChanged | Station, told: Record | None) -> Standing | None:
    removed = station.removed if told is None else isinstance(told, StationRemoved)
    if removed and not station.connected:
        return None
    return Standing(station.version)

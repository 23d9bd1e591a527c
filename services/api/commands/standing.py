"""Standing: whether a station can be asked for something now, and in which OCPP version, from what this process has in memory. PURE."""

import msgspec

from schemas.base import OcppVersion, Record
from schemas.stations import StationChanged, StationProvisioned, StationRemoved
from services.api.stations.rows import Station


class Standing(msgspec.Struct, frozen=True, gc=False):
    """A station that can be asked; its version is None until it has connected."""

    version: OcppVersion | None = None


def standing_now(state: Record | None, provisioned: Record | None) -> Standing | None:
    """By its newest state and its provisioning; None where it is in neither."""
    if isinstance(state, StationChanged):
        return _standing(state, provisioned)
    return Standing() if isinstance(provisioned, StationProvisioned) else None


def standing_in_history(row: Station, provisioned: Record | None) -> Standing | None:
    """By its row in the history, which may be older than its provisioning."""
    return _standing(row, provisioned)


def _standing(station: StationChanged | Station, provisioned: Record | None) -> Standing | None:
    removed = station.removed if provisioned is None else isinstance(provisioned, StationRemoved)
    if removed and not station.connected:
        return None
    return Standing(station.version)

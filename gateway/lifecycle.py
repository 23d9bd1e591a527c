"""Lifecycle: the records of a connection as such: connected, seen, located, disconnected. PURE."""

from gateway.effects import Identity, Moment
from schemas.base import derived_id
from schemas.commands import StationLocated
from schemas.stations import StationConnected, StationDisconnected, StationSeen


def station_connected(identity: Identity, moment: Moment) -> StationConnected:
    """The record of an accepted connection."""
    return StationConnected(
        id=derived_id(identity.station, identity.epoch, "connected"),
        station=identity.station,
        gateway=identity.gateway,
        epoch=identity.epoch,
        version=identity.version,
        remote_address=identity.remote_address,
        credential=identity.credential,
        security_profile=identity.profile,
        certificate=identity.certificate,
        at=moment.at,
    )


def station_disconnected(identity: Identity, moment: Moment, *, code: int | None, reason: str) -> StationDisconnected:
    """The record of a connection that ended with this close code."""
    return StationDisconnected(
        id=derived_id(identity.station, identity.epoch, "disconnected"),
        station=identity.station,
        gateway=identity.gateway,
        epoch=identity.epoch,
        code=code,
        reason=reason,
        at=moment.at,
    )


def station_seen(identity: Identity, moment: Moment) -> StationSeen:
    """The record of a sign of life."""
    return StationSeen(
        id=derived_id(identity.station, identity.epoch, "seen", moment.at.isoformat()),
        station=identity.station,
        gateway=identity.gateway,
        epoch=identity.epoch,
        at=moment.at,
    )


def station_located(identity: Identity, moment: Moment, *, connected: bool) -> StationLocated:
    """The record of where a station is connected, or was."""
    return StationLocated(
        id=derived_id(identity.station, identity.epoch, "located", int(connected)),
        station=identity.station,
        gateway=identity.gateway,
        epoch=identity.epoch,
        connected=connected,
        version=identity.version,
        at=moment.at,
    )

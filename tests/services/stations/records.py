"""Builders: one record each, every member with a default, one override to tell what a test is about."""

from typing import Any

from schemas.base import Record, ReplyTo
from schemas.states.stations import StationState
from schemas.stations import (
    BootDecided,
    ConnectorState,
    ConnectorStatusReported,
    StationBooted,
    StationChanged,
    StationConnected,
    StationDisconnected,
    StationProvisioned,
    StationRemoved,
    StationSeen,
)
from services.stations.core import Policy, initial, step
from tests.services.core import Core
from tests.services.moments import at

STATION = "DE-BER-0001"


def connected(epoch: int = 1, *, seconds: float = 0, gateway: str = "gw-0") -> StationConnected:
    return StationConnected(
        id=f"connected-{epoch}",
        station=STATION,
        gateway=gateway,
        epoch=epoch,
        version="2.0.1",
        remote_address="192.0.2.1",
        at=at(seconds),
    )


def disconnected(epoch: int = 1, *, seconds: float = 10) -> StationDisconnected:
    return StationDisconnected(
        id=f"disconnected-{epoch}", station=STATION, gateway="gw-0", epoch=epoch, code=1006, at=at(seconds)
    )


def seen(seconds: float, *, epoch: int = 1) -> StationSeen:
    return StationSeen(id=f"seen-{epoch}-{seconds}", station=STATION, gateway="gw-0", epoch=epoch, at=at(seconds))


def booted(message_id: str = "m1", *, seconds: float = 1, epoch: int = 1, **changes: Any) -> StationBooted:
    return StationBooted(
        **{
            "id": f"booted-{epoch}-{message_id}",
            "station": STATION,
            "version": "2.0.1",
            "vendor": "Example",
            "model": "One",
            "firmware_version": "1.0",
            "reply_to": ReplyTo(gateway="gw-0", epoch=epoch, message_id=message_id),
            "received_at": at(seconds),
        }
        | changes
    )


def status(
    word: str = "Available", *, seconds: float = 2, evse: int = 1, connector: int = 1, **changes: Any
) -> ConnectorStatusReported:
    return ConnectorStatusReported(
        **{
            "id": f"status-{evse}-{connector}-{word}-{seconds}",
            "station": STATION,
            "evse": evse,
            "connector": connector,
            "status": word,
            "at": at(seconds),
            "received_at": at(seconds),
        }
        | changes
    )


def provisioned(*, seconds: float = 0, **changes: Any) -> StationProvisioned:
    return StationProvisioned(**{"station": STATION, "provisioned_at": at(seconds)} | changes)


def removed(*, seconds: float = 100) -> StationRemoved:
    return StationRemoved(station=STATION, removed_at=at(seconds))


class Station(Core[StationState]):
    """One station under test: feed it records, read what is said about it."""

    def __init__(self, *records: Record, **policy: Any) -> None:
        rules = Policy(**policy)
        super().__init__(initial(STATION), lambda state, record: step(state, record, rules), *records)

    @property
    def snapshots(self) -> list[StationChanged]:
        return [record for record in self.said if isinstance(record, StationChanged)]

    @property
    def published(self) -> StationChanged:
        return self.snapshots[-1]

    @property
    def answers(self) -> list[BootDecided]:
        return [record for record in self.said if isinstance(record, BootDecided)]

    @property
    def connectors(self) -> dict[tuple[int, int], ConnectorState]:
        return {(one.evse, one.connector): one for one in self.published.connectors}

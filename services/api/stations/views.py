"""Live records of stations as the rows that the history gives. PURE."""

from typing import Any

import msgspec

from schemas.evsetypes import EvseDescribed
from schemas.stations import StationChanged, StationProvisioned, StationRemoved
from services.api.stations.rows import Station


class StationDetails(Station, frozen=True, kw_only=True):
    """A station as it is now, with what the operator provisioned; the password itself is never shown."""

    has_password: bool = False
    credential_needed: bool | None = None
    time_zone: str = ""
    evses: tuple[EvseDescribed, ...] = ()
    min_security_profile: int | None = None
    certificates: tuple[str, ...] = ()
    expired_certificate: bool = False


class ConnectorChange(msgspec.Struct, frozen=True, kw_only=True):
    """A connector whose status has changed."""

    station: str
    evse: int
    connector: int
    status: str
    detail: str
    error_code: str
    at: Any


def station_of(changed: StationChanged) -> StationDetails:
    """A station's state as a row."""
    return msgspec.convert(changed, StationDetails, from_attributes=True)


def station_row(changed: StationChanged) -> Station:
    """A station's state as a row of a list."""
    return msgspec.convert(changed, Station, from_attributes=True)


def details_of(row: Station) -> StationDetails:
    """A row of the history with room for what is provisioned."""
    return msgspec.convert(row, StationDetails, from_attributes=True)


def provisioned(station: StationDetails, record: StationProvisioned | StationRemoved | None) -> StationDetails:
    """The station with the newest reference data laid over it: callers read their own writes."""
    match record:
        case StationProvisioned():
            return msgspec.structs.replace(
                station,
                provisioned=True,
                removed=False,
                registration=record.registration,
                site=record.site,
                time_zone=record.time_zone,
                evses=record.evses,
                labels=record.labels,
                tenant=record.tenant,
                heartbeat_interval_s=record.heartbeat_interval_s,
                has_password=bool(record.password_hash),
                credential_needed=record.credential_needed,
                min_security_profile=record.min_security_profile,
                certificates=record.certificates,
                expired_certificate=record.expired_certificate,
            )
        case StationRemoved():
            return msgspec.structs.replace(station, provisioned=False, removed=True, has_password=False)
    return station


def never_seen(record: StationProvisioned) -> StationDetails:
    """A station that is provisioned and that no service has spoken of yet."""
    nothing = StationChanged(id="", station=record.station, revision=0, changed_at=record.provisioned_at)
    return provisioned(station_of(nothing), record)


def connector_changes(before: StationChanged | None, after: StationChanged) -> list[ConnectorChange]:
    """The connectors that differ between two states of a station."""
    connectors_before = set(before.connectors) if before is not None else set()
    return [
        ConnectorChange(
            station=after.station,
            evse=connector.evse,
            connector=connector.connector,
            status=connector.status,
            detail=connector.detail,
            error_code=connector.error_code,
            at=connector.at,
        )
        for connector in after.connectors
        if connector not in connectors_before
    ]

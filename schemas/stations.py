"""Stations: connections, boots, connector statuses and provisioning of stations. Their commands: `schemas/stationcommands.py`."""

from typing import Literal

import msgspec

from schemas.base import OcppVersion, Record, ReplyTo, SecurityProfile, Timestamp
from schemas.evsetypes import EvseDescribed
from schemas.operators import DEFAULT_TENANT, NOBODY
from schemas.topic import Topic

RegistrationStatus = Literal["Accepted", "Pending", "Rejected"]
"""OCPP RegistrationStatusEnumType."""

_BY_STRICTNESS: tuple[RegistrationStatus, ...] = ("Accepted", "Pending", "Rejected")


def stricter(one: RegistrationStatus, other: RegistrationStatus) -> RegistrationStatus:
    """The stricter of two registrations."""
    return max(one, other, key=_BY_STRICTNESS.index)


ConnectorStatus = Literal["Available", "Occupied", "Reserved", "Unavailable", "Faulted"]
"""OCPP 2.x ConnectorStatusEnumType; 1.6 is mapped to it and its own status is kept in `detail`."""

MAX_CONNECTORS = 64
"""Connectors remembered for one station; statuses beyond are kept as events only."""


# -- facts from the gateway, on csms.stations -----------------------------------------------------------------------


class StationConnected(Record, frozen=True, kw_only=True, tag="station-connected"):
    """A connection was accepted. `epoch` orders the connections of one station: the greatest is the newest.

    `credential` identifies the password it was opened with (`schemas.credentials.credential_id`); empty for none.
    `security_profile` is the one that it was opened with, null in records from before it was kept; `certificate` is the serial number
    of its client certificate in hexadecimal digits, empty for none.
    """

    id: str
    station: str
    gateway: str
    epoch: int
    version: OcppVersion
    remote_address: str = ""
    credential: str = ""
    security_profile: SecurityProfile | None = None
    certificate: str = ""
    at: Timestamp


class StationDisconnected(Record, frozen=True, kw_only=True, tag="station-disconnected"):
    """The connection of `epoch` is over. The end of an older epoch does not affect a newer connection."""

    id: str
    station: str
    gateway: str
    epoch: int
    code: int | None = None
    reason: str = ""
    at: Timestamp


class StationSeen(Record, frozen=True, kw_only=True, tag="station-seen"):
    """The station sent something, for example a Heartbeat; sent at most once per connection and liveness interval."""

    id: str
    station: str
    gateway: str
    epoch: int
    at: Timestamp


class StationBooted(Record, frozen=True, kw_only=True, tag="station-booted"):
    """BootNotification, waiting for a `BootDecided`. `deviations` name the rules that were needed to read it.

    `further` has the members that the record does not carry, by their path in the message.
    """

    id: str
    station: str
    version: OcppVersion
    vendor: str = ""
    model: str = ""
    serial_number: str = ""
    firmware_version: str = ""
    iccid: str = ""
    imsi: str = ""
    meter_type: str = ""
    meter_serial_number: str = ""
    reason: str = ""
    deviations: tuple[str, ...] = ()
    further: dict[str, msgspec.Raw] = {}
    reply_to: ReplyTo
    received_at: Timestamp


class ConnectorStatusReported(Record, frozen=True, kw_only=True, tag="connector-status-reported"):
    """StatusNotification. 1.6 connector n is EVSE n, connector 1; EVSE 0 is the station as a whole.

    `at` is the station's time, or the gateway's where the station gives none (`at_source`). `deviations` name the rules that were
    needed to read it, `further` has the members that the record does not carry. `clock_offset_s` was added to its time. An unknown
    status is mapped to the nearest common one, with the station's own word in `detail`.
    """

    id: str
    station: str
    evse: int
    connector: int
    status: ConnectorStatus
    detail: str = ""
    error_code: str = ""
    info: str = ""
    vendor_id: str = ""
    vendor_error_code: str = ""
    at: Timestamp
    at_source: Literal["station", "gateway"] = "station"
    deviations: tuple[str, ...] = ()
    clock_offset_s: float = 0.0
    further: dict[str, msgspec.Raw] = {}
    received_at: Timestamp


# -- the decision, to the gateway's route -----------------------------------------------------------------------------


class BootDecided(Record, frozen=True, kw_only=True, tag="boot-decided"):
    """The answer to a BootNotification: B01-B03. `interval_s` is the heartbeat interval, or the wait before the next boot."""

    id: str
    station: str
    reply_to: ReplyTo
    status: RegistrationStatus
    interval_s: int
    reason: str = ""


# -- reference data, on csms.ref.stations (compacted) ---------------------------------------------------------------


class StationProvisioned(Record, frozen=True, kw_only=True, tag="station-provisioned"):
    """A provisioned station. `password_hash` is made by `schemas.credentials`; never the password itself.

    `credential_needed`: whether it must present a credential; None where the policy of its site or the deployment applies.
    `time_zone` is the IANA name of its time zone; empty where the deployment's applies. `min_security_profile`: it may not connect with
    a lower one; None where its site's or the deployment's applies, and the highest that it has had (A05). `certificates` are the serial
    numbers of client certificates that are its own whatever name they carry, in lower-case hexadecimal without leading zeros. `evses` are
    those whose type is known. `tenant`: whose it is. `expired_certificate`: it may come with a client certificate that has expired, only to
    renew it (A00.FR.429), where the gateways' `expired_certificates` allows that.
    """

    station: str
    registration: RegistrationStatus = "Accepted"
    password_hash: str = ""
    credential_needed: bool | None = None
    site: str = ""
    time_zone: str = ""
    labels: dict[str, str] = {}
    heartbeat_interval_s: int | None = None
    min_security_profile: SecurityProfile | None = None
    certificates: tuple[str, ...] = ()
    expired_certificate: bool = False
    provisioned_at: Timestamp
    provisioned_by: str = ""
    evses: tuple[EvseDescribed, ...] = ()
    tenant: str = DEFAULT_TENANT


class StationRemoved(Record, frozen=True, kw_only=True, tag="station-removed"):
    """The operator removed the station: its credential and policy are void. Replaces its StationProvisioned on the topic."""

    station: str
    removed_at: Timestamp
    removed_by: str = ""


def tenant_of(record: Record | None) -> str:
    """Whose a station is, by what is provisioned of it: nobody's where it was removed, the default tenant's where it is unknown."""
    match record:
        case StationProvisioned():
            return record.tenant
        case StationRemoved():
            return NOBODY
    return DEFAULT_TENANT


# -- published by the service, on csms.station-states (compacted) --------------------------------------------------------


class ConnectorState(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The last credible status of one connector.

    `at` is the station's time, or `received_at` where the station gave none or its clock is plainly wrong (`at_source`).
    EVSE 0, connector 0 is the station as a whole.
    """

    evse: int
    connector: int
    status: ConnectorStatus
    detail: str = ""
    error_code: str = ""
    info: str = ""
    at: Timestamp
    at_source: Literal["station", "gateway"] = "station"
    received_at: Timestamp | None = None
    vendor_id: str = ""
    vendor_error_code: str = ""


class StationChanged(Record, frozen=True, kw_only=True, tag="station-changed"):
    """A station as a whole, after a change; the newest `revision` replaces all before.

    `boot_reason` is the reason of its latest boot (2.x BootReasonEnumType), empty where it gave none. `security_profile` and
    `credential` are those of its newest connection. `credential_since`: since when its present password is the one that counts; None
    where it has none, or nobody knows.
    """

    id: str
    station: str
    revision: int
    connected: bool = False
    gateway: str = ""
    epoch: int = 0
    version: OcppVersion | None = None
    remote_address: str = ""
    vendor: str = ""
    model: str = ""
    serial_number: str = ""
    firmware_version: str = ""
    registration: RegistrationStatus | None = None
    provisioned: bool = False
    removed: bool = False
    site: str = ""
    labels: dict[str, str] = {}
    heartbeat_interval_s: int | None = None
    connectors: tuple[ConnectorState, ...] = ()
    connected_at: Timestamp | None = None
    disconnected_at: Timestamp | None = None
    booted_at: Timestamp | None = None
    seen_at: Timestamp | None = None
    changed_at: Timestamp
    boot_reason: str = ""
    security_profile: SecurityProfile | None = None
    tenant: str = DEFAULT_TENANT
    credential: str = ""
    credential_since: Timestamp | None = None


def evse_count(station: StationChanged) -> int:
    """How many EVSEs a station is known to have, one at least."""
    return max(1, len({each.evse for each in station.connectors if each.evse}))


# -- what gateways follow, on csms.admissions (compacted) -------------------------------------------------------------

StationsUnknown = Literal["accept", "park", "refuse"]
"""The policy for stations that are not provisioned: admitted and accepted, admitted and kept pending, or refused."""

REGISTRATION_OF_UNKNOWN: dict[StationsUnknown, RegistrationStatus] = {
    "accept": "Accepted",
    "park": "Pending",
    "refuse": "Rejected",
}
"""The registration of a station that is not provisioned, by policy."""


class AdmissionChanged(Record, frozen=True, kw_only=True, tag="admission-changed"):
    """What gateways need at the handshake of a station beside its provisioning; published whenever it changes.

    `registration` is None before the first boot of a station that is not provisioned. `removed`: the entry is void.
    `password_hashes` are accepted since a command changed the station's password; they apply as long as the provisioned hash is
    `replaces`, otherwise the provisioned hash applies. An empty one among them: no password is required. `security_profile`: the highest
    that it has connected with since the operator last allowed a lower one, where it is 2 or 3; else 0.
    """

    id: str
    station: str
    registration: RegistrationStatus | None = None
    provisioned: bool = False
    removed: bool = False
    vendor: str = ""
    model: str = ""
    firmware_version: str = ""
    password_hashes: tuple[str, ...] = ()
    replaces: str = ""
    security_profile: SecurityProfile = 0
    changed_at: Timestamp


STATIONS = Topic(
    name="csms.stations",
    meaning="Connections, boots and connector statuses of stations.",
    records=(StationConnected, StationDisconnected, StationSeen, StationBooted, ConnectorStatusReported),
)
STATION_STATES = Topic(
    name="csms.station-states",
    meaning="Each station as a whole, after every change.",
    records=(StationChanged,),
    retention_s=None,
)
ADMISSIONS = Topic(
    name="csms.admissions",
    meaning="What gateways need at the handshake of each station, after every change.",
    records=(AdmissionChanged,),
    retention_s=None,
)
REF_STATIONS = Topic(
    name="csms.ref.stations",
    meaning="Reference data: stations as operators provision them.",
    records=(StationProvisioned, StationRemoved),
    retention_s=None,
)

TOPICS = (
    STATIONS,
    STATION_STATES,
    ADMISSIONS,
    REF_STATIONS,
)

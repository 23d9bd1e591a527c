"""Stations: what a station is, whether it is connected, what its connectors say, and the commands to the station itself."""

from typing import Annotated, Literal

import msgspec

from schemas.base import OcppVersion, Record, ReplyTo, Timestamp

RegistrationStatus = Literal["Accepted", "Pending", "Rejected"]
"""OCPP RegistrationStatusEnumType."""

ConnectorStatus = Literal["Available", "Occupied", "Reserved", "Unavailable", "Faulted"]
"""OCPP 2.x ConnectorStatusEnumType; 1.6 is mapped up and its own word is kept in `detail`."""

MAX_CONNECTORS = 64
"""Connectors remembered for one station; statuses beyond are kept as events only."""


# -- facts from the gateway, on csms.stations -----------------------------------------------------------------------


class StationConnected(Record, frozen=True, kw_only=True, tag="station-connected"):
    """A connection was accepted. `epoch` orders the connections of one station: the greatest is the newest."""

    id: str
    station: str
    gateway: str
    epoch: int
    version: OcppVersion
    remote_address: str = ""
    at: Timestamp


class StationDisconnected(Record, frozen=True, kw_only=True, tag="station-disconnected"):
    """The connection of `epoch` is over. A close of an older epoch says nothing about a newer connection."""

    id: str
    station: str
    gateway: str
    epoch: int
    code: int | None = None
    reason: str = ""
    at: Timestamp


class StationSeen(Record, frozen=True, kw_only=True, tag="station-seen"):
    """The station spoke (a Heartbeat, say); sent at most once per connection and liveness interval."""

    id: str
    station: str
    gateway: str
    epoch: int
    at: Timestamp


class StationBooted(Record, frozen=True, kw_only=True, tag="station-booted"):
    """BootNotification, waiting for a `BootDecided`."""

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
    reply_to: ReplyTo
    received_at: Timestamp


class ConnectorStatusReported(Record, frozen=True, kw_only=True, tag="connector-status-reported"):
    """StatusNotification. 1.6 connector n is EVSE n, connector 1; EVSE 0 is the station as a whole.

    `at` is the station's time (the gateway's where the station gives none: `at_source` says so).
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
    """What the operator knows of a station. `password_hash` as `schemas.credentials` makes it; never the password.

    `time_zone` is the IANA name of the place it stands at; empty where the deployment's holds.
    """

    station: str
    registration: RegistrationStatus = "Accepted"
    password_hash: str = ""
    site: str = ""
    time_zone: str = ""
    labels: dict[str, str] = {}
    heartbeat_interval_s: int | None = None
    provisioned_at: Timestamp
    provisioned_by: str = ""


class StationRemoved(Record, frozen=True, kw_only=True, tag="station-removed"):
    """The operator removed the station: its credential and policy are void. Replaces the provisioning in its topic."""

    station: str
    removed_at: Timestamp
    removed_by: str = ""


# -- what the service says, on csms.station-states (compacted) --------------------------------------------------------


class ConnectorState(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The last believed status of one connector.

    `at` is the station's time, or `received_at` where the station's clock is plainly wrong. EVSE 0, connector 0 is the
    station as a whole.
    """

    evse: int
    connector: int
    status: ConnectorStatus
    detail: str = ""
    error_code: str = ""
    info: str = ""
    at: Timestamp
    received_at: Timestamp | None = None


class StationChanged(Record, frozen=True, kw_only=True, tag="station-changed"):
    """A station as a whole, after a change; the newest `revision` stands for all before."""

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


# -- persisted by the service -----------------------------------------------------------------------------------------


class StationState(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What `stations` remembers of one station.

    `now` is the station as it stands, with the id, revision and time of what was last published; `published_seen_at` is the
    last seen time in it. `provisioned_at` and `booted_epoch` tell older records from newer ones.
    """

    now: StationChanged
    published_seen_at: Timestamp | None = None
    provisioned_at: Timestamp | None = None
    booted_epoch: int = 0


# -- commands to the station itself (members of schemas.commands.Command) ---------------------------------------------

PositiveId = Annotated[int, msgspec.Meta(ge=1)]
EvseId = Annotated[int, msgspec.Meta(ge=0)]


class Reset(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="command", tag="Reset"):
    """Restart the station (or one EVSE where the version can): now, or when no transaction runs."""

    type: Literal["Immediate", "OnIdle"] = "OnIdle"
    evse: PositiveId | None = None


class UnlockConnector(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="command", tag="UnlockConnector"
):
    """Release the cable of one connector."""

    evse: PositiveId
    connector: PositiveId = 1


class ChangeAvailability(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="command", tag="ChangeAvailability"
):
    """Take the station, one EVSE or one connector in or out of operation. No EVSE: the whole station."""

    operational_status: Literal["Operative", "Inoperative"]
    evse: PositiveId | None = None
    connector: PositiveId | None = None


class TriggerMessage(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="command", tag="TriggerMessage"
):
    """Ask the station to send a message now; `requested_message` in the 2.x spelling of MessageTriggerEnumType."""

    requested_message: Annotated[str, msgspec.Meta(min_length=1, max_length=50)]
    evse: PositiveId | None = None
    connector: PositiveId | None = None

"""Stations as the API and the console read them: state, OCPP log, events; and what an operator provisions."""

import datetime as dt
from typing import Annotated, Any

import msgspec
from litestar.params import PathParameter

from schemas.base import OcppVersion, SecurityProfile
from schemas.evsetypes import EvseDescribed
from schemas.ids import STATION_ID_RULE
from schemas.operators import DEFAULT_TENANT
from schemas.stations import ConnectorStatus, RegistrationStatus
from services.api.web.bodies import Body


class Connector(msgspec.Struct, frozen=True, kw_only=True):
    """The last believed status of one connector."""

    evse: int
    connector: int
    status: ConnectorStatus
    detail: str = ""
    error_code: str = ""
    info: str = ""
    at: dt.datetime


class Station(msgspec.Struct, frozen=True, kw_only=True):
    """A station as it is now.

    `security_profile` is that of its latest connection, null where nobody can tell; `credential_since`: since when its present password
    counts, null where it has none or nobody knows.
    """

    station: str
    connected: bool
    gateway: str
    version: OcppVersion | None
    remote_address: str
    vendor: str
    model: str
    serial_number: str
    firmware_version: str
    registration: RegistrationStatus | None
    provisioned: bool
    removed: bool
    site: str
    labels: dict[str, str]
    tenant: str = DEFAULT_TENANT
    heartbeat_interval_s: int | None
    connectors: tuple[Connector, ...]
    connected_at: dt.datetime | None
    disconnected_at: dt.datetime | None
    booted_at: dt.datetime | None
    seen_at: dt.datetime | None
    changed_at: dt.datetime
    security_profile: int | None = None
    credential_since: dt.datetime | None = None


class StationFilter(msgspec.Struct, frozen=True, kw_only=True):
    """Which stations; None does not filter. `search`: part of the id, vendor, model, serial number or site, any case."""

    connected: bool | None = None
    version: str | None = None
    vendor: str | None = None
    site: str | None = None
    registration: str | None = None
    search: str | None = None
    security_profile: int | None = None
    tenant: str | None = None


class Frame(msgspec.Struct, frozen=True, kw_only=True):
    """One OCPP-J frame as it crossed the wire, `in` or `out` as seen from here.

    `answers`: the `sequence` of the CALL that it answers, 0 for none; `command_id`: the command of which it is a CALL, or the answer
    to one; `transaction_id`: the transaction that it names, as the station calls it. Both are empty for none.
    """

    id: str
    station: str
    version: str
    epoch: int
    sequence: int
    direction: str
    kind: str
    message_id: str
    action: str
    error: str
    text: str
    size: int
    at: dt.datetime
    answers: int = 0
    command_id: str = ""
    transaction_id: str = ""


class FrameFilter(msgspec.Struct, frozen=True, kw_only=True):
    """Which frames; None does not filter. `text`: part of the frame, any case. `before`: older than that moment."""

    direction: str | None = None
    action: str | None = None
    text: str | None = None
    before: dt.datetime | None = None


class StationEvent(msgspec.Struct, frozen=True, kw_only=True):
    """Something that happened to a station: connected, disconnected, booted. `detail` is JSON with the rest."""

    id: str
    station: str
    event: str
    at: dt.datetime
    detail: Any


class ConnectorStatusChange(msgspec.Struct, frozen=True, kw_only=True):
    """A status that a station reported for a connector."""

    id: str
    station: str
    evse: int
    connector: int
    status: ConnectorStatus
    detail: str
    error_code: str
    info: str
    vendor_id: str
    vendor_error_code: str
    at: dt.datetime
    received_at: dt.datetime


ALL_STATIONS = StationFilter()

ALL_FRAMES = FrameFilter()


StationPath = Annotated[str, PathParameter(description=f"The station's id: {STATION_ID_RULE}.")]

Label = Annotated[str, msgspec.Meta(min_length=1, max_length=64)]

LabelText = Annotated[str, msgspec.Meta(max_length=256)]

Tenant = Annotated[str, msgspec.Meta(min_length=1, max_length=64, pattern=r"^\S+$")]

Password = Annotated[str, msgspec.Meta(min_length=16, max_length=64)]

CertificateNumber = Annotated[str, msgspec.Meta(pattern="^[0-9A-Fa-f:]{1,95}$")]


class ProvisionStation(Body, frozen=True, kw_only=True):
    """What the operator knows of a station. It replaces what was known before, except that no password and no tenant keep the old ones."""

    password: Annotated[
        Password | msgspec.UnsetType | None,
        msgspec.Meta(
            description="Basic-auth password (security profiles 1 and 2), 16 to 64 printable ASCII characters; 32 to 40"
            " hexadecimal digits are the bytes they stand for (1.6 AuthorizationKey). Left out: as before; null: none."
            " Stored hashed, never told.",
        ),
    ] = msgspec.UNSET
    site: Annotated[str, msgspec.Meta(max_length=100, description="The site it stands at.", examples=["berlin-1"])] = ""
    time_zone: Annotated[
        str,
        msgspec.Meta(
            max_length=64,
            description="IANA name of the time zone there: tariffs go by it, and times that the station tells without a zone."
            " Empty: the deployment's for tariffs, UTC for such times.",
            examples=["Europe/Berlin"],
        ),
    ] = ""
    labels: Annotated[
        dict[Label, LabelText],
        msgspec.Meta(max_length=50, description="The operator's own names and values.", examples=[{"row": "A"}]),
    ] = {}
    tenant: Annotated[
        Tenant | msgspec.UnsetType,
        msgspec.Meta(
            description="Whose it is: users and keys may be limited to tenants. Left out: as before; of a new station that of the key"
            f" where it is limited to one tenant, else `{DEFAULT_TENANT}`.",
        ),
    ] = msgspec.UNSET
    registration: Annotated[
        RegistrationStatus,
        msgspec.Meta(description="Whether it is served, at once and by every gateway: Rejected closes its connection."),
    ] = "Accepted"
    credential_needed: Annotated[
        bool | None,
        msgspec.Meta(
            description="Whether it may not connect without a credential; null: as its site or deployment says."
        ),
    ] = None
    min_security_profile: Annotated[
        SecurityProfile | None,
        msgspec.Meta(
            description="It may not connect with a lower security profile: 1 password, 2 password over TLS, 3 client certificate."
            " null: as its site or deployment says, and not below the highest that it has had. A profile below that allows it."
        ),
    ] = None
    certificates: Annotated[
        tuple[CertificateNumber, ...],
        msgspec.Meta(
            max_length=20,
            description="Serial numbers (hexadecimal) of client certificates that are its own, whatever name they carry.",
            examples=[["1f3a9c"]],
        ),
    ] = ()
    expired_certificate: Annotated[
        bool,
        msgspec.Meta(
            description="It may connect with a client certificate that has expired, only to renew it: it stays Pending and is asked for a"
            " new request at once (A00.FR.429). Only where the gateways' `expired_certificates` is on. Take it back afterwards."
        ),
    ] = False
    heartbeat_interval_s: Annotated[
        Annotated[int, msgspec.Meta(ge=1, le=86_400)] | None,
        msgspec.Meta(description="Heartbeat interval it is told; null: the deployment's."),
    ] = None
    evses: Annotated[
        tuple[EvseDescribed, ...],
        msgspec.Meta(
            max_length=64,
            description="Of which type its EVSEs are, all of them, for tokens that may charge at some types alone. Empty: not known.",
            examples=[[{"evse": 1, "kind": "AC", "connectors": ["cType2"]}]],
        ),
    ] = ()

"""What the API and the console read: frozen rows, pages and charts, as `services.api.reads` returns them. PURE."""

import datetime as dt
from decimal import Decimal
from typing import Any, Generic, TypeVar

import msgspec

from schemas.base import OcppVersion
from schemas.commands import Outcome
from schemas.stations import ConnectorStatus, RegistrationStatus
from schemas.transactions import SessionStatus

T = TypeVar("T")


class Page(msgspec.Struct, Generic[T], frozen=True):
    """One page of a list. `next_cursor` asks for the page behind it; None where this is the last."""

    items: tuple[T, ...]
    next_cursor: str | None = None


class FleetOverview(msgspec.Struct, frozen=True, kw_only=True):
    """The whole fleet in figures. `energy_today_wh`: by meter time, of the UTC day of `at`, stations' registers only."""

    at: dt.datetime
    stations_total: int
    stations_connected: int
    connected_by_version: dict[str, int]
    connectors_by_status: dict[str, int]
    faults: int
    sessions_active: int
    sessions_today: int
    power_w: Decimal
    energy_today_wh: Decimal


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
    """A station as it is now."""

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
    heartbeat_interval_s: int | None
    connectors: tuple[Connector, ...]
    connected_at: dt.datetime | None
    disconnected_at: dt.datetime | None
    booted_at: dt.datetime | None
    seen_at: dt.datetime | None
    changed_at: dt.datetime


class StationFilter(msgspec.Struct, frozen=True, kw_only=True):
    """Which stations; None does not filter. `search`: part of the id, vendor, model, serial number or site, any case."""

    connected: bool | None = None
    version: str | None = None
    vendor: str | None = None
    site: str | None = None
    search: str | None = None


class Frame(msgspec.Struct, frozen=True, kw_only=True):
    """One OCPP-J frame as it crossed the wire, `in` or `out` as seen from here."""

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


class FrameFilter(msgspec.Struct, frozen=True, kw_only=True):
    """Which frames; None does not filter. `text`: part of the frame, any case. `before`: older than that moment."""

    direction: str | None = None
    action: str | None = None
    text: str | None = None
    before: dt.datetime | None = None


class Session(msgspec.Struct, frozen=True, kw_only=True):
    """A charging session as it is now. Energies and power are None where no reading tells them."""

    session: str
    station: str
    transaction_id: str
    evse: int | None
    connector: int | None
    token: str | None
    token_type: str
    status: SessionStatus
    charging_state: str
    started_at: dt.datetime
    ended_at: dt.datetime | None
    stopped_reason: str
    meter_start_wh: Decimal | None
    meter_stop_wh: Decimal | None
    energy_wh: Decimal | None
    power_w: Decimal | None
    soc_percent: Decimal | None
    last_meter_at: dt.datetime | None
    remote_start_id: int | None
    reservation_id: int | None
    offline: bool
    anomalies: tuple[str, ...]
    changed_at: dt.datetime


class SessionFilter(msgspec.Struct, frozen=True, kw_only=True):
    """Which sessions; None does not filter. `since` <= started_at < `until`; `token` in any case; `search`: part of an id."""

    station: str | None = None
    active: bool | None = None
    since: dt.datetime | None = None
    until: dt.datetime | None = None
    token: str | None = None
    search: str | None = None


class MeterReading(msgspec.Struct, frozen=True, kw_only=True):
    """One normalised reading. `at` is the meter's time."""

    id: str
    at: dt.datetime
    measurand: str
    phase: str
    context: str
    location: str
    value: Decimal
    unit: str
    received_at: dt.datetime


class Point(msgspec.Struct, frozen=True):
    """A value at a moment, for charts."""

    at: dt.datetime
    value: float


class SessionSeries(msgspec.Struct, frozen=True, kw_only=True):
    """A session's curves, each in its own order of time; empty where nothing was measured. Energy counts from the start."""

    energy_wh: tuple[Point, ...]
    power_w: tuple[Point, ...]
    soc_percent: tuple[Point, ...]


class EnergyHour(msgspec.Struct, frozen=True, kw_only=True):
    """Energy charged in one UTC hour, by meter time."""

    hour: dt.datetime
    energy_wh: Decimal


class CommandView(msgspec.Struct, frozen=True, kw_only=True):
    """A command with its outcome; `pending` until it is settled. `arguments` and `response` are JSON as it came.

    Members of the request are None or empty where only the outcome is known (the request is older than the history).
    """

    command_id: str
    station: str
    command: str
    arguments: Any
    outcome: Outcome | str
    response: Any
    error_code: str
    detail: str
    priority: int | None
    when_offline: str
    requested_by: str
    requested_at: dt.datetime | None
    expires_at: dt.datetime | None
    cancel_requested_at: dt.datetime | None
    settled_at: dt.datetime | None


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


class Fact(msgspec.Struct, frozen=True, kw_only=True):
    """A message that was kept as it came, under its noun."""

    id: str
    station: str
    noun: str
    action: str
    payload: Any
    at: dt.datetime


class QuarantinedValue(msgspec.Struct, frozen=True, kw_only=True):
    """A meter value that was not believed, whole, with the reason."""

    id: str
    station: str
    session: str
    evse: int | None
    transaction_id: str
    reason: str
    meter_value: Any
    at: dt.datetime
    received_at: dt.datetime


class DeadLetter(msgspec.Struct, frozen=True, kw_only=True):
    """A record that a service could not read or apply, with the reason."""

    id: str
    service: str
    topic: str
    partition: int
    offset: int
    key: str
    value: str
    encoding: str
    reason: str
    at: dt.datetime


ALL_STATIONS = StationFilter()
ALL_FRAMES = FrameFilter()
ALL_SESSIONS = SessionFilter()

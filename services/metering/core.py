"""Metering: what a record becomes in ClickHouse. Each record fills rows of one table; the same record gives the same rows."""

import datetime as dt
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

import msgspec

from schemas.authorization import AuthorizationRequested, IdToken, TokenSessionEnded, TokenSessionStarted, token_key
from schemas.base import Poison, Record
from schemas.commands import CommandCancelled, CommandRequested, CommandSettled
from schemas.datatransfer import DataTransferred
from schemas.deadletters import DeadLettered
from schemas.facts import FactReported
from schemas.frames import FrameLogged
from schemas.stations import (
    ConnectorStatusReported,
    StationBooted,
    StationChanged,
    StationConnected,
    StationDisconnected,
    StationSeen,
)
from schemas.transactions import MeterValueQuarantined, MeterValuesRecorded, SessionChanged

Row = tuple[Any, ...]
"""Values in the order of the table's `COLUMNS`; moments as whole micro- or milliseconds since 1970, as ClickHouse counts."""


class Rows(msgspec.Struct, frozen=True):
    """Rows for one table."""

    table: str
    rows: tuple[Row, ...]


COLUMNS: Mapping[str, tuple[str, ...]] = {
    table: tuple(columns.split())
    for table, columns in {
        "meter_values": "station measurand at value unit phase context location evse session transaction_id"
        " received_at id position",
        "sessions": "station session transaction_id evse connector token token_type token_key status charging_state"
        " started_at ended_at stopped_reason meter_start_wh meter_stop_wh energy_wh power_w soc_percent last_meter_at"
        " remote_start_id reservation_id offline anomalies revision id changed_at",
        "authorizations": "station at event token_key token token_type session transaction_id evse final id",
        "stations": "station connected gateway epoch version remote_address vendor model serial_number"
        " firmware_version registration provisioned removed site labels heartbeat_interval_s connectors faulted"
        " connected_at disconnected_at booted_at seen_at revision id changed_at",
        "station_events": "station at event detail id",
        "connector_status": "station evse connector at status detail error_code info vendor_id vendor_error_code"
        " at_source received_at id",
        "facts": "station noun at action version payload id",
        "frames": "station at version epoch sequence direction kind message_id action error text size id",
        "commands": "station command_id command arguments priority when_offline timeout_s requested_by requested_at"
        " expires_at cancel_requested_by cancel_requested_at outcome response error_code detail settled_at",
        "quarantine": "station at received_at session evse transaction_id reason meter_value id",
        "dead_letters": "at service topic partition offset key value encoding reason id",
    }.items()
}
"""The columns of each table, in the order of its rows."""

EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
LATEST = dt.datetime(2106, 1, 1, tzinfo=dt.UTC)
MICROSECOND = dt.timedelta(microseconds=1)
MILLISECOND = dt.timedelta(milliseconds=1)

DECIMAL_STEP = Decimal("0.0001")
DECIMAL_LIMIT = Decimal(10) ** 20
UINT16_MOST = 2**16 - 1
INT32_MOST = 2**31 - 1
INT64_MOST = 2**63 - 1


def rows_of(record: Record) -> Rows | None:
    """The rows of a record; None for one that no table keeps. Raises Poison for a value that no column can hold."""
    row = _ROWS_OF.get(type(record))
    return row(record) if row is not None else None


# -- values -----------------------------------------------------------------------------------------------------------


def _us(at: dt.datetime) -> int:
    return (_believable(at) - EPOCH) // MICROSECOND


def _ms(at: dt.datetime) -> int:
    return (_believable(at) - EPOCH) // MILLISECOND


def _us_or_none(at: dt.datetime | None) -> int | None:
    return None if at is None else _us(at)


def _believable(at: dt.datetime) -> dt.datetime:
    if not EPOCH <= at < LATEST:
        raise Poison(f"{at.isoformat()} is outside of what ClickHouse can hold, {EPOCH.year} to {LATEST.year}")
    return at


def _exact(value: Decimal) -> Decimal:
    if not value.is_finite() or abs(value) >= DECIMAL_LIMIT:
        raise Poison(f"{value} is outside of what ClickHouse can hold, 20 digits and 4 decimals")
    return value.quantize(DECIMAL_STEP)


def _exact_or_none(value: Decimal | None) -> Decimal | None:
    return None if value is None else _exact(value)


def _whole(value: int | None, name: str, most: int = UINT16_MOST) -> int | None:
    low = 0 if most == UINT16_MOST else -most
    if value is not None and not low <= value <= most:
        raise Poison(f"{name} {value} is outside of what ClickHouse can hold, {low} to {most}")
    return value


def _json(value: Any) -> str:
    return msgspec.json.encode(value).decode()


def _raw(value: msgspec.Raw) -> str:
    return bytes(value).decode()


def _tag(struct: msgspec.Struct) -> str:
    return str(struct.__struct_config__.tag)


# -- readings ---------------------------------------------------------------------------------------------------------


def _meter_values(record: MeterValuesRecorded) -> Rows:
    received_us, evse = _us(record.received_at), _whole(record.evse, "evse")
    return Rows(
        "meter_values",
        tuple(
            (
                record.station,
                reading.measurand,
                _ms(reading.at),
                _exact(reading.value),
                reading.unit,
                reading.phase,
                reading.context,
                reading.location,
                evse,
                record.session,
                record.transaction_id,
                received_us,
                record.id,
                position,
            )
            for position, reading in enumerate(record.readings)
        ),
    )


def _quarantine(record: MeterValueQuarantined) -> Rows:
    # the meter's clock may be the very thing that is not believed: keep the row, bring the moment into range
    measured = min(max(record.meter_value.at, EPOCH), LATEST - MICROSECOND)
    row = (
        record.station,
        _us(measured),
        _us(record.received_at),
        record.session,
        _whole(record.evse, "evse"),
        record.transaction_id,
        record.reason,
        _json(record.meter_value),
        record.id,
    )
    return Rows("quarantine", (row,))


# -- sessions ---------------------------------------------------------------------------------------------------------


def _session(record: SessionChanged) -> Rows:
    token = record.token or IdToken(value="")
    row = (
        record.station,
        record.session,
        record.transaction_id,
        _whole(record.evse, "evse"),
        _whole(record.connector, "connector"),
        record.token and record.token.value,
        token.type,
        token_key(token.value),
        record.status,
        record.charging_state,
        _us(record.started_at),
        _us_or_none(record.ended_at),
        record.stopped_reason,
        _exact_or_none(record.meter_start_wh),
        _exact_or_none(record.meter_stop_wh),
        _exact_or_none(record.energy_wh),
        _exact_or_none(record.power_w),
        _exact_or_none(record.soc_percent),
        _us_or_none(record.last_meter_at),
        _whole(record.remote_start_id, "remote_start_id", INT64_MOST),
        _whole(record.reservation_id, "reservation_id", INT64_MOST),
        record.offline,
        list(record.anomalies),
        record.revision,
        record.id,
        _us(record.changed_at),
    )
    return Rows("sessions", (row,))


def _authorization(record: AuthorizationRequested) -> Rows:
    row = (
        record.station,
        _us(record.received_at),
        "requested",
        record.token,
        record.id_token.value,
        record.id_token.type,
        record.session,
        record.transaction_id,
        _whole(record.evse, "evse"),
        record.final,
        record.id,
    )
    return Rows("authorizations", (row,))


def _token_session(record: TokenSessionStarted | TokenSessionEnded) -> Rows:
    event = _tag(record).removeprefix("token-")
    row = (record.station, _us(record.at), event, record.token, "", "", record.session, "", None, False, record.id)
    return Rows("authorizations", (row,))


# -- stations ---------------------------------------------------------------------------------------------------------


def _station(record: StationChanged) -> Rows:
    row = (
        record.station,
        record.connected,
        record.gateway,
        record.epoch,
        record.version or "",
        record.remote_address,
        record.vendor,
        record.model,
        record.serial_number,
        record.firmware_version,
        record.registration or "",
        record.provisioned,
        record.removed,
        record.site,
        record.labels,
        _whole(record.heartbeat_interval_s, "heartbeat_interval_s", INT32_MOST),
        _json(record.connectors),
        sum(connector.status == "Faulted" for connector in record.connectors),
        _us_or_none(record.connected_at),
        _us_or_none(record.disconnected_at),
        _us_or_none(record.booted_at),
        _us_or_none(record.seen_at),
        record.revision,
        record.id,
        _us(record.changed_at),
    )
    return Rows("stations", (row,))


def _station_event(record: StationConnected | StationDisconnected | StationBooted) -> Rows:
    at = record.received_at if isinstance(record, StationBooted) else record.at
    detail = msgspec.to_builtins(record)
    for member in ("record", "id", "station", "at", "received_at", "reply_to"):
        detail.pop(member, None)
    event = _tag(record).removeprefix("station-")
    return Rows("station_events", ((record.station, _us(at), event, _json(detail), record.id),))


def _connector_status(record: ConnectorStatusReported) -> Rows:
    row = (
        record.station,
        _whole(record.evse, "evse"),
        _whole(record.connector, "connector"),
        _us(record.at),
        record.status,
        record.detail,
        record.error_code,
        record.info,
        record.vendor_id,
        record.vendor_error_code,
        record.at_source,
        _us(record.received_at),
        record.id,
    )
    return Rows("connector_status", (row,))


def _fact(record: FactReported) -> Rows:
    at, payload = _us(record.received_at), _raw(record.payload)
    return Rows("facts", ((record.station, record.noun, at, record.action, record.version, payload, record.id),))


def _data_transfer(record: DataTransferred) -> Rows:
    payload = _json({"vendorId": record.vendor_id, "messageId": record.message_id, "data": record.data})
    at = _us(record.received_at)
    return Rows("facts", ((record.station, "data-transfers", at, "DataTransfer", "", payload, record.id),))


def _frame(record: FrameLogged) -> Rows:
    row = (
        record.station,
        _us(record.at),
        record.version,
        record.epoch,
        record.sequence,
        record.direction,
        record.kind,
        record.message_id,
        record.action,
        record.error,
        record.text,
        record.size,
        record.id,
    )
    return Rows("frames", (row,))


# -- commands ---------------------------------------------------------------------------------------------------------


def _command(station: str, command_id: str, **known: Any) -> Rows:
    others = (known.get(column) for column in COLUMNS["commands"][2:])
    return Rows("commands", ((station, command_id, *others),))


def _requested(record: CommandRequested) -> Rows:
    arguments = msgspec.json.decode(msgspec.json.encode(record.command), type=dict[str, msgspec.Raw])
    del arguments["command"]
    return _command(
        record.station,
        record.id,
        command=_tag(record.command),
        arguments=_json(arguments),
        priority=record.priority,
        when_offline=record.when_offline,
        timeout_s=record.timeout_s,
        requested_by=record.requested_by,
        requested_at=_us(record.requested_at),
        expires_at=_us(record.expires_at),
    )


def _cancelled(record: CommandCancelled) -> Rows:
    return _command(
        record.station,
        record.command_id,
        cancel_requested_by=record.requested_by,
        cancel_requested_at=_us(record.requested_at),
    )


def _settled(record: CommandSettled) -> Rows:
    return _command(
        record.station,
        record.command_id,
        outcome=record.outcome,
        response=_raw(record.response),
        error_code=record.error_code,
        detail=record.detail,
        settled_at=_us(record.settled_at),
    )


def _dead_letter(record: DeadLettered) -> Rows:
    row = (
        _us(record.at),
        record.service,
        record.topic,
        record.partition,
        record.offset,
        record.key,
        record.value,
        record.encoding,
        record.reason,
        record.id,
    )
    return Rows("dead_letters", (row,))


_ROWS_OF: Mapping[type[Record], Callable[[Any], Rows]] = {
    MeterValuesRecorded: _meter_values,
    MeterValueQuarantined: _quarantine,
    SessionChanged: _session,
    AuthorizationRequested: _authorization,
    TokenSessionStarted: _token_session,
    TokenSessionEnded: _token_session,
    StationChanged: _station,
    StationConnected: _station_event,
    StationDisconnected: _station_event,
    StationBooted: _station_event,
    ConnectorStatusReported: _connector_status,
    FactReported: _fact,
    DataTransferred: _data_transfer,
    FrameLogged: _frame,
    CommandRequested: _requested,
    CommandCancelled: _cancelled,
    CommandSettled: _settled,
    DeadLettered: _dead_letter,
}

NOT_KEPT: frozenset[type[Record]] = frozenset({StationSeen})
"""Records that come along on these topics and fill no table: `stations.seen_at` has the last sight of a station."""

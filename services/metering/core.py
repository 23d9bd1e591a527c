"""Metering: what a record becomes in ClickHouse. The same record always gives the same rows."""

import datetime as dt
from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from functools import partial
from typing import Any

import msgspec

from schemas.authorization import AuthorizationRequested, IdToken, TokenSessionEnded, TokenSessionStarted, token_key
from schemas.base import Poison, Record
from schemas.billing import CdrIssued
from schemas.campaigns import (
    BLOCK_STATIONS,
    CampaignBlockFrozen,
    CampaignChanged,
    CampaignRequested,
    CampaignSteered,
    CampaignTargetsFrozen,
    StationsExtended,
    StationsReleased,
    StationsWithdrawn,
)
from schemas.commands import CommandCancelled, CommandRequested, CommandSettled
from schemas.datatransfer import DataTransferred
from schemas.deadletters import DeadLettered
from schemas.facts import FactReported
from schemas.firmware import FirmwareStatusReported, UpdateChanged, UpdateState
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
        "signed_readings": "station measurand at text context location session transaction_id received_at id position",
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
        "firmware_campaigns": "campaign name status reason version stations wave counts verdicts timeline requested_at"
        " requested_by started_at ended_at id revision changed_at",
        "firmware_updates": "campaign number station revision state attempt detail request_id command_id from_version"
        " to_version ordered_at changed_at",
        "firmware_history": "campaign number station revision state attempt detail id changed_at",
        "firmware_statuses": "station status request_id detail received_at id",
        "cdrs": "station session version credit credits replaces transaction_id evse connector site token token_key status"
        " started_at ended_at time_zone meter_start_wh meter_stop_wh energy_wh charging_s parking_s tariff tariff_version"
        " currency unrated total_excl_vat total_incl_vat costs periods approximate anomalies id issued_at",
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
UINT16_COLUMNS = {"evse", "connector"}
INT32_MOST = 2**31 - 1
INT64_MOST = 2**63 - 1


def rows_of(record: Record) -> tuple[Rows, ...]:
    """The rows of a record, per table. Raises Poison for a value that no column can hold, and for a record nobody expects."""
    if isinstance(record, MeterValuesRecorded):
        return _meter_values(record), _signed(record)
    if isinstance(record, StationSeen):
        return ()  # the registry has the last sight of a station: stations.seen_at
    if isinstance(record, _CAMPAIGN_INNER):
        return ()  # what becomes of it is in the campaign's own changes
    if isinstance(record, CampaignTargetsFrozen):
        return (_targets(record),)
    if isinstance(record, UpdateChanged):
        return _update(record), _update_history(record)
    project = _ROW_OF.get(type(record))
    if project is None:
        raise Poison(f"no table keeps {_tag(record)}")
    table, row = project
    return (Rows(table, (row(record),)),)


# -- values -----------------------------------------------------------------------------------------------------------


def _us(at: dt.datetime) -> int:
    return (_believable(at) - EPOCH) // MICROSECOND


def _ms(at: dt.datetime) -> int:
    return (_believable(at) - EPOCH) // MILLISECOND


def _believable(at: dt.datetime) -> dt.datetime:
    if not EPOCH <= at < LATEST:
        raise Poison(f"{at.isoformat()} is outside of what ClickHouse can hold, {EPOCH.year} to {LATEST.year}")
    return at


def _exact(value: Decimal) -> Decimal:
    try:
        exact = value.quantize(DECIMAL_STEP)
        if -DECIMAL_LIMIT < exact < DECIMAL_LIMIT:
            return exact
    except InvalidOperation:
        pass  # no number, infinite, or longer than decimals reach
    raise Poison(f"{value} is outside of what ClickHouse can hold, 20 digits and 4 decimals")


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


def _cell(record: Record, column: str) -> Any:
    """What a column named like the record's member holds of it."""
    value = getattr(record, column)
    match value:
        case dt.datetime():
            return _us(value)
        case Decimal():
            return _exact(value)
        case int():
            return _whole(value, column, UINT16_MOST if column in UINT16_COLUMNS else INT64_MOST)
        case msgspec.Raw():
            return _raw(value)
    return value


Cell = Callable[[Any], Any]


def _row(table: str, **cells: Cell) -> tuple[str, Callable[[Any], Row]]:
    """Fills a table's columns from the record's members of the same name, but for those columns that `cells` tells of."""
    told: list[Cell] = [cells.get(column) or partial(_cell, column=column) for column in COLUMNS[table]]
    return table, lambda record: tuple(cell(record) for cell in told)


# -- readings ---------------------------------------------------------------------------------------------------------


def _meter_values(record: MeterValuesRecorded) -> Rows:
    received_us, evse = _us(record.received_at), _whole(record.evse, "evse")
    moments = {
        at: _ms(at) for at in {reading.at for reading in record.readings}
    }  # mostly one: it costs as much as a row
    return Rows(
        "meter_values",
        tuple(
            (
                record.station,
                reading.measurand,
                moments[reading.at],
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


def _signed(record: MeterValuesRecorded) -> Rows:
    received_us = _us(record.received_at)
    return Rows(
        "signed_readings",
        tuple(
            (
                record.station,
                reading.measurand,
                _ms(reading.at),
                reading.text,
                reading.context,
                reading.location,
                record.session,
                record.transaction_id,
                received_us,
                record.id,
                position,
            )
            for position, reading in enumerate(record.signed)
        ),
    )


# -- rows of one table, where a column is no member of the record as it stands ---------------------------------------


def _measured_us(record: MeterValueQuarantined) -> int:
    # the meter's clock may be the very thing that is not believed: keep the row, bring the moment into range
    return _us(min(max(record.meter_value.at, EPOCH), LATEST - MICROSECOND))


def _shown_token(record: SessionChanged | CdrIssued) -> IdToken:
    return record.token or IdToken(value="")


def _total_incl_vat(record: CdrIssued) -> Decimal | None:
    incl_vat = record.costs.total.incl_vat if record.costs is not None else None
    return None if incl_vat is None else _exact(incl_vat)


def _event_detail(record: StationConnected | StationDisconnected | StationBooted) -> str:
    detail = msgspec.to_builtins(record)
    for member in ("record", "id", "station", "at", "received_at", "reply_to"):
        detail.pop(member, None)
    return _json(detail)


def _station_event(*, at: str) -> tuple[str, Callable[[Any], Row]]:
    return _row(
        "station_events",
        at=partial(_cell, column=at),
        event=lambda record: _tag(record).removeprefix("station-"),
        detail=_event_detail,
    )


def _token_session(record: TokenSessionStarted | TokenSessionEnded) -> Row:
    event = _tag(record).removeprefix("token-")
    return (record.station, _us(record.at), event, record.token, "", "", record.session, "", None, False, record.id)


def _data_transfer(record: DataTransferred) -> Row:
    payload = _json({"vendorId": record.vendor_id, "messageId": record.message_id, "data": record.data})
    at = _us(record.received_at)
    return (record.station, "data-transfers", at, "DataTransfer", "", payload, record.id)


def _arguments(record: CommandRequested) -> str:
    members = msgspec.json.decode(msgspec.json.encode(record.command), type=dict[str, msgspec.Raw])
    del members["command"]
    return _json(members)


def _command(*columns: str, **cells: Cell) -> tuple[str, Callable[[Any], Row]]:
    """One part of a command: fills these columns and leaves the others null, for another part to fill."""
    absent: dict[str, Cell] = {column: lambda _: None for column in COLUMNS["commands"] if column not in columns}
    return _row("commands", **(absent | {"station": partial(_cell, column="station")} | cells))


_CAMPAIGN_INNER = (
    *(CampaignRequested, CampaignSteered, CampaignBlockFrozen),
    *(StationsReleased, StationsWithdrawn, StationsExtended),
)


def _targets(record: CampaignTargetsFrozen) -> Rows:
    """The stations of a campaign's block, before their turn."""
    first, at = record.block * BLOCK_STATIONS, _us(record.frozen_at)
    rest = (str(UpdateState.PENDING), 0, "", None, "", "", record.firmware.version, None, at)
    return Rows(
        "firmware_updates",
        tuple(
            (record.campaign, number, target.station, 0, *rest) for number, target in enumerate(record.targets, first)
        ),
    )


def _of(table: str, **cells: Cell) -> Callable[[Any], Rows]:
    name, row = _row(table, **cells)
    return lambda record: Rows(name, (row(record),))


_update = _of("firmware_updates", state=lambda r: str(r.state))
_update_history = _of("firmware_history", state=lambda r: str(r.state))

_ROW_OF: Mapping[type[Record], tuple[str, Callable[[Any], Row]]] = {
    MeterValueQuarantined: _row("quarantine", at=_measured_us, meter_value=lambda r: _json(r.meter_value)),
    SessionChanged: _row(
        "sessions",
        token=lambda r: r.token and r.token.value,
        token_type=lambda r: _shown_token(r).type,
        token_key=lambda r: token_key(_shown_token(r).value),
        anomalies=lambda r: list(r.anomalies),
    ),
    CdrIssued: _row(
        "cdrs",
        token=lambda r: r.token and r.token.value,
        token_key=lambda r: token_key(_shown_token(r).value),
        total_excl_vat=lambda r: r.costs and _exact(r.costs.total.excl_vat),
        total_incl_vat=_total_incl_vat,
        costs=lambda r: r.costs and _json(r.costs),
        periods=lambda r: _json(r.periods),
        anomalies=lambda r: list(r.anomalies),
    ),
    AuthorizationRequested: _row(
        "authorizations",
        at=lambda r: _us(r.received_at),
        event=lambda _: "requested",
        token_key=lambda r: r.token,
        token=lambda r: r.id_token.value,
        token_type=lambda r: r.id_token.type,
    ),
    TokenSessionStarted: ("authorizations", _token_session),
    TokenSessionEnded: ("authorizations", _token_session),
    StationChanged: _row(
        "stations",
        version=lambda r: r.version or "",
        registration=lambda r: r.registration or "",
        heartbeat_interval_s=lambda r: _whole(r.heartbeat_interval_s, "heartbeat_interval_s", INT32_MOST),
        connectors=lambda r: _json(r.connectors),
        faulted=lambda r: sum(connector.status == "Faulted" for connector in r.connectors),
    ),
    StationConnected: _station_event(at="at"),
    StationDisconnected: _station_event(at="at"),
    StationBooted: _station_event(at="received_at"),
    ConnectorStatusReported: _row("connector_status"),
    FactReported: _row("facts", at=lambda r: _us(r.received_at)),
    DataTransferred: ("facts", _data_transfer),
    FrameLogged: _row("frames"),
    CommandRequested: _command(
        *("priority", "when_offline", "timeout_s", "requested_by", "requested_at", "expires_at"),
        command_id=lambda r: r.id,
        command=lambda r: _tag(r.command),
        arguments=_arguments,
    ),
    CommandCancelled: _command(
        "command_id",
        cancel_requested_by=lambda r: r.requested_by,
        cancel_requested_at=lambda r: _us(r.requested_at),
    ),
    CommandSettled: _command("command_id", "outcome", "response", "error_code", "detail", "settled_at"),
    FirmwareStatusReported: _row("firmware_statuses"),
    CampaignChanged: _row(
        "firmware_campaigns",
        version=lambda r: r.firmware.version,
        counts=lambda r: r.counts,
        verdicts=lambda r: _json(r.verdicts),
        timeline=lambda r: _json(r.timeline),
    ),
    DeadLettered: _row("dead_letters"),
}
"""Records that become one row each: of which table, and how."""

"""Metering: what records become in ClickHouse. The same record always gives the same rows, whatever others it comes with."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import chain, repeat
from operator import attrgetter
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
from services.metering.cells import (
    EPOCH,
    INT32_MOST,
    LATEST,
    MICROSECOND,
    Cell,
    Column,
    decimals,
    exact,
    filled,
    json,
    micros,
    millis,
    us,
    whole,
    wholes,
)


class Columns(msgspec.Struct, frozen=True):
    """What records add to one table, a sequence for each of its `COLUMNS`.

    Moments are whole micro- or milliseconds since 1970, as ClickHouse counts; decimals are text.
    """

    table: str
    columns: tuple[Column, ...]

    @property
    def rows(self) -> list[tuple[Any, ...]]:
        """The same, row by row."""
        return list(zip(*self.columns, strict=True))


Fill = Callable[[Sequence[Any]], tuple[Column, ...]]
"""The columns of one table, of many records of one type."""


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


def columns_of(kind: type[Record], records: Sequence[Record]) -> Iterable[Columns]:
    """What records of one type become, per table.

    Raises Poison where a value fits no column (of which record is not told: ask for each alone) and for a type nobody expects.
    """
    if kind in _TOLD_ELSEWHERE:
        return ()
    tables = _TABLES.get(kind)
    if tables is None:
        raise Poison(f"no table keeps {_tag(records[0])}")
    return [Columns(table, fill(records)) for table, fill in tables]


def _tag(struct: msgspec.Struct) -> str:
    return str(struct.__struct_config__.tag)


def _fills(table: str, record: type[Record], **cells: Cell) -> tuple[str, Fill]:
    """Fills a table's columns from the record's members of the same name, but for those columns that `cells` tells of."""
    return table, filled(record, COLUMNS[table], cells).of


# -- readings ---------------------------------------------------------------------------------------------------------

_READING = tuple(map(attrgetter, ("measurand", "at", "value", "unit", "phase", "context", "location")))
_SIGNED = tuple(map(attrgetter, ("measurand", "at", "text", "context", "location")))
_METERED = attrgetter("station", "evse", "session", "transaction_id", "received_at", "id")
_evses = wholes("evse")


def _meter_values(records: Sequence[MeterValuesRecorded]) -> tuple[Column, ...]:
    counts = [len(record.readings) for record in records]
    station, evse, session, transaction_id, received_us, id_ = _repeated(records, counts)
    readings = [reading for record in records for reading in record.readings]
    measurand, at, value, unit, phase, context, location = (list(map(member, readings)) for member in _READING)
    return (
        *(station, measurand, millis(at), decimals(value), unit, phase, context, location),
        *(evse, session, transaction_id, received_us, id_, _positions(counts)),
    )


def _signed(records: Sequence[MeterValuesRecorded]) -> tuple[Column, ...]:
    records = [record for record in records if record.signed]
    counts = [len(record.signed) for record in records]
    station, _, session, transaction_id, received_us, id_ = _repeated(records, counts)
    signed = [reading for record in records for reading in record.signed]
    measurand, at, text, context, location = (list(map(member, signed)) for member in _SIGNED)
    return (
        *(station, measurand, millis(at), text, context, location),
        *(session, transaction_id, received_us, id_, _positions(counts)),
    )


def _repeated(records: Sequence[MeterValuesRecorded], counts: Sequence[int]) -> list[Column]:
    """What holds for all readings of a record, once for each."""
    station, evse, session, transaction_id, received_at, id_ = _turned(map(_METERED, records), 6)
    _evses([each for each in evse if each is not None])
    once = (station, evse, session, transaction_id, micros(received_at), id_)
    return [list(chain.from_iterable(map(repeat, values, counts))) for values in once]


def _positions(counts: Iterable[int]) -> Column:
    return list(chain.from_iterable(map(range, counts)))


def _turned(rows: Iterable[tuple[Any, ...]], width: int) -> Sequence[Column]:
    return tuple(zip(*rows, strict=True)) or ((),) * width


# -- columns that are no member of the record as it stands -----------------------------------------------------------


def _measured_us(record: MeterValueQuarantined) -> int:
    # the meter's clock may be the very thing that is not believed: keep the row, bring the moment into range
    return us(min(max(record.meter_value.at, EPOCH), LATEST - MICROSECOND))


def _shown_token(record: SessionChanged | CdrIssued) -> IdToken:
    return record.token or IdToken(value="")


def _total_incl_vat(record: CdrIssued) -> str | None:
    incl_vat = record.costs.total.incl_vat if record.costs is not None else None
    return None if incl_vat is None else exact(incl_vat)


def _event_detail(record: StationConnected | StationDisconnected | StationBooted) -> str:
    detail = msgspec.to_builtins(record)
    for member in ("record", "id", "station", "at", "received_at", "reply_to"):
        detail.pop(member, None)
    return json(detail)


def _station_event(record: type[Record]) -> tuple[str, Fill]:
    heard_at = attrgetter("received_at" if record is StationBooted else "at")
    event = str(record.__struct_config__.tag).removeprefix("station-")
    return _fills("station_events", record, at=lambda r: us(heard_at(r)), event=lambda _: event, detail=_event_detail)


def _token_session(record: type[Record]) -> tuple[str, Fill]:
    event = str(record.__struct_config__.tag).removeprefix("token-")
    absent: dict[str, Cell] = dict.fromkeys(("token", "token_type", "transaction_id"), lambda _: "")
    rest: dict[str, Cell] = {"evse": lambda _: None, "final": lambda _: False, "token_key": lambda r: r.token}
    return _fills("authorizations", record, event=lambda _: event, **absent, **rest)


def _data_transfer(record: DataTransferred) -> str:
    return json({"vendorId": record.vendor_id, "messageId": record.message_id, "data": record.data})


def _arguments(record: CommandRequested) -> str:
    members = msgspec.json.decode(msgspec.json.encode(record.command), type=dict[str, msgspec.Raw])
    del members["command"]
    return json(members)


def _command(record: type[Record], *columns: str, **cells: Cell) -> tuple[str, Fill]:
    """One part of a command: fills these columns and leaves the others null, for another part to fill."""
    others = (column for column in COLUMNS["commands"] if column not in {"station", *columns})
    absent: dict[str, Cell] = {column: lambda _: None for column in others}
    return _fills("commands", record, **(absent | cells))


_TOLD_ELSEWHERE = {
    StationSeen,  # the registry has the last sight of a station: stations.seen_at
    # what becomes of these is in the campaign's own changes
    *(CampaignRequested, CampaignSteered, CampaignBlockFrozen),
    *(StationsReleased, StationsWithdrawn, StationsExtended),
}


def _targets(records: Sequence[CampaignTargetsFrozen]) -> tuple[Column, ...]:
    """The stations of a campaign's blocks, before their turn."""
    before = (0, str(UpdateState.PENDING), 0, "", None, "", "")
    rows = [
        (record.campaign, number, target.station, *before, record.firmware.version, None, us(record.frozen_at))
        for record in records
        for number, target in enumerate(record.targets, record.block * BLOCK_STATIONS)
    ]
    return tuple(_turned(rows, len(COLUMNS["firmware_updates"])))


_TABLES: Mapping[type[Record], tuple[tuple[str, Fill], ...]] = {
    MeterValuesRecorded: (("meter_values", _meter_values), ("signed_readings", _signed)),
    MeterValueQuarantined: (
        _fills("quarantine", MeterValueQuarantined, at=_measured_us, meter_value=lambda r: json(r.meter_value)),
    ),
    SessionChanged: (
        _fills(
            "sessions",
            SessionChanged,
            token=lambda r: r.token and r.token.value,
            token_type=lambda r: _shown_token(r).type,
            token_key=lambda r: token_key(_shown_token(r).value),
            anomalies=lambda r: list(r.anomalies),
        ),
    ),
    CdrIssued: (
        _fills(
            "cdrs",
            CdrIssued,
            token=lambda r: r.token and r.token.value,
            token_key=lambda r: token_key(_shown_token(r).value),
            total_excl_vat=lambda r: r.costs and exact(r.costs.total.excl_vat),
            total_incl_vat=_total_incl_vat,
            costs=lambda r: r.costs and json(r.costs),
            periods=lambda r: json(r.periods),
            anomalies=lambda r: list(r.anomalies),
        ),
    ),
    AuthorizationRequested: (
        _fills(
            "authorizations",
            AuthorizationRequested,
            at=lambda r: us(r.received_at),
            event=lambda _: "requested",
            token_key=lambda r: r.token,
            token=lambda r: r.id_token.value,
            token_type=lambda r: r.id_token.type,
        ),
    ),
    TokenSessionStarted: (_token_session(TokenSessionStarted),),
    TokenSessionEnded: (_token_session(TokenSessionEnded),),
    StationChanged: (
        _fills(
            "stations",
            StationChanged,
            version=lambda r: r.version or "",
            registration=lambda r: r.registration or "",
            heartbeat_interval_s=lambda r: whole(r.heartbeat_interval_s, "heartbeat_interval_s", INT32_MOST),
            connectors=lambda r: json(r.connectors),
            faulted=lambda r: sum(connector.status == "Faulted" for connector in r.connectors),
        ),
    ),
    StationConnected: (_station_event(StationConnected),),
    StationDisconnected: (_station_event(StationDisconnected),),
    StationBooted: (_station_event(StationBooted),),
    ConnectorStatusReported: (_fills("connector_status", ConnectorStatusReported),),
    FactReported: (_fills("facts", FactReported, at=lambda r: us(r.received_at)),),
    DataTransferred: (
        _fills(
            "facts",
            DataTransferred,
            noun=lambda _: "data-transfers",
            at=lambda r: us(r.received_at),
            action=lambda _: "DataTransfer",
            version=lambda _: "",
            payload=_data_transfer,
        ),
    ),
    FrameLogged: (_fills("frames", FrameLogged),),
    CommandRequested: (
        _command(
            CommandRequested,
            *("command_id", "command", "arguments"),
            *("priority", "when_offline", "timeout_s", "requested_by", "requested_at", "expires_at"),
            command_id=lambda r: r.id,
            command=lambda r: _tag(r.command),
            arguments=_arguments,
        ),
    ),
    CommandCancelled: (
        _command(
            CommandCancelled,
            *("command_id", "cancel_requested_by", "cancel_requested_at"),
            cancel_requested_by=lambda r: r.requested_by,
            cancel_requested_at=lambda r: us(r.requested_at),
        ),
    ),
    CommandSettled: (
        _command(CommandSettled, "command_id", "outcome", "response", "error_code", "detail", "settled_at"),
    ),
    FirmwareStatusReported: (_fills("firmware_statuses", FirmwareStatusReported),),
    CampaignTargetsFrozen: (("firmware_updates", _targets),),
    UpdateChanged: (
        _fills("firmware_updates", UpdateChanged, state=lambda r: str(r.state)),
        _fills("firmware_history", UpdateChanged, state=lambda r: str(r.state)),
    ),
    CampaignChanged: (
        _fills(
            "firmware_campaigns",
            CampaignChanged,
            version=lambda r: r.firmware.version,
            counts=lambda r: r.counts,
            verdicts=lambda r: json(r.verdicts),
            timeline=lambda r: json(r.timeline),
        ),
    ),
    DeadLettered: (_fills("dead_letters", DeadLettered),),
}
"""What each type of record fills, and how."""

"""Stations in ClickHouse: what each is now, its connections and boots, the statuses of its connectors. PURE."""

from operator import attrgetter

import msgspec

from schemas.base import Record
from schemas.stations import (
    STATION_STATES,
    STATIONS,
    ConnectorStatusReported,
    StationBooted,
    StationChanged,
    StationConnected,
    StationDisconnected,
    StationSeen,
)
from services.metering.cells import json, us
from services.metering.feeds import STATES
from services.metering.table import Cells, MeteringNoun, table


def _event_detail(record: StationConnected | StationDisconnected | StationBooted) -> str:
    detail = msgspec.json.decode(msgspec.json.encode(record), type=dict[str, msgspec.Raw])
    for member in ("record", "id", "station", "at", "received_at", "reply_to"):
        detail.pop(member, None)
    return json(detail)


def _station_event(record: type[Record]) -> Cells:
    occurred_at = attrgetter("received_at" if record is StationBooted else "at")
    event = str(record.__struct_config__.tag).removeprefix("station-")
    return {"at": lambda r: us(occurred_at(r)), "event": lambda _: event, "detail": _event_detail}


NOUN = MeteringNoun(
    topics={STATES: (STATIONS, STATION_STATES)},
    tables=(
        table(
            "stations",
            key="station",
            columns="station connected gateway epoch version remote_address vendor model serial_number"
            " firmware_version registration provisioned removed site labels tenant heartbeat_interval_s connectors faulted security_profile"
            " connected_at disconnected_at booted_at seen_at credential credential_since revision id changed_at",
            rows={
                StationChanged: {
                    "version": lambda r: r.version or "",
                    "registration": lambda r: r.registration or "",
                    "connectors": lambda r: json(r.connectors),
                    "faulted": lambda r: sum(connector.status == "Faulted" for connector in r.connectors),
                }
            },
        ),
        table(
            "station_events",
            key="station at id",
            columns="station at event detail id",
            rows={record: _station_event(record) for record in (StationConnected, StationDisconnected, StationBooted)},
        ),
        table(
            "connector_status",
            key="station at id",
            columns="station evse connector at status detail error_code info vendor_id vendor_error_code"
            " at_source received_at id",
            rows={ConnectorStatusReported: {}},
        ),
    ),
    kept_elsewhere=frozenset({StationSeen}),  # stations.seen_at has the last
)

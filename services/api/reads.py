"""The read side: everything the API and the console show, from ClickHouse.

Every function takes the process's `ClickHouse` first, binds every parameter, returns frozen structs of
`services.api.readmodel` and `.billmodel` with aware UTC times, and raises Outage while ClickHouse is away.
Lists are newest first (stations, sites, vendors: by name; readings: oldest first), paged by opaque cursors, any other text
raises `services.api.paging.BadCursor`; `limit` is brought into 1..500.
"""

from services.api.cdrs import cdr, cdrs, session_cdr
from services.api.charts import energy_by_hour, fleet_overview, fleet_power, session_series, station_power
from services.api.lists import (
    command,
    commands,
    commands_called,
    connector_status_history,
    dead_letters,
    facts,
    frames,
    meter_values,
    quarantine,
    session,
    sessions,
    sites,
    station,
    station_events,
    stations,
    stations_called,
    vendors,
)
from services.api.updates import firmware_held, firmware_history, firmware_updates

__all__ = [
    "cdr",
    "cdrs",
    "command",
    "commands",
    "commands_called",
    "connector_status_history",
    "dead_letters",
    "energy_by_hour",
    "facts",
    "firmware_held",
    "firmware_history",
    "firmware_updates",
    "fleet_overview",
    "fleet_power",
    "frames",
    "meter_values",
    "quarantine",
    "session",
    "session_cdr",
    "session_series",
    "sessions",
    "sites",
    "station",
    "station_events",
    "station_power",
    "stations",
    "stations_called",
    "vendors",
]

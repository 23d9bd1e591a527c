"""Tariffs at stations in ClickHouse: what each is to have, and what it has. PURE."""

import msgspec

from schemas.stationtariffs import STATION_TARIFF_STATES, StationTariffsChanged
from services.metering.feeds import STATES
from services.metering.table import MeteringNoun, table

NOUN = MeteringNoun(
    topics={STATES: (STATION_TARIFF_STATES,)},
    tables=(
        table(
            "station_tariffs",
            key="station",
            columns="station status why wanted installed read_at revision id changed_at",
            rows={
                StationTariffsChanged: {
                    "wanted": lambda r: msgspec.json.encode(r.wanted).decode(),
                    "installed": lambda r: msgspec.json.encode(r.installed).decode(),
                }
            },
        ),
    ),
)

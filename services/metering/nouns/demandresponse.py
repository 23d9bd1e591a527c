"""Demand response in ClickHouse: the events, and what became of each at each station. PURE."""

import msgspec

from schemas.demandresponse import DEMAND_EVENTS, DEMAND_STATIONS, DemandEventChanged, DemandStationChanged
from services.metering.feeds import STATES
from services.metering.table import MeteringNoun, table

NOUN = MeteringNoun(
    topics={STATES: (DEMAND_EVENTS, DEMAND_STATIONS)},
    tables=(
        table(
            "demand_events",
            key="event",
            columns="event tenant status kind title programme terms from_at to_at opted_out stations edition requested_at requested_by"
            " cancelled_at revision id changed_at",
            rows={
                DemandEventChanged: {
                    "terms": lambda r: msgspec.json.encode(r.terms).decode(),
                    "kind": lambda r: r.terms.kind,
                    "title": lambda r: r.terms.title,
                    "programme": lambda r: r.terms.programme,
                    "from_at": lambda r: r.terms.from_at,
                    "to_at": lambda r: r.terms.to_at,
                }
            },
        ),
        table(
            "demand_stations",
            key="event station",
            columns="event station demand_station site status detail edition limit_w limit_a baseline_w least unit purpose command_id"
            " attempts from_at to_at ordered_at asked_at accepted_at revision id changed_at",
            rows={DemandStationChanged: {}},
        ),
    ),
)

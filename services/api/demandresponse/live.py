"""Events at stations as they change: their events, and their reads as new as Kafka. PURE."""

from schemas.base import derived_id
from schemas.demandresponse import DEMAND_STATIONS, DemandStationChanged
from services.api.demandresponse.rows import DemandStation, DemandStationFilter, station_of
from services.api.live.declaring import LiveNoun
from services.api.live.merging import Order
from services.api.web.paging import Position, micros

LIVE = LiveNoun(
    kind="demand-response",
    topic=DEMAND_STATIONS,
    record=DemandStationChanged,
    id="demand_station",
    row=station_of,
    many="demand_stations",
    one="demand_station",
    filter=DemandStationFilter,
    rules={
        "event": lambda one, event: one.event == event,
        "station": lambda one, station: one.station == station,
        "status": lambda one, status: one.status == status,
        "site": lambda one, site: one.site == site,
    },
    order=Order[DemandStation](place=lambda row: Position(micros(row.ordered_at), derived_id(row.event, row.station))),
)

"""Tariffs at stations as they change: their events, and their reads as new as Kafka. PURE."""

from schemas.stationtariffs import STATION_TARIFF_STATES, StationTariffsChanged
from services.api.live.declaring import LiveNoun
from services.api.live.merging import Order
from services.api.stationtariffs.rows import StationTariffFilter, StationTariffs, station_tariffs_of
from services.api.web.paging import Position, micros

LIVE = LiveNoun(
    kind="station-tariffs",
    topic=STATION_TARIFF_STATES,
    record=StationTariffsChanged,
    id="station",
    row=station_tariffs_of,
    many="stations_tariffs",
    one="station_tariffs",
    filter=StationTariffFilter,
    rules={
        "station": lambda one, station: one.station == station,
        "status": lambda one, status: one.status == status,
    },
    order=Order[StationTariffs](place=lambda row: Position(micros(row.changed_at), row.station)),
)

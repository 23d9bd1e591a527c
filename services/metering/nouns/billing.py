"""Charge detail records in ClickHouse. PURE."""

from schemas.billing import CDRS, CdrIssued
from services.metering.cells import exact, json
from services.metering.feeds import STATES
from services.metering.nouns.tokens import TOKEN_CELLS
from services.metering.table import MeteringNoun, table


def _total_incl_vat(record: CdrIssued) -> str | None:
    incl_vat = record.costs.total.incl_vat if record.costs is not None else None
    return None if incl_vat is None else exact(incl_vat)


NOUN = MeteringNoun(
    topics={STATES: (CDRS,)},
    tables=(
        table(
            "cdrs",
            key="station session version credit id",
            columns="station session version credit credits replaces transaction_id evse connector site token token_key"
            " status started_at ended_at time_zone meter_start_wh meter_stop_wh energy_wh"
            " export_start_wh export_stop_wh exported_wh charging_s parking_s tariff tariff_version"
            " currency unrated total_excl_vat total_incl_vat costs periods approximate anomalies estimated"
            " stopped_reason stopped_detail station_tariff station_cost id issued_at",
            rows={
                CdrIssued: {
                    **TOKEN_CELLS,
                    "total_excl_vat": lambda r: r.costs and exact(r.costs.total.excl_vat),
                    "total_incl_vat": _total_incl_vat,
                    "costs": lambda r: r.costs and json(r.costs),
                    "periods": lambda r: json(r.periods),
                    "anomalies": lambda r: list(r.anomalies),
                    "station_cost": lambda r: r.station_cost and json(r.station_cost),
                }
            },
        ),
    ),
)

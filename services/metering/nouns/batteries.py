"""Batteries in ClickHouse: what each swap is, what is in each slot, and where each battery was. PURE."""

from collections.abc import Sequence
from decimal import Decimal

from schemas.base import Timestamp
from schemas.batteries import (
    BATTERIES,
    BATTERY_SLOTS,
    BATTERY_SWAPS,
    BatterySlotChanged,
    BatterySwapChanged,
    BatterySwapReported,
)
from services.metering.cells import EPOCH, LATEST, MICROSECOND, Column, exact, json, us, whole
from services.metering.feeds import FACTS, STATES
from services.metering.table import MeteringNoun, table, transposed

_EVENTS = "serial_number station slot event request_id token soc soh produced_at vendor_info received_at position id"
MOST_PERCENT = Decimal(10_000)
"""Stations may give any number for a percentage; what is further off than that is the limit."""


def _held(at: Timestamp | None) -> int | None:
    return None if at is None else us(min(max(at, EPOCH), LATEST - MICROSECOND))


def _percent(value: Decimal) -> str:
    return exact(min(max(value, -MOST_PERCENT), MOST_PERCENT) if value.is_finite() else Decimal(0))


def events(records: Sequence[BatterySwapReported]) -> tuple[Column, ...]:
    """One row for each battery."""
    rows = [
        (
            *(one.serial_number, record.station, whole(one.slot, "slot"), record.event),
            *(whole(record.request_id, "request_id"), record.token, _percent(one.soc), _percent(one.soh)),
            *(_held(one.produced_at), one.vendor_info, us(record.received_at), position, record.id),
        )
        for record in records
        for position, one in enumerate(record.batteries)
    ]
    return tuple(transposed(rows, len(_EVENTS.split())))


NOUN = MeteringNoun(
    topics={FACTS: (BATTERIES,), STATES: (BATTERY_SWAPS, BATTERY_SLOTS)},
    tables=(
        table(
            "battery_swaps",
            key="station swap",
            columns="station swap request_id token token_type status detail inserted taken left requested_at requested_by in_at"
            " out_at timed_out_at began_at revision id changed_at",
            rows={
                BatterySwapChanged: {
                    "inserted": lambda r: json(r.inserted),
                    "taken": lambda r: json(r.taken),
                    "left": lambda r: json(r.left),
                }
            },
        ),
        table(
            "battery_slots",
            key="station slot",
            columns="station slot battery swap revision id since",
            rows={BatterySlotChanged: {"battery": lambda r: json(r.battery)}},
        ),
        table(
            "battery_events",
            key="serial_number received_at id position",
            columns=_EVENTS,
            rows={BatterySwapReported: events},
        ),
    ),
)

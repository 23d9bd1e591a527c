"""Monitoring in ClickHouse: every event of a variable, and the monitors that stations reported. PURE."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from schemas.devicemodel import VariableName
from schemas.monitoring import MONITORING, EventsReported, MonitorsReported, StreamReported, StreamSampled
from services.metering.cells import LATEST, MICROSECOND, Column, us
from services.metering.feeds import FACTS
from services.metering.nouns.devicemodel import place
from services.metering.table import MeteringNoun, table, transposed

_EVENTS = (
    "station key component component_instance evse connector variable variable_instance event_id trigger value cleared cause"
    " monitor_id severity origin tech_code tech_info error_code vendor_id transaction_id at received_at position id"
)
_MONITORS = (
    "station key component component_instance evse connector variable variable_instance monitor_id type value severity"
    " transaction origin request_id received_at position id"
)
_SAMPLES = "station stream_id value offset_s at pending received_at position id"
FURTHEST_S = 31 * 86_400
"""A value further from the base time of its message than that has no time of its own."""

INT64 = 2**63
"""Stations number as they like: what no column can hold of that must not cost the row."""


def _named(name: VariableName) -> tuple[Any, ...]:
    where = (place(name.evse), place(name.connector))
    return (name.key, name.component, name.component_instance, *where, name.variable, name.variable_instance)


def _held(number: int | None) -> int | None:
    return number if number is not None and -INT64 <= number < INT64 else None


def events(records: Sequence[EventsReported]) -> tuple[Column, ...]:
    """One row for each event."""
    rows = [
        (
            record.station,
            *_named(one.name),
            *(_held(one.event_id) or 0, one.trigger, one.value, one.cleared, _held(one.cause), _held(one.monitor_id)),
            *(_held(one.severity), one.origin, one.tech_code, one.tech_info),
            *(one.error_code, one.vendor_id, one.transaction_id),
            *(us(one.at), us(record.received_at), position, record.id),
        )
        for record in records
        for position, one in enumerate(record.events)
    ]
    return tuple(transposed(rows, len(_EVENTS.split())))


def monitors(records: Sequence[MonitorsReported]) -> tuple[Column, ...]:
    """One row for each monitor of a part."""
    rows = [
        (
            record.station,
            *_named(one.name),
            *(
                _held(one.monitor_id) or 0,
                one.type,
                str(one.value),
                _held(one.severity) or 0,
                one.transaction,
                one.origin,
            ),
            *(_held(record.request_id) or 0, us(record.received_at), position, record.id),
        )
        for record in records
        for position, one in enumerate(record.monitors)
    ]
    return tuple(transposed(rows, len(_MONITORS.split())))


def samples(records: Sequence[StreamSampled]) -> tuple[Column, ...]:
    """One row for each value of a stream."""
    rows = [
        (
            *(
                record.station,
                _held(record.stream_id) or 0,
                one.value,
                str(one.offset_s),
                _sampled_at(record, one.offset_s),
            ),
            *(_held(record.pending) or 0, us(record.received_at), position, record.id),
        )
        for record in records
        for position, one in enumerate(record.samples)
    ]
    return tuple(transposed(rows, len(_SAMPLES.split())))


def _sampled_at(record: StreamSampled, offset_s: Decimal) -> int:
    """When a value was; that of its message where its offset is no time."""
    base = us(record.base_at)
    if not offset_s.is_finite() or abs(offset_s) >= FURTHEST_S:
        return base
    at = base + int(offset_s * 1_000_000)
    return at if 0 <= at < us(LATEST - MICROSECOND) else base


NOUN = MeteringNoun(
    topics={FACTS: (MONITORING,)},
    tables=(
        table("variable_events", key="station at id position", columns=_EVENTS, rows={EventsReported: events}),
        table(
            "variable_monitors",
            key="station received_at id position",
            columns=_MONITORS,
            rows={MonitorsReported: monitors},
        ),
        table("stream_values", key="station stream_id at id position", columns=_SAMPLES, rows={StreamSampled: samples}),
        table(
            "event_streams",
            key="station received_at id",
            columns="station stream_id opened monitor_id interval_s values received_at id",
            rows={
                StreamReported: {
                    name: (lambda record, name=name: _held(getattr(record, name)))
                    for name in ("monitor_id", "interval_s", "values")
                }
                | {"stream_id": lambda record: _held(record.stream_id) or 0}
            },
        ),
    ),
)

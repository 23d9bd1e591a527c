"""Monitoring in ClickHouse: a row for each event and each monitor, whatever numbers stations give."""

from decimal import Decimal

import msgspec

from schemas.examples import example
from schemas.monitoring import EventsReported, MonitorsReported, StreamSample, StreamSampled
from services.metering.core import columns_of


def rows(record: EventsReported | MonitorsReported | StreamSampled) -> int:
    ours = ("variable_events", "variable_monitors", "stream_values")
    (told,) = [columns for columns in columns_of(type(record), [record]) if columns.table in ours]
    return len(told.rows)


def test_each_event_and_each_monitor_has_its_row() -> None:
    events, monitors = example(EventsReported), example(MonitorsReported)

    assert rows(msgspec.structs.replace(events, events=events.events * 3)) == 3
    assert rows(msgspec.structs.replace(monitors, monitors=monitors.monitors * 2)) == 2
    assert rows(msgspec.structs.replace(events, events=())) == 0


def test_a_number_that_no_column_can_hold_costs_no_row() -> None:
    events = example(EventsReported)
    wild = msgspec.structs.replace(events.events[0], event_id=2**70, cause=-(2**70), severity=2**64)

    assert rows(msgspec.structs.replace(events, events=(wild,))) == 1


def test_a_value_of_a_stream_has_its_time_and_one_of_an_impossible_offset_that_of_its_message() -> None:
    sampled = example(StreamSampled)
    offsets = (Decimal("1.5"), Decimal("1e300"), Decimal(-2))
    samples = tuple(StreamSample(offset_s=offset, value="1") for offset in offsets)
    record = msgspec.structs.replace(sampled, samples=samples)

    (told,) = [columns for columns in columns_of(StreamSampled, [record]) if columns.table == "stream_values"]

    base = told.columns[4][1]
    assert [at - base for at in told.columns[4]] == [1_500_000, 0, -2_000_000]
    assert rows(record) == 3

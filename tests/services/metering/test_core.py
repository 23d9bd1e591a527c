"""What records become in ClickHouse: exact, the same each time, and never something that no column can hold."""

import datetime as dt
from decimal import Decimal

import msgspec
import pytest

from schemas import examples
from schemas.base import Poison, Record
from schemas.deadletters import DEAD
from schemas.quantities import Reading
from schemas.stations import BootDecided, ConnectorStatusReported, StationSeen
from schemas.transactions import MeterValuesRecorded
from services.metering.declared import COLUMNS, FEEDS, KEPT_ELSEWHERE
from tests.services.fleet import NOON, session_changed, station_changed
from tests.services.metering.rowsof import row_of, rows_of

PROJECTED = sorted(
    {record for feed in FEEDS for topic in (*feed.topics, DEAD) for record in topic.records} - KEPT_ELSEWHERE,
    key=lambda record: record.__name__,
)


def recorded(**told: object) -> MeterValuesRecorded:
    reading = {"at": NOON, "measurand": "Power.Active.Import", "value": Decimal(7), "unit": "W"} | told
    return MeterValuesRecorded(id="m-1", station="DE-1", readings=(Reading(**reading),), received_at=NOON)  # type: ignore[arg-type]


@pytest.mark.parametrize("record", PROJECTED, ids=lambda record: record.__name__)
def test_every_record_of_the_topics_has_a_table_and_fills_its_columns(record: type[Record]) -> None:
    rows = rows_of(examples.example(record))

    widths = [(len(row), len(COLUMNS[table])) for table, some in rows.items() for row in some]
    assert widths != []
    assert all(filled == columns for filled, columns in widths)


@pytest.mark.parametrize("record", PROJECTED, ids=lambda record: record.__name__)
def test_a_record_gives_the_same_rows_alone_and_among_others(record: type[Record]) -> None:
    one = examples.example(record)

    assert rows_of(one, one, one) == {table: 3 * some for table, some in rows_of(one).items()}


def test_a_sight_of_a_station_fills_no_table() -> None:
    assert rows_of(examples.example(StationSeen)) == {}


@pytest.mark.parametrize(
    "record",
    [
        recorded(value=Decimal("1e20")),
        recorded(value=Decimal("99999999999999999999.99999")),
        recorded(value=Decimal("NaN")),
        recorded(value=Decimal("-Infinity")),
        recorded(at=dt.datetime(1969, 12, 31, tzinfo=dt.UTC)),
        recorded(at=dt.datetime(2999, 1, 1, tzinfo=dt.UTC)),
        session_changed(remote_start_id=2**63),
        session_changed(started_at=dt.datetime(1, 1, 1, tzinfo=dt.UTC)),
        station_changed(heartbeat_interval_s=2**31),
    ],
)
def test_a_value_that_no_column_can_hold_is_poison(record: Record) -> None:
    with pytest.raises(Poison, match="outside of what ClickHouse can hold"):
        rows_of(record)


@pytest.mark.parametrize("number", [-1, 2**16, 2**63 - 1])
def test_a_number_that_no_evse_can_have_does_not_cost_the_row(number: int) -> None:
    status = msgspec.structs.replace(examples.example(ConnectorStatusReported), evse=number, connector=number)

    assert (row_of(session_changed(evse=number), "sessions")["evse"], row_of(status, "connector_status")["evse"]) == (
        None,
        2**16 - 1,
    )
    assert row_of(status, "connector_status")["connector"] == 2**16 - 1


def test_a_record_that_no_table_keeps_is_poison() -> None:
    with pytest.raises(Poison, match="no table keeps boot-decided"):
        rows_of(examples.example(BootDecided))


def test_feeds_carry_different_topics() -> None:
    names = [name for feed in FEEDS for name in feed.decoders()]

    assert len(names) == len(set(names))

"""What records become in ClickHouse: exact, the same each time, and never something that no column can hold."""

import datetime as dt
from decimal import Decimal

import pytest

from schemas import examples
from schemas.base import Poison, Record
from schemas.campaigns import (
    CampaignBlockFrozen,
    CampaignRequested,
    CampaignSteered,
    StationsExtended,
    StationsReleased,
    StationsWithdrawn,
)
from schemas.quantities import Reading
from schemas.stations import BootDecided, StationSeen
from schemas.topics import DEAD
from schemas.transactions import MeterValuesRecorded, SignedReading
from services.metering.core import COLUMNS, rows_of
from services.metering.projection import FEEDS
from tests.services.fleet import NOON, charge, session_changed, station_changed

TOLD_ELSEWHERE = {
    *(StationSeen, CampaignRequested, CampaignSteered, CampaignBlockFrozen),
    *(StationsReleased, StationsWithdrawn, StationsExtended),
}
PROJECTED = sorted(
    {record for feed in FEEDS for topic in (*feed.topics, DEAD) for record in topic.records} - TOLD_ELSEWHERE,
    key=lambda record: record.__name__,
)


def recorded(**told: object) -> MeterValuesRecorded:
    reading = {"at": NOON, "measurand": "Power.Active.Import", "value": Decimal(7), "unit": "W"} | told
    return MeterValuesRecorded(id="m-1", station="DE-1", readings=(Reading(**reading),), received_at=NOON)  # type: ignore[arg-type]


@pytest.mark.parametrize("record", PROJECTED, ids=lambda record: record.__name__)
def test_every_record_of_the_topics_has_a_table_and_fills_its_columns(record: type[Record]) -> None:
    rows = rows_of(examples.example(record))

    widths = [(len(row), len(COLUMNS[some.table])) for some in rows for row in some.rows]
    assert widths != []
    assert all(filled == columns for filled, columns in widths)


@pytest.mark.parametrize("record", PROJECTED, ids=lambda record: record.__name__)
def test_the_same_record_gives_the_same_rows(record: type[Record]) -> None:
    assert rows_of(examples.example(record)) == rows_of(examples.example(record))


def test_a_sight_of_a_station_fills_no_table() -> None:
    assert rows_of(examples.example(StationSeen)) == ()


def test_a_reading_becomes_one_row_with_its_place_in_the_record() -> None:
    (first, *_) = charge("s-1", NOON, minutes_long=1, power_w=6000)

    meter_values, signed = rows_of(first)

    position = COLUMNS["meter_values"].index("position")
    assert [row[position] for row in meter_values.rows] == [0, 1, 2]
    assert signed.rows == ()


def test_a_signed_reading_is_kept_to_the_letter() -> None:
    signed = SignedReading(at=NOON, text="OCMF|{...}|{...}", measurand="Energy.Active.Import.Register")
    record = MeterValuesRecorded(id="m-1", station="DE-1", readings=(), signed=(signed,), received_at=NOON)

    rows = dict(zip(COLUMNS["signed_readings"], rows_of(record)[1].rows[0], strict=True))

    assert rows["text"] == "OCMF|{...}|{...}"


def test_energies_keep_four_decimals() -> None:
    row = dict(zip(COLUMNS["sessions"], rows_of(session_changed(energy_wh=Decimal("1.23456")))[0].rows[0], strict=True))

    assert row["energy_wh"] == Decimal("1.2346")


@pytest.mark.parametrize(
    "record",
    [
        recorded(value=Decimal("1e20")),
        recorded(value=Decimal("NaN")),
        recorded(value=Decimal("-Infinity")),
        recorded(at=dt.datetime(1969, 12, 31, tzinfo=dt.UTC)),
        recorded(at=dt.datetime(2999, 1, 1, tzinfo=dt.UTC)),
        session_changed(evse=70_000),
        session_changed(connector=-1),
        session_changed(remote_start_id=2**63),
        session_changed(started_at=dt.datetime(1, 1, 1, tzinfo=dt.UTC)),
        station_changed(heartbeat_interval_s=2**31),
    ],
)
def test_a_value_that_no_column_can_hold_is_poison(record: Record) -> None:
    with pytest.raises(Poison, match="outside of what ClickHouse can hold"):
        rows_of(record)


def test_a_record_that_no_table_keeps_is_poison() -> None:
    with pytest.raises(Poison, match="no table keeps boot-decided"):
        rows_of(examples.example(BootDecided))


def test_feeds_carry_different_topics() -> None:
    names = [name for feed in FEEDS for name in feed.decoders()]

    assert len(names) == len(set(names))

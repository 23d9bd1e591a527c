"""What records become in ClickHouse: exact, the same each time, and never something that no column can hold."""

import datetime as dt
from decimal import Decimal

import msgspec
import pytest

from schemas import examples
from schemas.authorization import TokenLimitChanged
from schemas.base import Poison, Record
from schemas.campaigns import (
    CampaignBlockFrozen,
    CampaignRequested,
    CampaignSteered,
    StationsExtended,
    StationsReleased,
    StationsWithdrawn,
)
from schemas.commands import CommandRequested
from schemas.configuration import SetConfiguration, Setting
from schemas.credits import CreditToppedUp, TokenCharged, TokenSpent
from schemas.deadletters import DEAD
from schemas.quantities import Reading
from schemas.stations import BootDecided, ConnectorStatusReported, StationSeen
from schemas.transactions import MeterValuesRecorded, SignedReading
from services.metering.core import columns_of
from services.metering.declared import COLUMNS, FEEDS
from tests.services.fleet import NOON, charge, session_changed, station_changed

TOLD_ELSEWHERE = {
    *(StationSeen, CampaignRequested, CampaignSteered, CampaignBlockFrozen),
    *(StationsReleased, StationsWithdrawn, StationsExtended),
    *(CreditToppedUp, TokenCharged, TokenSpent, TokenLimitChanged),
}
PROJECTED = sorted(
    {record for feed in FEEDS for topic in (*feed.topics, DEAD) for record in topic.records} - TOLD_ELSEWHERE,
    key=lambda record: record.__name__,
)


def recorded(**told: object) -> MeterValuesRecorded:
    reading = {"at": NOON, "measurand": "Power.Active.Import", "value": Decimal(7), "unit": "W"} | told
    return MeterValuesRecorded(id="m-1", station="DE-1", readings=(Reading(**reading),), received_at=NOON)  # type: ignore[arg-type]


def rows_of(*records: Record) -> dict[str, list[tuple[object, ...]]]:
    return {some.table: some.rows for some in columns_of(type(records[0]), records)}


def row_of(record: Record, table: str) -> dict[str, object]:
    (row,) = rows_of(record)[table]
    return dict(zip(COLUMNS[table], row, strict=True))


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


def test_a_reading_becomes_one_row_with_its_place_in_the_record() -> None:
    (first, *_) = charge("s-1", NOON, minutes_long=1, power_w=6000)

    rows = rows_of(first)

    position = COLUMNS["meter_values"].index("position")
    assert [row[position] for row in rows["meter_values"]] == [0, 1, 2]
    assert rows["signed_readings"] == []


def test_readings_of_many_records_stay_with_their_own() -> None:
    one, other = recorded(), msgspec.structs.replace(recorded(value=Decimal(8)), id="m-2", station="DE-2")
    none = msgspec.structs.replace(recorded(), id="m-3", readings=())

    rows = [dict(zip(COLUMNS["meter_values"], row, strict=True)) for row in rows_of(one, none, other)["meter_values"]]

    assert [(row["station"], row["id"], row["value"]) for row in rows] == [
        ("DE-1", "m-1", "7.0000"),
        ("DE-2", "m-2", "8.0000"),
    ]


def test_a_signed_reading_is_kept_to_the_letter() -> None:
    signed = SignedReading(at=NOON, text="OCMF|{...}|{...}", measurand="Energy.Active.Import.Register")
    record = MeterValuesRecorded(id="m-1", station="DE-1", readings=(), signed=(signed,), received_at=NOON)

    assert row_of(record, "signed_readings")["text"] == "OCMF|{...}|{...}"


def test_energies_keep_four_decimals() -> None:
    assert row_of(session_changed(energy_wh=Decimal("1.23456")), "sessions")["energy_wh"] == "1.2346"


def test_what_is_absent_stays_so_among_what_is_not() -> None:
    told, silent = session_changed(), session_changed(energy_wh=None, evse=None, last_meter_at=None)

    rows = [dict(zip(COLUMNS["sessions"], row, strict=True)) for row in rows_of(silent, told)["sessions"]]

    assert [(row["energy_wh"], row["evse"], row["last_meter_at"] is None) for row in rows] == [
        (None, None, True),
        ("3500.0000", 1, False),
    ]


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


def test_a_command_is_stored_without_its_passwords_whoever_wrote_it() -> None:
    asked = examples.example(CommandRequested)
    setting = Setting(key="AuthorizationKey", value="canary-7f3a9")

    row = row_of(msgspec.structs.replace(asked, command=SetConfiguration(settings=(setting,))), "commands")

    assert row["arguments"] == '{"settings":[{"key":"AuthorizationKey","value":"***"}]}'

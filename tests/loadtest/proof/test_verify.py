"""The ledger of a run, and who is asked about it afterwards."""

import datetime as dt
from pathlib import Path

import pytest

from loadtest.proof.ledger import Entry
from loadtest.proof.verify import Asked, common_beginning, read_ledger, verify, write_ledger

NOON = dt.datetime(2026, 6, 1, 12, tzinfo=dt.UTC)
ENTRIES = [
    Entry(station="S-1", transaction_id="77", state="ended", started_at=NOON, meter_start_wh=1, meter_stop_wh=9),
    Entry(station="S-2", transaction_id="", state="unsure", started_at=NOON, meter_start_wh=0),
]


def asked(**changes: str) -> Asked:
    members = {"api": "http://127.0.0.1:1", "key": "", "clickhouse": "", "database": "voltbus"}
    return Asked(**members | changes, settle_s=0)


def test_a_ledger_is_read_as_it_was_written(tmp_path: Path) -> None:
    path = tmp_path / "ledger"

    write_ledger(ENTRIES, path)

    assert read_ledger(path) == ENTRIES
    assert path.read_bytes().count(b"\n") == len(ENTRIES)


@pytest.mark.parametrize(
    ("first", "last", "both"), [("S-1", "S-9", "S-"), ("S-1", "S-1", "S-1"), ("A", "B", ""), ("S", "S-1", "S")]
)
def test_stations_are_asked_for_by_how_the_first_and_the_last_begin(first: str, last: str, both: str) -> None:
    assert common_beginning(first, last) == both


@pytest.mark.parametrize(
    ("given", "sources"),
    [
        ({}, ""),
        ({"key": "k"}, "the API"),
        ({"clickhouse": "http://127.0.0.1:1"}, "ClickHouse"),
        ({"key": "k", "clickhouse": "http://127.0.0.1:1"}, "the API and ClickHouse"),
    ],
)
def test_who_is_asked_follows_from_what_is_given(given: dict[str, str], sources: str) -> None:
    assert asked(**given).sources == sources


def test_where_nobody_is_asked_nothing_differs() -> None:
    assert verify(ENTRIES, asked()) == []

"""What each noun declares of its tables is what ClickHouse has."""

import re

from schemas.base import Record
from services.metering.declared import COLUMNS, FEEDS, FILLS, KEPT_ELSEWHERE, TABLES
from services.runtime.clickhouse import ClickHouse


async def test_the_shipped_tables_have_the_columns_that_are_declared(db: ClickHouse) -> None:
    """A column with a default may be declared: it is one that rows from before it lack."""
    found = await db.rows(
        "SELECT table, name, default_kind FROM system.columns WHERE database = {database:String}",
        {"database": db.database},
    )
    shipped: dict[str, set[str]] = {}
    defaulted: dict[str, set[str]] = {}
    for table, column, default_kind in found:
        kept = {"": shipped, "DEFAULT": defaulted}.get(default_kind)
        if kept is not None:
            kept.setdefault(table, set()).add(column)

    declared = {name: set(columns) - defaulted.get(name, set()) for name, columns in COLUMNS.items()}
    assert {name: shipped.get(name) for name in COLUMNS} == declared


async def test_the_shipped_tables_have_the_keys_that_are_declared(db: ClickHouse) -> None:
    found = await db.rows(
        "SELECT name, sorting_key FROM system.tables WHERE database = {database:String}", {"database": db.database}
    )

    shipped = {name: tuple(re.findall(r"\w+", key.replace("sipHash64", ""))) for name, key in found}
    assert {table.name: shipped[table.name] for table in TABLES} == {table.name: table.key for table in TABLES}


def test_no_table_is_declared_twice() -> None:
    assert len(COLUMNS) == len(TABLES)


def test_every_record_of_a_feed_fills_a_table_or_is_said_to_be_kept_elsewhere() -> None:
    records: set[type[Record]] = {record for feed in FEEDS for topic in feed.topics for record in topic.records}

    assert records - set(FILLS) - KEPT_ELSEWHERE == set()
    assert set(FILLS) & KEPT_ELSEWHERE == set()

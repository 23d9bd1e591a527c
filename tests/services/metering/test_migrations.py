"""Migrations: applied once, in order, remembered; an older database comes up to date with what it holds."""

import pytest

from services.metering.declared import COLUMNS
from services.metering.migrations import Migration, MigrationChanged, migrate, shipped
from services.runtime.clickhouse import ClickHouse
from tests.services.feeding import feed
from tests.services.fleet import session_changed


async def test_an_empty_database_gets_every_table(empty_db: ClickHouse) -> None:
    applied = await migrate(empty_db, shipped())

    tables = {
        name for (name,) in await empty_db.rows("SELECT name FROM system.tables WHERE database = currentDatabase()")
    }
    assert applied == [migration.name for migration in shipped()]
    assert set(COLUMNS) <= tables


async def test_a_second_run_changes_nothing(db: ClickHouse) -> None:
    assert await migrate(db, shipped()) == []


async def test_a_run_that_broke_off_is_taken_up_again(empty_db: ClickHouse) -> None:
    first, second, *_ = shipped()
    await migrate(empty_db, ())
    for statement in first.statements[:3]:
        await empty_db.command(statement)

    applied = await migrate(empty_db, (first, second))

    assert applied == [first.name, second.name]


async def test_an_older_database_keeps_its_rows_and_gets_what_is_new(empty_db: ClickHouse) -> None:
    await migrate(empty_db, shipped())
    await feed(empty_db, session_changed("s-1"))
    newer = Migration(
        "900_shares", "ALTER TABLE sessions ADD COLUMN IF NOT EXISTS share Float64 DEFAULT 0.5 COMMENT 'Share';\n"
    )

    applied = await migrate(empty_db, (*shipped(), newer))
    await feed(empty_db, session_changed("s-2"))

    assert applied == ["900_shares"]
    assert await empty_db.rows("SELECT session, share FROM sessions FINAL ORDER BY session") == [
        ("s-1", 0.5),
        ("s-2", 0.5),
    ]


async def test_a_file_that_changed_after_it_was_applied_is_refused(empty_db: ClickHouse) -> None:
    await migrate(empty_db, (Migration("001_x", "SELECT 1;\n"),))

    with pytest.raises(MigrationChanged, match="001_x"):
        await migrate(empty_db, (Migration("001_x", "SELECT 2;\n"),))


async def test_every_table_and_every_column_says_what_it_is(db: ClickHouse) -> None:
    columns = await db.rows(
        "SELECT table, name FROM system.columns WHERE database = currentDatabase() AND comment = '' AND table NOT LIKE '%_of_%'"
    )
    tables = await db.rows(
        "SELECT name FROM system.tables WHERE database = currentDatabase() AND comment = '' AND engine != 'MaterializedView'"
    )

    assert list(columns) == []
    assert list(tables) == []


async def test_rows_of_records_name_columns_that_exist(db: ClickHouse) -> None:
    there = await db.rows("SELECT table, name FROM system.columns WHERE database = currentDatabase()")

    assert {(table, column) for table, columns in COLUMNS.items() for column in columns} <= set(there)


async def test_frames_are_kept_for_three_days(db: ClickHouse) -> None:
    ((made,),) = await db.rows(
        "SELECT create_table_query FROM system.tables WHERE name = 'frames' AND database = currentDatabase()"
    )

    assert "toIntervalDay(3)" in made

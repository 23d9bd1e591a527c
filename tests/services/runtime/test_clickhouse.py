"""The door to ClickHouse: outages are told apart from bugs, calls are bounded, parameters are bound."""

import asyncio
import datetime as dt

import pytest
from clickhouse_connect.driver.exceptions import DatabaseError

from services.runtime.clickhouse import ClickHouse, open_clickhouse
from services.runtime.process.outage import Outage


async def test_a_server_that_is_away_is_an_outage() -> None:
    db = open_clickhouse("http://127.0.0.1:9/", "voltbus")

    with pytest.raises(Outage, match="ClickHouse"):
        await db.rows("SELECT 1")
    await db.close()


async def test_a_database_that_is_not_there_yet_is_an_outage(empty_db: ClickHouse) -> None:
    with pytest.raises(Outage, match="UNKNOWN_DATABASE"):
        await empty_db.rows("SELECT 1")


async def test_a_wrong_statement_is_a_bug(db: ClickHouse) -> None:
    with pytest.raises(DatabaseError, match="SYNTAX_ERROR"):
        await db.rows("SELEKT 1")


async def test_one_call_more_than_may_wait_is_an_outage(chdb_dsn: str, migrated_db: ClickHouse) -> None:
    db = open_clickhouse(chdb_dsn, migrated_db.database, connections=1, waiting_limit=1)

    answers = await asyncio.gather(*(db.rows("SELECT 1") for _ in range(3)), return_exceptions=True)
    await db.close()

    assert [isinstance(answer, Outage) for answer in answers] == [False, False, True]


async def test_a_call_that_failed_leaves_room_for_the_next(db: ClickHouse) -> None:
    for _ in range(3):
        with pytest.raises(DatabaseError):
            await db.rows("SELECT throwIf(1)")

    assert await db.rows("SELECT 1") == [(1,)]


async def test_parameters_are_values_and_never_sql(db: ClickHouse) -> None:
    text = "x'; DROP TABLE sessions; --\\"

    assert await db.rows("SELECT {text:String}", {"text": text}) == [(text,)]


async def test_moments_come_back_aware(db: ClickHouse) -> None:
    ((at,),) = await db.rows("SELECT toDateTime64('2026-03-29 00:59:59.123456', 6, 'UTC')")

    assert at == dt.datetime(2026, 3, 29, 0, 59, 59, 123456, tzinfo=dt.UTC)


async def test_two_doors_to_one_path_share_the_engine(chdb_dsn: str, db: ClickHouse) -> None:
    other = open_clickhouse(chdb_dsn, db.database)

    await db.insert("dead_letters", ("at", "id"), [[0], ["x"]])

    assert await other.rows("SELECT id FROM dead_letters") == [("x",)]
    await other.close()
    assert await db.rows("SELECT id FROM dead_letters") == [("x",)]

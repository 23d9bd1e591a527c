"""Logs as ClickHouse tells them: the newest change of each, by station and status."""

from datetime import timedelta

from services.api.diagnostics.reads import log, logs
from services.api.diagnostics.rows import LogFilter, log_of
from services.api.fakes import NOON
from services.runtime.clickhouse import ClickHouse
from tests.services.api.builders import a_log
from tests.services.feeding import feed


async def test_the_newest_change_is_the_log(db: ClickHouse) -> None:
    newest = a_log(
        log="log-new",
        revision=2,
        status="stored",
        file="a.zip",
        place="logs/1",
        size=9,
        sha256="ab",
        ended_at=NOON,
        id="2",
    )
    await feed(db, newest, a_log(log="log-new"))

    assert await log(db, "log-new") == log_of(newest)
    assert await log(db, "none") is None


async def test_each_filter_finds_its_own_and_pages_have_each_once(db: ClickHouse) -> None:
    await feed(
        db,
        *(a_log(log=f"log-{n}", station="LOGGED", requested_at=NOON + timedelta(minutes=n)) for n in range(3)),
        a_log(log="log-3", station="LOGGED", status="failed"),
    )

    async def found(**where: str) -> list[str]:
        return [row.log for row in (await logs(db, LogFilter(**where), limit=500)).items]

    assert await found(station="LOGGED") == ["log-2", "log-1", "log-3", "log-0"]
    assert await found(station="LOGGED", status="failed") == ["log-3"]
    first = await logs(db, LogFilter(station="LOGGED"), limit=3)
    rest = await logs(db, LogFilter(station="LOGGED"), cursor=first.next_cursor, limit=3)
    assert [row.log for row in (*first.items, *rest.items)] == ["log-2", "log-1", "log-3", "log-0"]

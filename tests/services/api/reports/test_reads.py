"""Reports as ClickHouse tells them: the newest change of each, by station and status."""

from datetime import timedelta

from services.api.fakes import NOON
from services.api.reports.reads import report, report_parts, reports, stored_parts
from services.api.reports.rows import ReportFilter, report_of
from services.runtime.clickhouse import ClickHouse
from tests.services.api.builders import a_report
from tests.services.feeding import feed


async def test_the_newest_change_is_the_report(db: ClickHouse) -> None:
    newest = a_report(report="rep-new", revision=2, status="incomplete", missing=(1, 4), id="2")
    await feed(db, newest, a_report(report="rep-new"))

    assert await report(db, "rep-new") == report_of(newest)
    assert await report(db, "none") is None


async def test_each_filter_finds_its_own_and_pages_have_each_once(db: ClickHouse) -> None:
    await feed(
        db,
        *(
            a_report(report=f"rep-{n}", station="PAGED", requested_at=NOON + timedelta(minutes=n), status="whole")
            for n in range(3)
        ),
        a_report(report="rep-3", station="PAGED", status="refused"),
    )

    async def found(**where: str) -> list[str]:
        page = await reports(db, ReportFilter(**where), limit=500)
        return [row.report for row in page.items]

    assert await found(station="PAGED") == ["rep-2", "rep-1", "rep-3", "rep-0"]
    assert await found(station="PAGED", status="refused") == ["rep-3"]
    first = await reports(db, ReportFilter(station="PAGED"), limit=3)
    rest = await reports(db, ReportFilter(station="PAGED"), cursor=first.next_cursor, limit=3)
    assert [row.report for row in (*first.items, *rest.items)] == ["rep-2", "rep-1", "rep-3", "rep-0"]


async def test_a_report_whose_parts_have_not_come_has_none(db: ClickHouse) -> None:
    waited_for = report_of(a_report(first_at=None, last_at=None, parts=0))

    assert await stored_parts(db, waited_for) == 0
    assert (await report_parts(db, waited_for)).items == ()


async def test_what_a_station_told_of_a_customer_is_gone_after_a_day_and_other_parts_stay(db: ClickHouse) -> None:
    for message in ("NotifyCustomerInformation", "NotifyReport"):
        await db.command(
            "INSERT INTO report_parts (station, message, request_id, seq_no, last, items, content, received_at, id)"
            f" VALUES ('TTL', '{message}', 7, 0, true, 1, '{{}}', now64(6) - INTERVAL 2 DAY, '{message}')"
        )
    await db.command("OPTIMIZE TABLE report_parts FINAL")

    rows = await db.rows("SELECT message FROM report_parts WHERE station = 'TTL'", {})

    assert [message for (message,) in rows] == ["NotifyReport"]

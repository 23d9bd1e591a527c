"""Security operations in ClickHouse: the newest change of each, by station, kind, status and batch."""

from datetime import timedelta

from services.api.fakes import NOON
from services.api.securityoperations.reads import security_operation, security_operations
from services.api.securityoperations.rows import OperationFilter, operation_of
from services.runtime.clickhouse import ClickHouse
from tests.services.api.builders import STATION
from tests.services.api.securityoperations.worlds import an_operation
from tests.services.feeding import feed


async def test_the_newest_change_is_the_operation_with_each_step(db: ClickHouse) -> None:
    newest = an_operation(
        kind="upgrade-profile",
        revision=3,
        id="3",
        security_profile=2,
        profile_before=1,
        url="wss://x",
        slot=1,
        batch="b",
    )
    await feed(db, newest, an_operation(status="waiting", started_at=None))

    assert await security_operation(db, "op-1") == operation_of(newest)
    assert await security_operation(db, "none") is None


async def test_each_filter_finds_its_own_and_pages_have_each_once(db: ClickHouse) -> None:
    await feed(
        db,
        *(an_operation(operation=f"o{n}", requested_at=NOON + timedelta(minutes=n), batch="t") for n in range(3)),
        an_operation(operation="o3", station="OTHER", batch="t"),
        an_operation(operation="o4", status="failed", batch="t"),
        an_operation(operation="o5", batch="u"),
        an_operation(operation="o6", kind="move-station", batch="t"),
    )
    where = OperationFilter(station=STATION, kind="rotate-password", status="done", batch="t")

    first = await security_operations(db, where, limit=2)
    rest = await security_operations(db, where, cursor=first.next_cursor, limit=2)

    assert [row.operation for row in (*first.items, *rest.items)] == ["o2", "o1", "o0"]

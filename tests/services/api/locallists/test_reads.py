"""Local lists as ClickHouse tells them: the newest change of each station, by status."""

from datetime import timedelta

from services.api.fakes import NOON
from services.api.locallists.reads import local_list, local_lists
from services.api.locallists.rows import LocalListFilter, local_list_of
from services.runtime.clickhouse import ClickHouse
from tests.services.api.builders import STATION, a_local_list
from tests.services.feeding import feed


async def test_the_newest_change_is_the_list(db: ClickHouse) -> None:
    newest = a_local_list(revision=2, station_version=None, why="waits", id="2")
    await feed(db, newest, a_local_list())

    assert await local_list(db, STATION) == local_list_of(newest)
    assert await local_list(db, "none") is None


async def test_lists_are_found_by_status_the_one_that_changed_last_first(db: ClickHouse) -> None:
    await feed(
        db,
        *(a_local_list(station=f"L{n}", changed_at=NOON + timedelta(minutes=n), status="refused") for n in range(3)),
        a_local_list(station="L3", rule=None, status="unmanaged"),
    )

    first = await local_lists(db, LocalListFilter(status="refused"), limit=2)
    rest = await local_lists(db, LocalListFilter(status="refused"), cursor=first.next_cursor, limit=2)

    assert [row.station for row in (*first.items, *rest.items)] == ["L2", "L1", "L0"]
    (unmanaged,) = (await local_lists(db, LocalListFilter(station="L3"))).items
    assert (unmanaged.tokens, unmanaged.groups) == ("", ())

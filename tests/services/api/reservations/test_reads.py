"""Reservations as ClickHouse tells them: the newest change of each, by station, token and status."""

from datetime import timedelta

from services.api.fakes import NOON
from services.api.reservations.reads import reservation, reservations
from services.api.reservations.rows import ReservationFilter, reservation_of
from services.runtime.clickhouse import ClickHouse
from tests.services.api.builders import a_reservation
from tests.services.feeding import feed


async def test_the_newest_change_is_the_reservation(db: ClickHouse) -> None:
    newest = a_reservation(revision=2, status="used", session="s1", group="VANS", ended_at=NOON, id="2")
    await feed(db, newest, a_reservation())

    assert await reservation(db, "r1") == reservation_of(newest)
    assert await reservation(db, "none") is None


async def test_each_filter_finds_its_own_and_pages_have_each_once(db: ClickHouse) -> None:
    await feed(
        db,
        *(a_reservation(reservation=f"p{n}", requested_at=NOON + timedelta(minutes=n), token="CARD") for n in range(3)),
        a_reservation(reservation="p3", station="OTHER", token="CARD", status="used"),
        a_reservation(reservation="p4", token="NOBODY", station="OTHER"),
    )

    async def found(**where: str) -> list[str]:
        page = await reservations(db, ReservationFilter(**where), limit=500)
        return [row.reservation for row in page.items]

    assert await found(token="card") == ["p2", "p1", "p3", "p0"]
    assert await found(station="OTHER", status="used") == ["p3"]
    first = await reservations(db, ReservationFilter(token="CARD"), limit=2)
    rest = await reservations(db, ReservationFilter(token="CARD"), cursor=first.next_cursor, limit=2)
    assert [row.reservation for row in (*first.items, *rest.items)] == ["p2", "p1", "p3", "p0"]
    assert rest.next_cursor is None


async def test_a_time_that_no_column_holds_does_not_cost_the_reservation(db: ClickHouse) -> None:
    await feed(db, a_reservation(reservation="late", expires_at=NOON.replace(year=9999)))

    found = await reservation(db, "late")
    assert found is not None
    assert found.expires_at.year == 2105

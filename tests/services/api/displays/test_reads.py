"""Display messages as ClickHouse tells them: the newest change of each, by station and status."""

from datetime import timedelta

from schemas.displays import Translation
from services.api.displays.reads import display_message, display_messages
from services.api.displays.rows import MessageFilter, message_of
from services.api.fakes import NOON
from services.runtime.clickhouse import ClickHouse
from tests.services.api.builders import STATION, a_display_message
from tests.services.feeding import feed


async def test_the_newest_change_is_the_message_with_its_other_languages(db: ClickHouse) -> None:
    content = {"translations": (Translation(text="Hallo", language="de"),), "evse": 2, "ends_at": NOON}
    newest = a_display_message(content, revision=2, status="cleared", ended_at=NOON, id="2")
    await feed(db, newest, a_display_message())

    assert await display_message(db, "m1") == message_of(newest)
    assert await display_message(db, "none") is None


async def test_each_filter_finds_its_own_and_pages_have_each_once(db: ClickHouse) -> None:
    await feed(
        db,
        *(
            a_display_message(display_message=f"d{n}", requested_at=NOON + timedelta(minutes=n), status="gone")
            for n in range(3)
        ),
        a_display_message(display_message="d3", station="OTHER", status="gone"),
    )

    first = await display_messages(db, MessageFilter(station=STATION, status="gone"), limit=2)
    rest = await display_messages(db, MessageFilter(station=STATION, status="gone"), cursor=first.next_cursor, limit=2)

    assert [row.display_message for row in (*first.items, *rest.items)] == ["d2", "d1", "d0"]


async def test_a_time_and_an_evse_that_no_column_holds_do_not_cost_the_message(db: ClickHouse) -> None:
    await feed(db, a_display_message({"ends_at": NOON.replace(year=9999), "evse": 70_000}, display_message="late"))

    found = await display_message(db, "late")
    assert found is not None
    assert found.ends_at is not None
    assert (found.ends_at.year, found.evse) == (2105, None)

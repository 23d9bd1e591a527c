"""Security events as ClickHouse has them: each once, by station, type, criticality and time."""

from datetime import timedelta

from services.api.security.reads import security_events
from services.api.security.rows import SecurityEventFilter
from services.runtime.clickhouse import ClickHouse
from tests.services.api.builders import NOON, STATION
from tests.services.api.security.worlds import a_row, an_event
from tests.services.feeding import feed


async def test_an_event_that_was_sent_twice_is_one(db: ClickHouse) -> None:
    await feed(db, an_event(), an_event(id="sent again"), an_event(tech_info="other"))

    found = await security_events(db, SecurityEventFilter(station=STATION))

    assert sorted(row.tech_info for row in found.items) == ["", "other"]
    assert a_row() in found.items


async def test_each_filter_finds_its_own_and_pages_have_each_once(db: ClickHouse) -> None:
    await feed(
        db,
        *(an_event(n, station="FILTERS") for n in range(3)),
        an_event(0, station="FILTERS", type="InvalidMessages", critical=False),
        an_event(0, station="FILTERS", type="DoorOpened", critical=None),
    )

    async def types(**where: object) -> list[str]:
        found = await security_events(db, SecurityEventFilter(station="FILTERS", **where))  # type: ignore[arg-type]
        return [row.type for row in found.items]

    assert len(await types()) == 5
    assert await types(critical=False) == ["InvalidMessages"]
    assert await types(type="dooropened") == ["DoorOpened"]
    assert len(await types(since=NOON + timedelta(minutes=1))) == 2
    assert len(await types(until=NOON + timedelta(minutes=1))) == 3
    where = SecurityEventFilter(station="FILTERS", critical=True)
    first = await security_events(db, where, limit=2)
    rest = await security_events(db, where, cursor=first.next_cursor, limit=2)
    assert [row.at for row in (*first.items, *rest.items)] == [NOON + timedelta(minutes=n) for n in (2, 1, 0)]

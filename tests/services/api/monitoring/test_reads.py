"""Events and monitors in the engine: found, in their order, the monitors of the newest report alone."""

from schemas.devicemodel import VariableName
from services.api.monitoring.reads import event_streams, stream_values, variable_events, variable_monitors
from services.api.monitoring.rows import EventFilter
from services.runtime.clickhouse import ClickHouse
from tests.services.api.builders import STATION
from tests.services.api.monitoring.worlds import a_stream, a_stream_row, an_event, events_of, monitors_of, samples_of
from tests.services.api.reservations.test_reads import feed


async def test_events_come_newest_first_and_are_found_by_what_they_are(db: ClickHouse) -> None:
    other = VariableName(component="ChargingStation", variable="Problem")
    await feed(
        db,
        events_of(an_event(1), an_event(2, cleared=True), an_event(3, name=other, severity=8, trigger="Delta")),
        events_of(an_event(4), id="e2", station="OTHER"),
    )

    async def found(**where: object) -> list[int]:
        page = await variable_events(db, EventFilter(station=STATION, **where))  # type: ignore[arg-type]
        return [row.event_id for row in page.items]

    assert await found() == [3, 2, 1]
    assert await found(key="evse@1.power") == [2, 1]
    assert await found(trigger="Delta") == [3]
    assert await found(severity=5) == [2, 1]
    assert await found(cleared=False) == [3, 1]
    first = await variable_events(db, EventFilter(station=STATION), limit=2)
    rest = await variable_events(db, EventFilter(station=STATION), cursor=first.next_cursor, limit=2)
    assert [row.event_id for row in rest.items] == [1]


async def test_monitors_are_those_of_the_newest_report(db: ClickHouse) -> None:
    await feed(db, monitors_of(1, 2), monitors_of(2, 3, request_id=8, seconds=60))

    page = await variable_monitors(db, STATION)

    assert [row.monitor_id for row in page.items] == [2, 3]
    assert page.items[0].value == "22000.5"
    assert (await variable_monitors(db, "OTHER")).items == ()


async def test_streams_are_as_they_last_were(db: ClickHouse) -> None:
    await feed(db, a_stream(5), a_stream(7), a_stream(5, opened=False, seconds=60), a_stream(9, station="OTHER"))

    page = await event_streams(db, STATION)

    assert [(row.stream_id, row.opened) for row in page.items] == [(5, False), (7, True)]
    assert page.items[1] == a_stream_row(stream_id=7)
    first = await event_streams(db, STATION, limit=1)
    rest = await event_streams(db, STATION, cursor=first.next_cursor, limit=1)
    assert [row.stream_id for row in (*first.items, *rest.items)] == [5, 7]


async def test_values_are_those_of_the_stream_newest_first(db: ClickHouse) -> None:
    await feed(db, samples_of("1", "2"), samples_of("3", seconds=60), samples_of("x", number=7))

    page = await stream_values(db, STATION, 5)

    assert [row.value for row in page.items] == ["3", "2", "1"]
    first = await stream_values(db, STATION, 5, limit=2)
    rest = await stream_values(db, STATION, 5, cursor=first.next_cursor, limit=2)
    assert (*first.items, *rest.items) == page.items

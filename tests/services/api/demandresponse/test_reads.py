"""Demand response in ClickHouse: the newest change of each event at each station."""

from datetime import timedelta

from services.api.demandresponse.reads import demand_counts, demand_station, demand_stations
from services.api.demandresponse.rows import DemandStationFilter, station_of
from services.api.fakes import NOON
from services.runtime.clickhouse import ClickHouse
from tests.services.api.builders import STATION
from tests.services.api.demandresponse.worlds import an_event, at_a_station
from tests.services.feeding import feed


async def test_the_newest_change_is_what_became_of_it(db: ClickHouse) -> None:
    newest = at_a_station(revision=3, id="3")
    await feed(db, newest, at_a_station(status="asked", accepted_at=None), an_event())

    assert await demand_station(db, newest.demand_station) == station_of(newest)
    assert await demand_station(db, "none") is None


async def test_each_filter_finds_its_own_and_statuses_are_counted(db: ClickHouse) -> None:
    await feed(
        db,
        *(at_a_station(f"S{n}", "e", ordered_at=NOON + timedelta(minutes=n)) for n in range(3)),
        at_a_station("S3", "e", status="rejected"),
        at_a_station("S4", "e", site="hamburg-1"),
        at_a_station(STATION, "f"),
    )
    where = DemandStationFilter(event="e", status="accepted", site="berlin-1")
    first = await demand_stations(db, where, limit=2)
    rest = await demand_stations(db, where, cursor=first.next_cursor, limit=2)

    assert [row.station for row in (*first.items, *rest.items)] == ["S2", "S1", "S0"]
    assert await demand_counts(db, "e") == {"accepted": 4, "rejected": 1}

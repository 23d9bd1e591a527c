"""Metered power in ClickHouse: by minute and site, above the limits, by station, and on average."""

from decimal import Decimal

from services.api.demandresponse.metered import drawn_by_site, drawn_by_station, mean_by_station
from services.runtime.clickhouse import ClickHouse
from tests.services.api.demandresponse.worlds import at_a_station
from tests.services.feeding import feed
from tests.services.fleet import NOON, charge, minutes


async def a_fleet(db: ClickHouse) -> None:
    """Two stations of one site and one of another charge for ten minutes; one more is not in the event."""
    for number, (site, watts) in enumerate((("a", 6_000), ("a", 2_000), ("b", 9_000))):
        await feed(db, *charge(f"s{number}", NOON, minutes_long=10, power_w=watts, station=f"S{number}"))
        await feed(db, at_a_station(f"S{number}", site=site, limit_w=Decimal(5_000)))
    await feed(db, *charge("other", NOON, minutes_long=10, power_w=7_000, station="OTHER"))


async def test_what_an_event_s_stations_drew_by_site_and_how_much_of_it_above_their_limits(db: ClickHouse) -> None:
    await a_fleet(db)
    rows = await drawn_by_site(db, "event-1", NOON, NOON + minutes(20))
    a = [row for row in rows if row.site == "a"]

    assert {(row.power_w, row.above_w) for row in a} == {(8_000, 1_000)}
    assert {(row.power_w, row.above_w) for row in rows if row.site == "b"} == {(9_000, 4_000)}
    assert (a[0].minute, a[-1].minute) == (NOON, NOON + minutes(9))
    assert await drawn_by_site(db, "none", NOON, NOON + minutes(20)) == ()


async def test_what_each_station_drew_by_minute(db: ClickHouse) -> None:
    await a_fleet(db)
    rows = await drawn_by_station(db, ["S1", "OTHER"], NOON + minutes(2), NOON + minutes(4))

    assert sorted((row.station, row.minute, row.power_w) for row in rows) == [
        *(("OTHER", NOON + minutes(n), 7_000.0) for n in (2, 3)),
        *(("S1", NOON + minutes(n), 2_000.0) for n in (2, 3)),
    ]


async def test_the_mean_counts_minutes_without_charging(db: ClickHouse) -> None:
    await a_fleet(db)

    assert await mean_by_station(db, NOON, NOON + minutes(20)) == {
        "S0": 3_000,
        "S1": 1_000,
        "S2": 4_500,
        "OTHER": 3_500,
    }

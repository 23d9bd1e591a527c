"""Tariffs at stations as ClickHouse tells them: the newest change of each station."""

from services.api.fakes import NOON
from services.api.stationtariffs.reads import station_tariffs, stations_tariffs
from services.api.stationtariffs.rows import StationTariffFilter, station_tariffs_of
from services.runtime.clickhouse import ClickHouse
from tests.services.api.builders import STATION, a_station_tariffs
from tests.services.feeding import feed


async def test_the_newest_change_is_the_station(db: ClickHouse) -> None:
    newest = a_station_tariffs(revision=2, status="out-of-step", why="The station is not connected.", id="2")
    await feed(db, newest, a_station_tariffs())

    assert await station_tariffs(db, STATION) == station_tariffs_of(newest)
    assert await station_tariffs(db, "none") is None


async def test_each_filter_finds_its_own(db: ClickHouse) -> None:
    await feed(
        db,
        *(a_station_tariffs(station=f"F{n}", status="refused", changed_at=NOON, id=f"f{n}") for n in range(2)),
        a_station_tariffs(station="F9", id="f9"),
    )

    first = await stations_tariffs(db, StationTariffFilter(status="refused"), limit=1)
    rest = await stations_tariffs(db, StationTariffFilter(status="refused"), cursor=first.next_cursor, limit=5)
    own = await stations_tariffs(db, StationTariffFilter(station="F9"))

    assert {row.station for row in (*first.items, *rest.items)} == {"F0", "F1"}
    assert [row.station for row in own.items] == ["F9"]

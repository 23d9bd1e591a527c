"""Many stations, and many commands, out of ClickHouse in a few reads."""

from services.api.history.bound import bound_reads
from services.api.history.listing import NAMES_AT_ONCE
from services.runtime.clickhouse import ClickHouse
from tests.services.feeding import feed
from tests.services.fleet import NOON, command_requested, command_settled, station_changed

NASTY = "it's a \\ 'st\\'ation', [\"x\"] \n"


async def test_stations_are_found_by_their_names_and_others_are_not(db: ClickHouse) -> None:
    await feed(
        db,
        station_changed("DE-1"),
        station_changed("DE-2", version="1.6"),
        station_changed("gone", removed=True, connected=False),
        station_changed("other"),
        station_changed(NASTY),
    )

    found = await bound_reads(db).stations_called(["DE-1", "DE-2", "gone", NASTY, "nobody"])

    assert {name: station.version for name, station in found.items()} == {
        "DE-1": "2.0.1",
        "DE-2": "1.6",
        "gone": "2.0.1",
        NASTY: "2.0.1",
    }
    assert found["gone"].removed


async def test_commands_are_found_by_their_ids(db: ClickHouse) -> None:
    await feed(
        db,
        command_requested("c-1"),
        command_requested("c-2", NOON, "DE-2"),
        command_requested("c-3"),
        command_settled("c-1"),
    )

    found = await bound_reads(db).commands_called({"c-1": "DE-1", "c-2": "DE-2", "c-9": "DE-1"})

    assert {id_: (row.station, row.outcome) for id_, row in found.items()} == {
        "c-1": ("DE-1", "accepted"),
        "c-2": ("DE-2", "pending"),
    }
    assert found["c-1"].arguments == {"type": "Immediate"}


async def test_more_than_one_read_takes_are_found_all_the_same(db: ClickHouse) -> None:
    ids = {f"c-{number}": f"S-{number % 7}" for number in range(2 * NAMES_AT_ONCE + 1)}
    await feed(db, *(command_requested(id_, NOON, station) for id_, station in ids.items()))

    assert set(await bound_reads(db).commands_called(ids)) == set(ids)


async def test_nothing_is_asked_about_nobody(db: ClickHouse) -> None:
    assert await bound_reads(db).stations_called([]) == {}
    assert await bound_reads(db).commands_called({}) == {}

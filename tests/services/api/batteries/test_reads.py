"""Batteries as ClickHouse has them: the newest change of each swap and slot, and where a battery was."""

from datetime import timedelta

from services.api.batteries.reads import battery_events, battery_slots, battery_swap, battery_swaps
from services.api.batteries.rows import SwapFilter, swap_of
from services.runtime.clickhouse import ClickHouse
from tests.services.api.batteries.worlds import a_message, a_slot, a_slot_row, an_event_row
from tests.services.api.builders import NOON, STATION, a_battery_swap
from tests.services.feeding import feed


async def test_the_newest_change_is_the_swap_with_its_batteries(db: ClickHouse) -> None:
    newest = a_battery_swap(revision=2, id="2")
    await feed(db, newest, a_battery_swap(status="inserted", taken=(), out_at=None))

    assert await battery_swap(db, "w1") == swap_of(newest)
    assert await battery_swap(db, "none") is None


async def test_each_filter_finds_its_own_and_pages_have_each_once(db: ClickHouse) -> None:
    await feed(
        db,
        *(a_battery_swap(swap=f"s{n}", station="F", began_at=NOON + timedelta(minutes=n)) for n in range(3)),
        a_battery_swap(swap="s3", station="F", status="taken", token="OTHER"),
    )

    assert [row.swap for row in (await battery_swaps(db, SwapFilter(station="F", token="other"))).items] == ["s3"]
    assert [row.swap for row in (await battery_swaps(db, SwapFilter(station="F", status="taken"))).items] == ["s3"]
    where = SwapFilter(station="F", status="swapped")
    first = await battery_swaps(db, where, limit=2)
    rest = await battery_swaps(db, where, cursor=first.next_cursor, limit=2)
    assert [row.swap for row in (*first.items, *rest.items)] == ["s2", "s1", "s0"]


async def test_slots_are_as_they_are_now_in_their_order(db: ClickHouse) -> None:
    await feed(db, a_slot(10), a_slot(2), a_slot(2, 2, battery=None), a_slot(1, station="X"))

    assert (await battery_slots(db, STATION)).items == (a_slot_row(2, battery=None), a_slot_row(10))
    first = await battery_slots(db, STATION, limit=1)
    rest = await battery_slots(db, STATION, cursor=first.next_cursor, limit=1)
    assert [row.slot for row in (*first.items, *rest.items)] == [2, 10]


async def test_a_battery_is_followed_over_all_stations(db: ClickHouse) -> None:
    await feed(db, a_message(), a_message("BatteryOut", 5, station="X"), a_message(batteries=()))

    found = (await battery_events(db, "B-1")).items
    assert [(row.event, row.station) for row in found] == [("BatteryOut", "X"), ("BatteryIn", STATION)]
    assert found[1] == an_event_row()

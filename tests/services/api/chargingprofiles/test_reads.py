"""Charging profiles, limits and needs as ClickHouse tells them."""

from datetime import timedelta
from decimal import Decimal

from msgspec.structs import replace

from schemas.chargingneeds import (
    ChargingLimitCleared,
    ChargingLimitReported,
    ChargingNeedsReported,
    ChargingPlanChanged,
)
from schemas.examples import example
from services.api.chargingprofiles.reads import charging_limits, charging_needs, charging_profile, charging_profiles
from services.api.chargingprofiles.rows import ProfileFilter, profile_of
from services.api.fakes import NOON
from services.runtime.clickhouse import ClickHouse
from tests.services.api.builders import STATION, a_charging_profile
from tests.services.feeding import feed


async def test_the_newest_change_is_what_stands(db: ClickHouse) -> None:
    newest = a_charging_profile(revision=2, status="cleared", ended_at=NOON, id="2")
    await feed(db, newest, a_charging_profile())

    assert await charging_profile(db, newest.charging_profile) == profile_of(newest)
    assert await charging_profile(db, "none") is None


async def test_each_filter_finds_its_own_and_pages_have_each_once(db: ClickHouse) -> None:
    await feed(
        db,
        *(
            a_charging_profile(profile_id=n, changed_at=NOON + timedelta(minutes=n), status="gone")
            for n in range(20, 23)
        ),
        a_charging_profile(profile_id=20, station="OTHER", status="gone"),
    )

    where = ProfileFilter(station=STATION, status="gone")
    first = await charging_profiles(db, where, limit=2)
    rest = await charging_profiles(db, where, cursor=first.next_cursor, limit=2)

    assert [row.profile_id for row in (*first.items, *rest.items)] == [22, 21, 20]


async def test_a_limit_holds_until_its_source_clears_it(db: ClickHouse) -> None:
    def limit(source: str, *, minutes: int = 0, station: str = "L1") -> ChargingLimitReported:
        at = NOON + timedelta(minutes=minutes)
        told = replace(example(ChargingLimitReported), station=station, source=source, evse=None, received_at=at)
        return replace(told, id=f"{source}-{minutes}", local_generation=False)

    cleared = replace(example(ChargingLimitCleared), station="L1", source="SO", evse=None)
    cleared = replace(cleared, received_at=NOON + timedelta(minutes=5))
    await feed(db, limit("EMS"), limit("SO"), cleared, limit("EMS", station="L2"))
    assert [one.source for one in await charging_limits(db, "L1")] == ["EMS"]

    await feed(db, limit("SO", minutes=9))
    assert [one.source for one in await charging_limits(db, "L1")] == ["EMS", "SO"]
    assert (await charging_limits(db, "L1"))[0].schedules == limit("EMS").schedules


async def test_needs_are_told_newest_first(db: ClickHouse) -> None:
    needs = replace(example(ChargingNeedsReported), station="N1")
    await feed(db, needs, replace(needs, id="later", received_at=needs.received_at + timedelta(minutes=1)))

    page = await charging_needs(db, "N1")
    assert [row.id for row in page.items] == ["later", needs.id]
    assert page.items[0].parameters == needs.parameters


async def test_needs_are_told_with_the_newest_that_became_of_them(db: ClickHouse) -> None:
    needs = replace(example(ChargingNeedsReported), station="N2", id="n2", answered="")
    plan = replace(
        example(ChargingPlanChanged), station="N2", needs="n2", revision=1, status="Processing", departure_at=None
    )
    newest = replace(plan, id="later", revision=2, status="Accepted", profile_id=4711, planned_wh=Decimal(900))
    await feed(db, needs, newest, plan, replace(plan, station="N3", revision=9, status="Rejected"))

    (told,) = (await charging_needs(db, "N2")).items
    assert told.plan is not None
    assert (told.answered, told.plan.profile_id, told.plan.planned_wh) == ("Accepted", 4711, 900)

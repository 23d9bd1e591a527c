"""Sites as ClickHouse has them: each as it is now, its nodes over time, what needs a person, needs and meters."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from schemas.energy import NeedStated, SiteLoadChanged, SiteMeterReported
from schemas.operators import Scope
from services.api.energy.loadrows import AlertFilter, LoadFilter, alert_of, load_of
from services.api.energy.reads import (
    node_history,
    site_alert,
    site_alerts,
    site_load,
    site_loads,
    site_meters,
    site_needs,
)
from services.api.history.scoping import Scoped
from services.runtime.clickhouse import ClickHouse
from tests.services.api.energy.sites import a_load, a_node_load, an_alert
from tests.services.feeding import feed

NOON = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
"""Of today: changes of nodes are kept for a week."""


async def test_the_newest_change_is_the_load_of_a_site_whatever_comes_late(db: ClickHouse) -> None:
    newest = a_load(revision=2, id="2", exceeded=True)
    await feed(db, newest, a_load(), a_load("rome"))

    assert await site_load(db, "berlin") == load_of(newest)
    assert await site_load(db, "nowhere") is None
    assert [row.site for row in (await site_loads(db)).items] == ["berlin", "rome"]
    assert [row.site for row in (await site_loads(db, LoadFilter(exceeded=True))).items] == ["berlin"]


def changed(second: int, load: str, **override: Any) -> SiteLoadChanged:
    node = a_node_load(load_a={"L1": Decimal(load)}, told_a={}, limit_a={"L1": Decimal(63 - second)}, **override)
    return a_load(id=f"c{second}", revision=second + 1, nodes=(node,), at=NOON + timedelta(seconds=second))


async def test_a_node_over_time_has_the_greatest_load_and_the_smallest_limit_of_each_step(db: ClickHouse) -> None:
    changes = [changed(0, "10"), changed(5, "30", exceeded=True), changed(20, "20"), changed(70, "5")]
    await feed(db, *changes)
    await feed(db, *changes)  # once more, as after a crash
    until = NOON + timedelta(minutes=5)

    tens = await node_history(db, "berlin", "garage", since=NOON, until=until, step_s=10)
    minutes = await node_history(db, "berlin", "garage", since=NOON, until=until, step_s=60)

    assert [(point.at - NOON, point.load_a["L1"]) for point in tens] == [
        (timedelta(0), 30),
        (timedelta(seconds=20), 20),
        (timedelta(seconds=70), 5),
    ]
    assert [(point.load_a, point.limit_a, point.exceeded) for point in minutes] == [
        ({"L1": 30.0}, {"L1": 43.0}, True),
        ({"L1": 5.0}, {"L1": -7.0}, False),
    ]
    assert minutes[0].load_w is None
    assert await node_history(db, "berlin", "evse-1", since=NOON, until=until, step_s=60) == ()


async def test_the_draw_of_an_evse_is_in_its_readings_and_not_once_more_here(db: ClickHouse) -> None:
    await feed(db, a_load(at=NOON))

    rows = await db.rows("SELECT DISTINCT node FROM site_node_loads ORDER BY node")
    assert list(rows) == [("garage",), ("grid",)]


async def test_an_alert_is_as_it_is_now(db: ClickHouse) -> None:
    over = an_alert(over=True, id="2", at=NOON + timedelta(minutes=1))
    other = an_alert(what="disobeys", subject="evse-1", at=NOON)
    await feed(db, over, an_alert(at=NOON), other, an_alert("rome"))

    assert (await site_alerts(db, AlertFilter(site="berlin"))).items == (alert_of(over), alert_of(other))
    assert (await site_alerts(db, AlertFilter(site="berlin", over=False))).items == (alert_of(other),)
    assert await site_alert(db, over.alert) == alert_of(over)


async def test_the_newest_need_of_each_evse_stands(db: ClickHouse) -> None:
    def need(evse: int, second: int, energy: str) -> NeedStated:
        at = NOON + timedelta(seconds=second)
        return NeedStated(
            id=f"{evse}-{second}", site="berlin", station="S", evse=evse, energy_wh=Decimal(energy), at=at
        )

    await feed(db, need(2, 0, "5"), need(1, 1, "7"), need(1, 0, "6"))

    assert [(row.evse, row.energy_wh) for row in await site_needs(db, "berlin")] == [(1, Decimal(7)), (2, Decimal(5))]
    assert await site_needs(db, "rome") == ()


async def test_meters_have_their_newest_reading_of_late(db: ClickHouse) -> None:
    def reading(meter: str, second: int, **members: Any) -> SiteMeterReported:
        at = NOON + timedelta(seconds=second)
        return SiteMeterReported(
            id=f"{meter}-{second}", site="berlin", meter=meter, measured_at=at, received_at=at, **members
        )

    await feed(
        db,
        reading("building", 5, watts=Decimal(900)),
        reading("building", 0, amps={"L1": Decimal(3)}),
        reading("sun", -7200, watts=Decimal(-1)),
    )

    (row,) = await site_meters(db, "berlin", since=NOON - timedelta(hours=1))
    assert (row.meter, row.l1_a, row.watts, row.measured_at) == (
        "building",
        None,
        Decimal(900),
        NOON + timedelta(seconds=5),
    )


async def test_a_scope_has_the_rows_of_its_own_sites(db: ClickHouse) -> None:
    await feed(db, a_load("berlin", tenant="acme", at=NOON), a_load("rome", tenant="umbrella", at=NOON))
    until = NOON + timedelta(minutes=5)

    for scope, seen in (
        (Scope(tenants=("acme",)), True),
        (Scope(sites=("berlin",)), True),
        (Scope(tenants=("umbrella",)), False),
        (Scope(tenants=("acme",), sites=("rome",)), False),
        (Scope(sites=("berlin",), labels={"a": "b"}), False),
    ):
        own: Any = Scoped(db, scope)
        points = await node_history(own, "berlin", "garage", since=NOON, until=until, step_s=60)
        changes = await node_history(own, "berlin", "garage", since=NOON, until=until, step_s=1)
        assert (await site_load(own, "berlin") is not None, points != (), changes != ()) == (seen, seen, seen), scope

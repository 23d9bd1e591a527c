"""ClickHouse gives a scope the rows of its own stations, whatever asks, and never those of a table nobody thought of."""

import datetime as dt
from decimal import Decimal

import pytest
from msgspec.structs import replace

from schemas.audit import AuditRecorded, digest_of
from schemas.credits import TokenCreditChanged
from schemas.examples import example
from schemas.operators import Scope
from schemas.webhooks import WebhookAttempted
from services.api.history.bound import bound_reads
from services.api.history.scoping import NOTHING, PLACED, Scoped, quoted, table_conditions
from services.runtime.clickhouse import ClickHouse
from tests.services.feeding import feed
from tests.services.fleet import NOON, command_requested, station_changed

OSLO = Scope(sites=("oslo",))
NASTY = "it's a \\ 'st\\'ation', {'x': '1'}"


def test_a_table_that_is_of_no_station_gives_nothing() -> None:
    assert table_conditions(OSLO)["dead_letters"] == NOTHING


async def test_lists_single_rows_and_counts_are_of_own_stations(db: ClickHouse) -> None:
    await feed(
        db,
        station_changed("IN", site="oslo"),
        station_changed("OUT", site="rome"),
        station_changed("GONE", site="oslo", removed=True, connected=False),
        command_requested("c-in", NOON, "IN"),
        command_requested("c-out", NOON, "OUT"),
    )
    reads = bound_reads(Scoped(db, OSLO))

    assert [row.station for row in (await reads.stations()).items] == ["IN"]
    assert [row.command_id for row in (await reads.commands()).items] == ["c-in"]
    assert await reads.command("c-out") is None
    assert await reads.command("c-in") is not None
    assert await reads.station("OUT") is None
    assert await reads.sites() == ("oslo",)
    assert (await reads.fleet_overview(NOON)).stations_total == 1
    assert (await bound_reads(db).fleet_overview(NOON)).stations_total == 2


async def test_a_station_that_moved_belongs_to_where_it_is_now(db: ClickHouse) -> None:
    await feed(db, station_changed("A", site="oslo"))
    await feed(db, station_changed("A", site="rome", changed_at=NOON + dt.timedelta(hours=1)))
    await feed(db, command_requested("c", NOON, "A"))

    assert (await bound_reads(Scoped(db, OSLO)).stations()).items == ()
    assert await bound_reads(Scoped(db, OSLO)).command("c") is None
    assert await bound_reads(Scoped(db, Scope(sites=("rome",)))).command("c") is not None


@pytest.mark.parametrize(
    ("scope", "seen"),
    [
        (Scope(tenants=("acme",)), {"A", "B"}),
        (Scope(tenants=("default",)), {"C"}),
        (Scope(tenants=("acme", "default"), sites=(NASTY,)), {"B", "C"}),
        (Scope(labels={NASTY: ""}), {"B"}),
        (Scope(labels={"row": "A"}), {"A"}),
        (Scope(tenants=("x') OR 1=1 --",)), set()),
    ],
)
async def test_every_member_of_a_scope_is_a_condition(db: ClickHouse, scope: Scope, seen: set[str]) -> None:
    await feed(
        db,
        station_changed("A", tenant="acme", site="oslo", labels={"row": "A"}),
        station_changed("B", tenant="acme", site=NASTY, labels={NASTY: ""}),
        station_changed("C", site=NASTY),
    )

    assert {row.station for row in (await bound_reads(Scoped(db, scope)).stations()).items} == seen


def test_the_table_of_stations_decides_by_itself() -> None:
    conditions = table_conditions(OSLO)

    assert "SELECT" not in conditions[PLACED]
    assert conditions["sessions"].startswith("station IN (SELECT station")
    assert quoted("a'b\\") == "'a\\'b\\\\'"


async def test_rows_that_hang_on_no_station_are_those_of_own_tenants(db: ClickHouse) -> None:
    for number, tenant in enumerate(("acme", "umbrella", "")):
        credit = TokenCreditChanged(
            id=f"c{number}", token="T", revision=number, currency="EUR", balance=Decimal(1), cause="top-up", changed_at=NOON,
            tenant=tenant,
        )  # fmt: skip
        attempt = replace(example(WebhookAttempted), delivery=f"d{number}", attempted_at=NOON, tenant=tenant)
        entry = AuditRecorded(
            id=f"a{number}",
            writer="w",
            sequence=number,
            previous="",
            at=NOON,
            actor="x",
            actor_kind="user",
            tenant=tenant,
        )
        await feed(db, credit, attempt, replace(entry, digest=digest_of(entry)))
    own, everything = bound_reads(Scoped(db, Scope(tenants=("acme",)))), bound_reads(db)
    some = bound_reads(Scoped(db, Scope(tenants=("acme",), sites=("oslo",))))

    assert [row.tenant for row in (await own.credit_changes()).items] == ["acme"]
    assert [row.delivery for row in (await own.webhook_deliveries()).items] == ["d0"]
    assert [row.id for row in (await own.audit_entries()).items] == ["a0"]
    assert len((await everything.audit_entries()).items) == 3
    for page in (await some.credit_changes(), await some.webhook_deliveries(), await some.audit_entries()):
        assert page.items == ()

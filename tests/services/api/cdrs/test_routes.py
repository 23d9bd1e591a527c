"""Charge detail records over HTTP: lists, exports, bills."""

import csv
import datetime as dt
import io
import json
from decimal import Decimal

import msgspec
import pytest
from httpx import AsyncClient

from schemas.billing import CdrIssued, ChargingPeriod, ChargingStateMark, CostLine, Costs
from schemas.quantities import ENERGY_IMPORT
from schemas.stationcosts import StationAmount, StationCost
from schemas.tariffs import (
    Price,
    PriceComponent,
    Restrictions,
    Tariff,
    TariffAssigned,
    TariffElement,
    TariffProvisioned,
)
from schemas.transactions import ChargingStateRecorded
from services.api.cdrs.rows import Cdr, CdrFilter
from services.api.fakes import World
from services.api.history.bound import bound_reads
from services.api.sessions.rows import MeterReading
from services.api.sessions.views import session_of
from services.runtime.clickhouse import ClickHouse
from tests.services.api.builders import NOON, STATION, a_session
from tests.services.feeding import feed

HOUR = dt.timedelta(hours=1)


def price(amount: str) -> Price:
    return Price(excl_vat=Decimal(amount), incl_vat=Decimal(amount) * 2)


def an_issue(**override: object) -> CdrIssued:
    line = CostLine(
        dimension="ENERGY", element=0, price=Decimal("0.50"), volume=Decimal(10), billed=Decimal(10), cost=price("5.00")
    )
    given: dict[str, object] = {
        "id": "cdr-1",
        "session": "s1",
        "station": STATION,
        "version": 1,
        "site": "berlin-1",
        "started_at": NOON,
        "ended_at": NOON + HOUR,
        "time_zone": "Europe/Berlin",
        "energy_wh": Decimal(10000),
        "charging_s": Decimal(3600),
        "tariff": "day",
        "tariff_version": 3,
        "currency": "EUR",
        "costs": Costs(
            total=price("5.00"),
            flat=price("0"),
            energy=price("5.00"),
            time=price("0"),
            parking=price("0"),
            adjustment=price("0"),
        ),
        "periods": (
            ChargingPeriod(
                started_at=NOON, ended_at=NOON + HOUR, use="charging", energy_wh=Decimal(10000), lines=(line,)
            ),
        ),
        "issued_at": NOON + HOUR,
    }
    return CdrIssued(**{**given, **override})  # type: ignore[arg-type]


def a_cdr(**override: object) -> Cdr:
    record = an_issue(**override)
    members = {name: getattr(record, name) for name in Cdr.__struct_fields__ if hasattr(record, name)}
    total = record.costs.total if record.costs else None
    return Cdr(
        **members
        | {
            "token": record.token.value if record.token else None,
            "total_excl_vat": total.excl_vat if total else None,
            "total_incl_vat": total.incl_vat if total else None,
        }
    )


def unrated(**override: object) -> Cdr:
    return a_cdr(costs=None, periods=(), unrated="no-tariff", tariff="", tariff_version=None, currency="", **override)


def hold(world: World, *cdrs: Cdr) -> None:
    world.reads.cdr_rows |= {cdr.id: cdr for cdr in cdrs}


# -- lists ------------------------------------------------------------------------------------------------------------


async def test_a_record_is_told_exactly(client: AsyncClient, world: World) -> None:
    hold(world, a_cdr())

    cdr = (await client.get("/api/v1/cdrs/cdr-1")).json()

    assert (cdr["total_excl_vat"], cdr["total_incl_vat"], cdr["currency"]) == ("5.00", "10.00", "EUR")
    assert cdr["periods"][0]["lines"][0]["cost"] == {"excl_vat": "5.00", "incl_vat": "10.00"}


async def test_costs_of_an_unrated_session_are_absent_not_zero(client: AsyncClient, world: World) -> None:
    hold(world, unrated())

    cdr = (await client.get("/api/v1/cdrs/cdr-1")).json()

    assert (cdr["unrated"], cdr["costs"], cdr["total_excl_vat"]) == ("no-tariff", None, None)


async def test_a_record_that_is_not_there_is_not_found(client: AsyncClient) -> None:
    assert (await client.get("/api/v1/cdrs/none")).status_code == 404


async def test_records_are_filtered(client: AsyncClient, world: World) -> None:
    query = "station=S&session=s1&site=b&token=t&tariff=d&currency=EUR&unrated=true&credit=false&current=true"

    answer = await client.get(f"/api/v1/cdrs?{query}&from=2026-06-01T14:00:00%2B02:00&to=2026-06-01T13:00:00Z&limit=5")

    assert answer.status_code == 200
    wanted = CdrFilter(
        station="S",
        session="s1",
        site="b",
        token="t",
        tariff="d",
        currency="EUR",
        unrated=True,
        credit=False,
        current=True,
        since=NOON,
        until=NOON + HOUR,
    )
    assert world.reads.asked["cdrs"] == (wanted, None, 5)


@pytest.mark.parametrize(
    ("query", "field"), [("from=soon", "from"), ("unrated=1.5", "unrated"), ("cursor=x", "cursor")]
)
async def test_a_bad_parameter_is_named(client: AsyncClient, query: str, field: str) -> None:
    answer = await client.get(f"/api/v1/cdrs?{query}")

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == field


# -- exports ----------------------------------------------------------------------------------------------------------


async def test_an_export_has_every_record_of_every_page(client: AsyncClient, world: World) -> None:
    hold(world, *(a_cdr(id=f"cdr-{n}") for n in range(1201)))

    answer = await client.get("/api/v1/cdrs/export?format=jsonl")

    lines = [json.loads(line) for line in answer.text.splitlines()]
    assert [line["id"] for line in lines] == [f"cdr-{n}" for n in range(1201)]
    assert lines[0]["periods"][0]["use"] == "charging"
    assert answer.headers["content-type"].startswith("application/x-ndjson")


async def test_csv_has_a_header_and_the_parts_of_the_total(client: AsyncClient, world: World) -> None:
    hold(world, a_cdr(), unrated(id="cdr-2"))

    answer = await client.get("/api/v1/cdrs/export")

    rated, free = csv.DictReader(io.StringIO(answer.text))
    assert (rated["id"], rated["total_excl_vat"], rated["energy_incl_vat"]) == ("cdr-1", "5.00", "10.00")
    assert (rated["started_at"], rated["credit"]) == ("2026-06-01T12:00:00+00:00", "false")
    assert (free["unrated"], free["total_excl_vat"], free["energy_excl_vat"]) == ("no-tariff", "", "")
    assert answer.headers["content-disposition"] == 'attachment; filename="cdrs.csv"'


async def test_a_csv_never_gives_a_spreadsheet_a_formula(client: AsyncClient, world: World) -> None:
    hold(world, msgspec.structs.replace(a_cdr(), token="=cmd()"))

    (row,) = csv.DictReader(io.StringIO((await client.get("/api/v1/cdrs/export")).text))

    assert row["token"] == "'=cmd()"


async def test_an_export_of_nothing_has_its_header(client: AsyncClient) -> None:
    assert (await client.get("/api/v1/cdrs/export")).text.startswith("id,session,station,version,")


async def test_an_export_that_cannot_begin_says_so(client: AsyncClient, world: World) -> None:
    world.reads.away = True

    assert (await client.get("/api/v1/cdrs/export")).status_code == 503


# -- bills ------------------------------------------------------------------------------------------------------------


def reading(minutes: float, wh: int) -> MeterReading:
    at = NOON + dt.timedelta(minutes=minutes)
    return MeterReading(
        id="m",
        at=at,
        measurand=ENERGY_IMPORT,
        phase="",
        context="Sample.Periodic",
        location="Outlet",
        value=Decimal(wh),
        unit="Wh",
        received_at=at,
    )


def running(world: World) -> None:
    energy = {"meter_start_wh": Decimal(0), "meter_stop_wh": Decimal(6000), "energy_wh": Decimal(6000)}
    row = a_session(last_meter_at=NOON + dt.timedelta(minutes=30), **energy)
    world.reads.session_rows["s1"] = session_of(row)
    world.reads.reading_rows = (reading(0, 0), reading(10, 5000), reading(30, 6000))


def a_tariff(world: World, *more: PriceComponent) -> None:
    """0.50 a kWh in the first ten minutes, 1.00 from then on, and more."""
    first = PriceComponent(type="ENERGY", price=Decimal("0.50"))
    later = PriceComponent(type="ENERGY", price=Decimal("1.00"))

    tariff = Tariff(
        tariff="day",
        version=1,
        currency="EUR",
        elements=(
            TariffElement(price_components=(first,), restrictions=Restrictions(max_duration=600)),
            TariffElement(price_components=(later, *more)),
        ),
        provisioned_at=NOON,
    )
    world.bus.hold(TariffProvisioned(tariff="day", current=tariff))
    world.bus.hold(TariffAssigned(target="default", scope="default", tariffs=("day",), assigned_at=NOON))


async def test_a_running_session_s_cost_follows_its_readings(client: AsyncClient, world: World) -> None:
    running(world)
    a_tariff(world)

    bill = (await client.get("/api/v1/sessions/s1/bill")).json()

    assert bill["cdr"] is None
    assert bill["running"]["costs"]["total"]["excl_vat"] == "3.50"  # 5 kWh at 0.50, 1 kWh at 1.00
    assert bill["running"]["until"] == "2026-06-01T12:30:00Z"
    assert bill["running"]["tariff"] == "day"


async def test_a_running_session_s_cost_follows_what_its_station_says_of_charging(
    client: AsyncClient, world: World
) -> None:
    """Half an hour: ten minutes of charging at 6.00 an hour, then SuspendedEVSE, which costs nothing."""
    running(world)
    a_tariff(world, PriceComponent(type="TIME", price=Decimal("6.00")))
    words = (("Charging", 0), ("SuspendedEVSE", 10))
    world.reads.state_rows = tuple(ChargingStateMark(NOON + dt.timedelta(minutes=at), word) for word, at in words)

    bill = (await client.get("/api/v1/sessions/s1/bill")).json()

    assert bill["running"]["costs"]["time"]["excl_vat"] == "1.0000"


async def test_a_running_session_without_tariff_says_so(client: AsyncClient, world: World) -> None:
    running(world)

    bill = (await client.get("/api/v1/sessions/s1/bill")).json()

    assert (bill["running"]["unrated"], bill["running"]["costs"]) == ("no-tariff", None)


async def test_a_session_that_is_over_has_its_record(client: AsyncClient, world: World) -> None:
    world.reads.session_rows["s1"] = session_of(a_session(status="ended", ended_at=NOON + HOUR))
    hold(world, a_cdr())

    bill = (await client.get("/api/v1/sessions/s1/bill")).json()

    assert (bill["cdr"]["id"], bill["running"]) == ("cdr-1", None)


async def test_a_session_is_worked_out_anew_by_the_times_of_its_bill(client: AsyncClient, world: World) -> None:
    """Its stop was two days ahead; it was billed until that arrived, an hour after the start."""
    energy = {"meter_start_wh": Decimal(0), "meter_stop_wh": Decimal(10_000), "energy_wh": Decimal(10_000)}
    row = a_session(status="ended", ended_at=NOON + 48 * HOUR, **energy)
    world.reads.session_rows["s1"] = session_of(row)
    hold(world, a_cdr())
    by_hour = {"currency": "EUR", "elements": [{"price_components": [{"type": "TIME", "price": "3.00"}]}]}

    rated = await client.post("/api/v1/tariffs/simulate", json={"session": "s1", "tariff": by_hour})

    assert rated.json()["costs"]["time"]["excl_vat"] == "3.0000"


async def test_a_session_that_nobody_knows_has_no_bill(client: AsyncClient) -> None:
    assert (await client.get("/api/v1/sessions/none/bill")).status_code == 404


# -- the history ------------------------------------------------------------------------------------------------------


async def keep(db: ClickHouse, *records: CdrIssued) -> None:
    await feed(db, *records)


async def test_records_come_back_from_clickhouse_as_they_were_issued(db: ClickHouse) -> None:
    record = an_issue()
    await keep(db, record, record)

    page = await bound_reads(db).cdrs()

    (cdr,) = page.items
    assert cdr.costs == record.costs
    assert cdr.periods == record.periods
    assert (cdr.total_incl_vat, cdr.issued_at, cdr.energy_wh) == (Decimal(10), NOON + HOUR, Decimal(10000))
    assert await bound_reads(db).cdr("cdr-1") == cdr
    assert await bound_reads(db).cdr("cdr-2") is None


async def test_what_a_record_says_of_its_end_comes_back(db: ClickHouse) -> None:
    await keep(db, an_issue(estimated=True, stopped_reason="ImmediateReset", stopped_detail="HardReset"))

    (cdr,) = (await bound_reads(db).cdrs()).items

    assert (cdr.estimated, cdr.stopped_reason, cdr.stopped_detail) == (True, "ImmediateReset", "HardReset")
    assert len((await bound_reads(db).cdrs(CdrFilter(estimated=True))).items) == 1
    assert (await bound_reads(db).cdrs(CdrFilter(estimated=False))).items == ()


async def test_what_a_station_said_of_charging_comes_back_by_its_own_time(db: ClickHouse) -> None:
    said = [
        ChargingStateRecorded(
            id=f"c{at}", station=STATION, session="s1", state=state, at=NOON + at * HOUR, received_at=NOON
        )
        for at, state in ((2, "SuspendedEV"), (0, "Charging"))
    ]
    await feed(db, *said, *said)

    states = await bound_reads(db).charging_states("s1")

    assert states == (
        ChargingStateMark(NOON, "Charging"),
        ChargingStateMark(NOON + 2 * HOUR, "SuspendedEV"),
    )
    assert await bound_reads(db).charging_states("none") == ()


async def test_the_newest_version_of_a_session_is_its_bill(db: ClickHouse) -> None:
    later = {"issued_at": NOON + 2 * HOUR}
    await keep(
        db,
        an_issue(),
        an_issue(id="credit-1", credit=True, credits="cdr-1", **later),
        an_issue(id="cdr-2", version=2, replaces="cdr-1", **later),
        an_issue(id="other", session="s2"),
    )

    newest = await bound_reads(db).session_cdr("s1")
    listed = [cdr.id for cdr in (await bound_reads(db).cdrs(CdrFilter(session="s1"))).items]

    assert newest is not None
    assert newest.id == "cdr-2"
    assert listed == ["cdr-2", "credit-1", "cdr-1"]
    assert {cdr.id for cdr in (await bound_reads(db).cdrs(CdrFilter(current=True))).items} == {"cdr-2", "other"}
    assert {cdr.id for cdr in (await bound_reads(db).cdrs(CdrFilter(current=False))).items} == {"cdr-1", "credit-1"}
    assert await bound_reads(db).session_cdr("none") is None


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (CdrFilter(unrated=True), ["b"]),
        (CdrFilter(unrated=False), ["a"]),
        (CdrFilter(site="berlin-1"), ["a"]),
        (CdrFilter(since=NOON + HOUR), ["a"]),
        (CdrFilter(until=NOON + HOUR), ["b"]),
        (CdrFilter(tariff="day", currency="EUR", credit=False), ["a"]),
    ],
)
async def test_filters_leave_what_they_say(db: ClickHouse, wanted: CdrFilter, found: list[str]) -> None:
    bare = {"costs": None, "tariff": "", "currency": "", "unrated": "no-tariff", "site": "", "issued_at": NOON}
    await keep(db, an_issue(id="a"), an_issue(id="b", session="s2", **bare))

    assert [cdr.id for cdr in (await bound_reads(db).cdrs(wanted)).items] == found


async def test_pages_of_records_leave_none_out(db: ClickHouse) -> None:
    await keep(db, *(an_issue(id=f"{n}", session=f"s{n}", issued_at=NOON + (n // 2) * HOUR) for n in range(5)))

    ids, cursor = [], None
    while True:
        page = await bound_reads(db).cdrs(cursor=cursor, limit=2)
        ids += [cdr.id for cdr in page.items]
        cursor = page.next_cursor
        if cursor is None:
            break

    assert ids == ["4", "3", "2", "1", "0"]


@pytest.mark.usecase("I12")
async def test_what_the_station_computed_comes_back_beside_the_bill(db: ClickHouse) -> None:
    cost = StationCost(currency="EUR", total=StationAmount(excl_tax=Decimal("4.20"), incl_tax=Decimal("5.00")))
    await keep(db, an_issue(station_tariff="t-1", station_cost=cost, anomalies=("cost-differs",)))

    (cdr,) = (await bound_reads(db).cdrs()).items

    assert (cdr.station_tariff, cdr.station_cost, cdr.anomalies) == ("t-1", cost, ("cost-differs",))


@pytest.mark.usecase("I12")
async def test_a_difference_is_shown_with_the_bill(browser: AsyncClient, world: World) -> None:
    cost = StationCost(currency="EUR", total=StationAmount(incl_tax=Decimal("7.77")))
    world.reads.session_rows["s1"] = session_of(a_session(status="ended", ended_at=NOON))
    hold(world, a_cdr(station_tariff="t-1", station_cost=cost, anomalies=("cost-differs",)))

    page = (await browser.get("/sessions/s1")).text

    assert "7.77" in page
    assert "this bill counts" in page

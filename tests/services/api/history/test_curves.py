"""Figures and curves: power now and over time, energy by hour and day, one session's curves."""

import datetime as dt
from decimal import Decimal

import pytest

from schemas.base import Record
from schemas.stations import ConnectorState
from services.api.history.bound import bound_reads
from services.api.history.curves import Point
from services.api.overview.reads import chosen_step_s
from services.runtime.clickhouse import ClickHouse
from tests.services.feeding import feed
from tests.services.fleet import (
    MIDNIGHT,
    NOON,
    charge,
    minutes,
    readings,
    session_changed,
    station_changed,
)


def hours(count: float) -> dt.timedelta:
    return dt.timedelta(hours=count)


def connector(evse: int, status: str) -> ConnectorState:
    return ConnectorState(evse=evse, connector=1, status=status, at=NOON)  # type: ignore[arg-type]


async def test_an_empty_fleet_has_an_overview(db: ClickHouse) -> None:
    overview = await bound_reads(db).fleet_overview(NOON)

    assert (overview.stations_total, overview.sessions_active, overview.faults) == (0, 0, 0)
    assert (overview.power_w, overview.energy_today_wh, overview.connected_by_version) == (0, 0, {})


async def test_the_overview_counts_stations_by_version_and_connectors_by_status(db: ClickHouse) -> None:
    await feed(
        db,
        station_changed("A", connectors=(connector(0, "Faulted"), connector(1, "Occupied"), connector(2, "Faulted"))),
        station_changed("B", version="1.6"),
        station_changed("C", connected=False, status="Faulted"),
        station_changed("D", connected=False, removed=True),
    )

    overview = await bound_reads(db).fleet_overview(NOON)

    assert (overview.stations_total, overview.stations_connected) == (3, 2)
    assert overview.connected_by_version == {"1.6": 1, "2.0.1": 1}
    assert overview.connectors_by_status == {"Available": 1, "Faulted": 1, "Occupied": 1}
    assert overview.faults == 2


async def test_power_now_leaves_out_sessions_that_fell_silent(db: ClickHouse) -> None:
    await feed(
        db,
        session_changed("s-1", power_w=Decimal(7000)),
        session_changed("s-2", power_w=Decimal(11000), changed_at=NOON - minutes(10)),
        session_changed("s-3", power_w=Decimal(50000), changed_at=NOON - hours(2)),
        session_changed("s-4", power_w=Decimal(3000), status="ended"),
        session_changed("s-5", power_w=None),
    )

    overview = await bound_reads(db).fleet_overview(NOON)

    assert (overview.sessions_active, overview.power_w) == (4, Decimal(18000))


async def test_sessions_today_are_those_started_today(db: ClickHouse) -> None:
    await feed(
        db,
        session_changed("s-1", started_at=MIDNIGHT),
        session_changed("s-2", started_at=MIDNIGHT - minutes(1)),
        session_changed("s-3", started_at=MIDNIGHT + hours(24)),
    )

    assert (await bound_reads(db).fleet_overview(NOON)).sessions_today == 1


async def test_energy_today_is_clipped_at_midnight(db: ClickHouse) -> None:
    await feed(
        db,
        *charge("s-1", MIDNIGHT - minutes(30), minutes_long=60, power_w=6000),
        *charge("s-2", NOON - minutes(60), minutes_long=30, power_w=6000),
        *charge("s-3", MIDNIGHT - hours(5), minutes_long=60, power_w=6000),
    )

    assert (await bound_reads(db).fleet_overview(NOON)).energy_today_wh == Decimal(6000)


async def test_energy_flows_evenly_where_only_start_and_stop_are_known(db: ClickHouse) -> None:
    await feed(
        db,
        session_changed(
            "s-1",
            status="ended",
            started_at=MIDNIGHT - hours(1),
            ended_at=MIDNIGHT + hours(3),
            meter_stop_wh=Decimal(9000),
            energy_wh=Decimal(8000),
        ),
    )

    energy = await bound_reads(db).energy_by_hour(MIDNIGHT - hours(2), until=MIDNIGHT + hours(4))

    assert [int(hour.energy_wh) for hour in energy] == [0, 2000, 2000, 2000, 2000, 0]
    assert (await bound_reads(db).fleet_overview(NOON)).energy_today_wh == Decimal(6000)


async def test_energy_by_hour_adds_up_to_what_the_sessions_charged(db: ClickHouse) -> None:
    # the register turned back once; what counts is the energy that the session tells
    await feed(
        db,
        readings("s-1", NOON, energy_wh=1000),
        readings("s-1", NOON + minutes(20), energy_wh=3000),
        readings("s-1", NOON + minutes(50), energy_wh=500),
        readings("s-1", NOON + minutes(80), energy_wh=2500),
        session_changed("s-1", started_at=NOON, energy_wh=Decimal(4000), last_meter_at=NOON + minutes(80)),
    )

    energy = await bound_reads(db).energy_by_hour(NOON, until=NOON + hours(2))

    assert sum(hour.energy_wh for hour in energy) == Decimal(4000)
    assert [hour.hour for hour in energy] == [NOON, NOON + hours(1)]
    assert energy[0].energy_wh > energy[1].energy_wh > 0


async def test_energy_by_hour_of_one_station_or_site(db: ClickHouse) -> None:
    await feed(
        db,
        station_changed("DE-1", site="berlin"),
        station_changed("FR-1", site="paris"),
        *charge("s-1", NOON, minutes_long=30, power_w=6000),
        *charge("s-2", NOON, minutes_long=30, power_w=1000, station="FR-1"),
    )
    until = NOON + hours(1)

    (of_station,) = await bound_reads(db).energy_by_hour(NOON, until=until, station="DE-1")
    (of_site,) = await bound_reads(db).energy_by_hour(NOON, until=until, site="paris")
    (of_all,) = await bound_reads(db).energy_by_hour(NOON, until=until)

    assert [of_station.energy_wh, of_site.energy_wh, of_all.energy_wh] == [3000, 500, 3500]


async def test_a_session_without_energy_adds_none(db: ClickHouse) -> None:
    await feed(db, session_changed("s-1", energy_wh=None, meter_start_wh=None))

    assert (await bound_reads(db).fleet_overview(NOON)).energy_today_wh == 0


async def test_fleet_power_adds_sessions_and_ends_with_them(db: ClickHouse) -> None:
    await feed(
        db,
        *charge("s-1", NOON, minutes_long=3, power_w=6000),
        *charge("s-2", NOON + minutes(1), minutes_long=5, power_w=1000, station="DE-2"),
    )

    power = await bound_reads(db).fleet_power(NOON - minutes(1), until=NOON + minutes(8))

    assert [point.value for point in power] == [0, 6000, 7000, 7000, 7000, 1000, 1000, 1000, 0, 0]
    assert power[0].at == NOON - minutes(1)


async def test_fleet_power_holds_nothing_of_a_session_whose_station_went_away(db: ClickHouse) -> None:
    away = session_changed("s-1", power_w=None, last_meter_at=NOON, changed_at=NOON + minutes(2))
    await feed(db, readings("s-1", NOON, power_w=7000), session_changed("s-1"), away)

    for step_s, until in ((60, NOON + minutes(5)), (900, NOON + minutes(15))):
        power = await bound_reads(db).fleet_power(NOON, until=until, step_s=step_s)
        assert power[-1].value == 0


async def test_fleet_power_holds_readings_between_rare_reports(db: ClickHouse) -> None:
    await feed(db, readings("s-1", NOON, power_w=5000), readings("s-1", NOON + minutes(15), power_w=4000))

    power = await bound_reads(db).fleet_power(NOON, until=NOON + minutes(40), step_s=300)

    assert [point.value for point in power] == [5000, 5000, 5000, 4000, 4000, 4000, 4000, 0, 0]


async def test_fleet_power_over_days_comes_from_quarters(db: ClickHouse) -> None:
    await feed(db, *charge("s-1", NOON - minutes(5), minutes_long=70, power_w=6000))

    power = await bound_reads(db).fleet_power(NOON - minutes(30), until=NOON + minutes(90), step_s=1800)

    assert [point.value for point in power] == [0, 6000, 6000, 6000, 0]


async def test_a_long_span_gets_longer_steps(db: ClickHouse) -> None:
    power = await bound_reads(db).fleet_power(NOON - hours(24 * 365), until=NOON, step_s=60)

    assert 1000 < len(power) <= 2001


async def test_readings_outside_sessions_and_of_single_phases_are_no_fleet_power(db: ClickHouse) -> None:
    await feed(db, readings("", NOON, power_w=5000))

    assert {point.value for point in await bound_reads(db).fleet_power(NOON, until=NOON + minutes(5))} == {0}


async def test_station_power_is_that_of_the_station(db: ClickHouse) -> None:
    await feed(
        db,
        *charge("s-1", NOON, minutes_long=10, power_w=6000),
        *charge("s-2", NOON, minutes_long=10, power_w=1000, station="DE-2"),
    )

    power = await bound_reads(db).station_power("DE-1", NOON, until=NOON + minutes(20), points=100)

    assert len(power) <= 101
    assert {point.value for point in power if point.at <= NOON + minutes(10)} == {6000}
    assert {point.value for point in power if point.at > NOON + minutes(10.5)} == {0}


async def test_session_series_start_at_zero_energy(db: ClickHouse) -> None:
    await feed(db, *charge("s-1", NOON, minutes_long=3, power_w=6000))

    series = await bound_reads(db).session_series("s-1")

    assert series.energy_wh == tuple(Point(NOON + minutes(n), 100.0 * n) for n in range(4))
    assert series.power_w[0] == Point(NOON, 6000.0)
    assert [point.value for point in series.soc_percent] == [20, 20.5, 21, 21.5]


async def test_session_series_are_thinned_out(db: ClickHouse) -> None:
    await feed(db, *charge("s-1", NOON, minutes_long=300, power_w=6000))

    series = await bound_reads(db).session_series("s-1", points=50)

    assert 40 < len(series.energy_wh) <= 50
    assert series.energy_wh[-1].value == 30_000


async def test_a_session_without_readings_has_empty_series(db: ClickHouse) -> None:
    await feed(db, session_changed("s-1"))

    assert (await bound_reads(db).session_series("s-1")).energy_wh == ()


@pytest.mark.parametrize(
    ("hours_long", "step_s"),
    [(1, 60), (6, 60), (7, 900), (24, 900), (96, 900), (168, 1800), (720, 7200), (24 * 365, 86400), (24 * 3650, 86400)],
)
def test_a_chart_whose_caller_asks_for_no_step_has_few_points(hours_long: int, step_s: int) -> None:
    assert chosen_step_s(hours_long * 3600) == step_s


async def test_a_day_of_fleet_power_comes_in_quarters_unless_asked_otherwise(db: ClickHouse) -> None:
    await feed(db, *charge("s-1", NOON - hours(2), minutes_long=60, power_w=6000))

    chosen = await bound_reads(db).fleet_power(NOON - hours(24), until=NOON)
    asked = await bound_reads(db).fleet_power(NOON - hours(24), until=NOON, step_s=60)

    assert (len(chosen), len(asked)) == (97, 1441)
    at = NOON - hours(1.5)
    assert [point.value for curve in (chosen, asked) for point in curve if point.at == at] == [6000, 6000]


def gives_back(session: str, start: dt.datetime) -> list[Record]:
    """An hour that gives back 2 kWh evenly, of a register that begins at 500 Wh."""
    samples = [
        readings(session, start + minutes(n), exported_wh=500 + n * 2000 / 60, export_power_w=2000)
        for n in range(0, 61, 5)
    ]
    over = session_changed(
        session,
        status="ended",
        started_at=start,
        ended_at=start + minutes(60),
        energy_wh=Decimal(0),
        export_start_wh=Decimal(500),
        export_stop_wh=Decimal(2500),
        exported_wh=Decimal(2000),
        operation_mode="CentralSetpoint",
        changed_at=start + minutes(61),
    )
    return [*samples, over]


async def test_what_is_given_back_has_hours_and_curves_of_its_own(db: ClickHouse) -> None:
    await feed(db, *gives_back("s-1", NOON - minutes(30)), *gives_back("s-1", NOON - minutes(30)))

    reads = bound_reads(db)
    hours_ = await reads.energy_by_hour(NOON - hours(1), until=NOON + hours(1))
    series = await reads.session_series("s-1")
    session = await reads.session("s-1")

    assert [(each.energy_wh, each.exported_wh) for each in hours_] == [(0, 1000), (0, 1000)]
    assert (await reads.fleet_overview(NOON)).exported_today_wh == 2000
    assert (series.exported_wh[0].value, series.exported_wh[-1].value) == (0, 2000)
    assert {point.value for point in series.export_power_w} == {2000}
    assert session is not None
    assert (session.export_start_wh, session.export_stop_wh, session.exported_wh) == (500, 2500, 2000)
    assert session.operation_mode == "CentralSetpoint"

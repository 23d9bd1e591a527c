"""After the embedded bus stopped: what was open is settled, and yields to newer facts."""

from schemas.anomalies import Anomaly
from services.api.history.bound import bound_reads
from services.metering.presumedends import presume_ends
from services.runtime.clickhouse import ClickHouse
from tests.services.feeding import feed
from tests.services.fleet import NOON, charge, minutes, session_changed, station_changed


async def test_active_sessions_are_presumed_ended_at_their_last_reading(db: ClickHouse) -> None:
    await feed(db, session_changed("s-1", anomalies=(str(Anomaly.START_MISSING),), last_meter_at=NOON - minutes(1)))

    await presume_ends(db)

    session = await bound_reads(db).session("s-1")
    assert session is not None
    assert (session.status, session.ended_at) == ("presumed-ended", NOON - minutes(1))
    assert session.anomalies == ("start-missing", "bus-forgotten")
    assert session.energy_wh == 3500


async def test_sessions_that_are_over_stay_as_they_are(db: ClickHouse) -> None:
    await feed(db, *charge("s-1", NOON, minutes_long=1, power_w=6000))
    before = await bound_reads(db).session("s-1")

    await presume_ends(db)

    assert await bound_reads(db).session("s-1") == before


async def test_connected_stations_are_disconnected_when_last_seen(db: ClickHouse) -> None:
    await feed(db, station_changed(seen_at=NOON - minutes(3)), station_changed("DE-2", connected=False))
    before = await bound_reads(db).station("DE-2")

    await presume_ends(db)

    station = await bound_reads(db).station("DE-1")
    assert station is not None
    assert (station.connected, station.disconnected_at) == (False, NOON - minutes(3))
    assert await bound_reads(db).station("DE-2") == before


async def test_newer_facts_win_over_the_settlement(db: ClickHouse) -> None:
    await feed(db, session_changed("s-1"), station_changed())
    await presume_ends(db)

    await feed(db, session_changed("s-1", changed_at=NOON + minutes(1)), station_changed(changed_at=NOON + minutes(1)))

    session, station = await bound_reads(db).session("s-1"), await bound_reads(db).station("DE-1")
    assert session is not None
    assert (session.status, session.anomalies) == ("active", ())
    assert station is not None
    assert station.connected


async def test_settling_twice_settles_once(db: ClickHouse) -> None:
    await feed(db, session_changed("s-1"))

    await presume_ends(db)
    once = await bound_reads(db).session("s-1")
    await presume_ends(db)

    assert await bound_reads(db).session("s-1") == once

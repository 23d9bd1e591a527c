"""What metering costs, and how fast charts are: `python -m tests.benchmarks.metering sink|sessions|charts`. Asserts nothing.

sink: readings of meters through the real sink into chDB, rows a second of one process. sessions: CPU of a whole 1.6 session's
records, in batches as large as the consumer would gather at a given rate. charts: the API's charts over so many readings.
"""

import argparse
import asyncio
import datetime as dt
import os
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from decimal import Decimal
from functools import partial
from pathlib import Path

from schemas.authorization import AuthorizationRequested, IdToken, TokenSessionEnded, TokenSessionStarted
from schemas.base import Record, ReplyTo, derived_id
from schemas.codec import encode
from schemas.frames import FrameLogged
from schemas.quantities import CanonicalUnit, Reading
from schemas.routing import route
from schemas.transactions import MeterValuesRecorded, SessionChanged
from services.api.overview import reads as charts
from services.metering.declared import FEEDS
from services.metering.migrations import migrate, shipped
from services.runtime.clickhouse import ClickHouse, open_clickhouse
from tests.services.feeding import Aside, Heard, sink

STATIONS = 200
SAMPLES = 5
SAMPLE_S = 10
MERGED_WITHIN_S = 5
TIMES = 3
DAY = dt.datetime(2026, 6, 1, tzinfo=dt.UTC)
PERIODIC: tuple[tuple[str, str, CanonicalUnit], ...] = (
    ("Energy.Active.Import.Register", "", "Wh"),
    ("Power.Active.Import", "", "W"),
    *(("Current.Import", f"L{phase}", "A") for phase in (1, 2, 3)),
    *(("Voltage", f"L{phase}-N", "V") for phase in (1, 2, 3)),
)  # type: ignore[assignment]


# -- records ----------------------------------------------------------------------------------------------------------


def metered(
    number: int, sample: int, kinds: Sequence[tuple[str, str, CanonicalUnit]] = PERIODIC
) -> MeterValuesRecorded:
    """One sample of a session."""
    station, session = station_of(number), derived_id("session", number)
    at = begin_of(number) + dt.timedelta(seconds=sample * SAMPLE_S)
    return MeterValuesRecorded(
        id=derived_id(session, sample),
        station=station,
        session=session,
        evse=1,
        transaction_id=str(1_000_000 + number),
        readings=tuple(
            Reading(
                at=at, measurand=measurand, phase=phase, unit=unit, value=Decimal(1_000_000 + number + sample * 61) / 10
            )
            for measurand, phase, unit in kinds
        ),
        received_at=at + dt.timedelta(milliseconds=350 + number % 100),
    )


def station_of(number: int) -> str:
    """The station of a session."""
    return f"BENCH-{number % STATIONS:05d}"


def begin_of(number: int) -> dt.datetime:
    """When a session began: each station charges again and again."""
    return DAY + dt.timedelta(seconds=number // STATIONS * (SAMPLES + 2) * SAMPLE_S, milliseconds=number % STATIONS)


def frames(number: int) -> Iterator[FrameLogged]:
    """The frames of a 1.6 session: eight CALLs and their answers."""
    station, at = station_of(number), begin_of(number)
    sampled = ",".join(
        f'{{"value":"{number}.5","context":"Sample.Periodic","measurand":"{measurand}","phase":"{phase}","unit":"{unit}"}}'
        for measurand, phase, unit in PERIODIC
    )
    values = f'{{"connectorId":1,"transactionId":{number},"meterValue":[{{"timestamp":"{at.isoformat()}","sampledValue":[{sampled}]}}]}}'
    calls = ("Authorize", "StartTransaction", *["MeterValues"] * SAMPLES, "StopTransaction")
    for place, action in enumerate(calls):
        message_id = derived_id(number, place)
        payload = (
            values
            if action == "MeterValues"
            else f'{{"connectorId":1,"idTag":"04A2{number:08X}","meterStart":{number}}}'
        )
        answer = "{}" if action == "MeterValues" else '{"idTagInfo":{"status":"Accepted"}}'
        for way, text in enumerate((f'[2,"{message_id}","{action}",{payload}]', f'[3,"{message_id}",{answer}]')):
            yield FrameLogged(
                id=derived_id(station, number, place, way),
                station=station,
                version="1.6",
                epoch=1_780_000_000_000_000,
                sequence=number * 16 + place * 2 + way,
                direction="out" if way else "in",
                kind="result" if way else "call",
                message_id=message_id,
                action=action,
                text=text,
                size=len(text),
                at=at + dt.timedelta(milliseconds=place * 10 + way),
            )


def changes(number: int) -> Iterator[SessionChanged]:
    """A session's snapshots: with its start, each sample and its end."""
    at = begin_of(number)
    for revision in range(1, SAMPLES + 3):
        over = revision == SAMPLES + 2
        yield SessionChanged(
            id=derived_id("session", number, revision),
            session=derived_id("session", number),
            station=station_of(number),
            revision=revision,
            transaction_id=str(1_000_000 + number),
            evse=1,
            connector=1,
            token=IdToken(value=f"04A2{number:08X}"),
            status="ended" if over else "active",
            started_at=at,
            ended_at=at + dt.timedelta(seconds=revision * SAMPLE_S) if over else None,
            stopped_reason="Local" if over else "",
            meter_start_wh=Decimal(100_000 + number),
            meter_stop_wh=Decimal(100_500 + number) if over else None,
            energy_wh=Decimal(71 * revision),
            power_w=None if over else Decimal("11040.5"),
            last_meter_at=at + dt.timedelta(seconds=revision * SAMPLE_S),
            changed_at=at + dt.timedelta(seconds=revision * SAMPLE_S, milliseconds=300),
        )


def authorizations(number: int) -> Iterator[Record]:
    """What is asked about a session's token, and said of it."""
    station, session, token, at = (
        station_of(number),
        derived_id("session", number),
        f"04A2{number:08X}",
        begin_of(number),
    )
    told = {"station": station, "token": token}
    for session_id in ("", session):
        yield AuthorizationRequested(
            **told,
            id=derived_id("asked", number, session_id),
            id_token=IdToken(value=token),
            session=session_id,
            transaction_id="",
            reply_to=ReplyTo(gateway="gw-0", epoch=1, message_id="1"),
            received_at=at,
        )
    yield TokenSessionStarted(**told, id=derived_id("began", number), session=session, at=at)
    yield TokenSessionEnded(**told, id=derived_id("over", number), session=session, at=at)


def whole_session(number: int) -> Iterator[Record]:
    """Every record that one session leaves for metering."""
    ends = PERIODIC[:1]
    yield from (metered(number, sample, PERIODIC if 0 < sample <= SAMPLES else ends) for sample in range(SAMPLES + 2))
    yield from frames(number)
    yield from changes(number)
    yield from authorizations(number)


def heard(record: Record) -> Heard:
    """The record as the consumer gets it."""
    return Heard(route(record).topic, encode(record))


# -- measuring --------------------------------------------------------------------------------------------------------


class Spent:
    """Wall time and CPU of this process, all threads, since it was made."""

    def __init__(self) -> None:
        self._began, self._cpu = time.perf_counter(), _cpu_s()

    @property
    def wall_s(self) -> float:
        """Seconds that passed."""
        return time.perf_counter() - self._began

    @property
    def cpu_s(self) -> float:
        """Seconds of CPU that were used."""
        return _cpu_s() - self._cpu


def _cpu_s() -> float:
    used = os.times()
    return used.user + used.system


async def measure_sink(db: ClickHouse, *, rows: int, batch: int) -> None:
    """Readings through the sink, one batch behind the other; told alike batch after batch, so that making them costs nothing."""
    size = max(1, batch // len(PERIODIC))
    into, spent_s, spent_cpu_s, done = sink(db, Aside()), 0.0, 0.0, 0
    while done < rows:
        first = done // len(PERIODIC) // SAMPLES
        numbers = range(first, first + size // SAMPLES + 1)
        records = [heard(metered(number, sample)) for number in numbers for sample in range(1, SAMPLES + 1)]
        spent = Spent()
        await into.handle(records)
        spent_s, spent_cpu_s = spent_s + spent.wall_s, spent_cpu_s + spent.cpu_s
        done += len(records) * len(PERIODIC)
    print(f"sink: {done:,} readings in batches of {batch:,}: {done / spent_s:,.0f} rows a second, ", end="")
    print(f"{spent_cpu_s / done * 1e6:.1f} us CPU a row")


async def measure_sessions(db: ClickHouse, *, rate: int, seconds: int, every_s: float) -> None:
    """All records of sessions, each feed in batches as they would gather in `every_s`."""
    into = sink(db, Aside())
    by_feed: dict[str, list[list[Heard]]] = {}
    per_batch = max(1, int(rate * every_s))
    for start in range(0, rate * seconds, per_batch):
        gathered: dict[str, list[Heard]] = {}
        for number in range(start, start + per_batch):
            for record in whole_session(number):
                said = heard(record)
                gathered.setdefault(feed_of(said.topic), []).append(said)
        for name, messages in gathered.items():
            by_feed.setdefault(name, []).append(messages)
    sessions, total = per_batch * len(by_feed["metering-readings"]), Spent()
    for name, batches in by_feed.items():
        spent = Spent()
        for messages in batches:
            await into.handle(messages)
        each = f"{len(batches)} batches of {len(batches[0])} records"
        print(f"  {name}: {spent.cpu_s / sessions * 1000:.3f} ms CPU a session, {each}")
    await asyncio.sleep(MERGED_WITHIN_S)
    print(f"sessions: {sessions:,} at {rate} a second in batches of {every_s} s: ", end="")
    print(f"{total.cpu_s / sessions * 1000:.3f} ms CPU a session, merges included")


def feed_of(topic: str) -> str:
    """The feed that reads a topic."""
    return next(feed.name for feed in FEEDS if topic in {each.name for each in feed.topics})


# -- charts -----------------------------------------------------------------------------------------------------------

_READINGS_OF_A_DAY = """
INSERT INTO meter_values
WITH intDiv(number, 8 * 1440) + {station:UInt64} AS place, intDiv(number, 8) % 1440 AS minute, number % 8 AS kind,
    concat('STATION-', leftPad(toString(place), 7, '0')) AS name, hex(sipHash128(place, intDiv(minute, 60))) AS charge
SELECT name,
    ['Energy.Active.Import.Register', 'Power.Active.Import', 'Current.Import', 'Current.Import', 'Current.Import',
        'Voltage', 'Voltage', 'Voltage'][kind + 1],
    toDateTime64({day:DateTime}, 3, 'UTC') + toIntervalMinute(minute) + toIntervalSecond(place % 60) AS at,
    [1000000. + minute * 180, 10000. + place % 1000, 16, 16, 16, 230, 230, 230][kind + 1],
    ['Wh', 'W', 'A', 'A', 'A', 'V', 'V', 'V'][kind + 1], ['', '', 'L1', 'L2', 'L3', 'L1-N', 'L2-N', 'L3-N'][kind + 1],
    'Sample.Periodic', 'Outlet', 1, charge, toString(sipHash64(charge) % 1000000000), at + toIntervalMillisecond(350),
    hex(sipHash128(place, minute)), kind
FROM numbers({stations:UInt64} * 8 * 1440)
"""
_SESSIONS_OF_A_DAY = """
INSERT INTO sessions (station, session, transaction_id, evse, status, started_at, ended_at, meter_start_wh, meter_stop_wh,
    energy_wh, changed_at)
WITH intDiv(number, 24) + {station:UInt64} AS place, number % 24 AS hour
SELECT concat('STATION-', leftPad(toString(place), 7, '0')), hex(sipHash128(place, hour)), '1', 1, 'ended',
    toDateTime64({day:DateTime}, 6, 'UTC') + toIntervalHour(hour) AS at, at + toIntervalMinute(60) AS over,
    1000000 + hour * 10800, 1010800 + hour * 10800, 10800, over
FROM numbers({stations:UInt64} * 24)
"""


async def measure_charts(db: ClickHouse, *, rows: int, at_once: int) -> None:
    """The fleet's charts of a day in which every station charges, a sample of eight readings every minute."""
    stations, made = max(1, rows // (len(PERIODIC) * 1440)), Spent()
    for first in range(0, stations, at_once):
        some = {"station": first, "stations": min(at_once, stations - first), "day": int(DAY.timestamp())}
        await db.command(_READINGS_OF_A_DAY, some)
        await db.command(_SESSIONS_OF_A_DAY, some)
    ((count,),) = await db.rows("SELECT count() FROM meter_values")
    print(f"charts: {count:,} readings of {stations:,} stations, made in {made.wall_s:.0f} s")
    until = DAY + dt.timedelta(days=1)
    for hours in (1, 6, 24):
        since = until - dt.timedelta(hours=hours)
        for step_s in (None, 60, 300, 900):
            await timed(f"power of {hours} h, step {step_s or 'as chosen'}", partial(power, db, since, until, step_s))
    await timed("energy of 24 h by hour", lambda: charts.energy_by_hour(db, DAY, until=until))
    await timed("overview", lambda: charts.fleet_overview(db, until))


async def power(db: ClickHouse, since: dt.datetime, until: dt.datetime, step_s: int | None) -> object:
    """The fleet's power; where no step is told, the API's choice."""
    return await charts.fleet_power(db, since, until=until, step_s=step_s)


async def timed(name: str, read: Callable[[], Awaitable[object]]) -> None:
    """The best and the worst of a few times."""
    walls = []
    for _ in range(TIMES):
        spent = Spent()
        await read()
        walls.append(spent.wall_s)
    print(f"  {name}: {min(walls):.2f} to {max(walls):.2f} s")


# -- all of it --------------------------------------------------------------------------------------------------------


async def main(argv: Sequence[str] | None = None) -> None:
    """Measure what was asked for."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.metering", description=__doc__)
    parser.add_argument("what", choices=("sink", "sessions", "charts"))
    parser.add_argument("--rows", type=int, default=1_000_000, help="readings, for sink and charts")
    parser.add_argument("--batch", type=int, default=50_000, help="sink: readings of a batch")
    parser.add_argument("--rate", type=int, default=200, help="sessions: sessions a second")
    parser.add_argument("--seconds", type=int, default=20, help="sessions: for so long")
    parser.add_argument("--every-s", type=float, default=1.0, help="sessions: how long a batch gathers")
    parser.add_argument(
        "--folder", type=Path, help="where ClickHouse keeps its data; a temporary folder where not given"
    )
    asked = parser.parse_args(argv)
    with tempfile.TemporaryDirectory() as temporary:
        db = open_clickhouse(f"chdb://{asked.folder or temporary}/clickhouse", "voltbus", timeout_s=600)
        await migrate(db, shipped())
        match asked.what:
            case "sink":
                await measure_sink(db, rows=asked.rows, batch=asked.batch)
            case "sessions":
                await measure_sessions(db, rate=asked.rate, seconds=asked.seconds, every_s=asked.every_s)
            case "charts":
                await measure_charts(db, rows=asked.rows, at_once=STATIONS)
        await db.close()


if __name__ == "__main__":
    asyncio.run(main())

"""ClickHouse over HTTP, as it is deployed: the same answers as in process, and outages that batches wait out."""

import asyncio
import os
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import msgspec
import pytest
from clickhouse_connect.driver.exceptions import DatabaseError

from deploy.local.bus import EmbeddedBus
from schemas.transactions import SESSIONS
from services.api.history.bound import bound_reads
from services.metering.migrations import migrate, shipped
from services.nouns import ServicesSettings, build
from services.runtime.clickhouse import ClickHouse, open_clickhouse
from services.runtime.loop.worker import Worker
from services.runtime.process.outage import Outage
from tests.integration.product import free_ports
from tests.services.bus import serving
from tests.services.feeding import Aside, empty, feed, heard, sink
from tests.services.fleet import NOON, charge, command_requested, command_settled, frame, session_changed

STARTS_WITHIN_S = 60
FOUND_WITHIN_S = 60
AWAY_S = 14
"""Longer than a worker may be silent before its partitions go to others."""


class Server:
    """`python -m tests.clickhouse_server` with a folder of its own, to be killed and frozen."""

    def __init__(self, folder: Path) -> None:
        (self.port,) = free_ports(1)
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def dsn(self) -> str:
        return f"http://127.0.0.1:{self.port}/"

    def start(self) -> None:
        arguments = ("tests.clickhouse_server", "--port", str(self.port), "--folder", str(self._folder))
        self._process = subprocess.Popen([sys.executable, "-m", *arguments])
        deadline = time.monotonic() + STARTS_WITHIN_S
        while not self._answers():
            assert self._process.poll() is None, "the server has ended"
            assert time.monotonic() < deadline, "the server does not answer"
            time.sleep(0.1)

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.dsn}ping", timeout=2) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False

    def kill(self) -> None:
        if self._process is not None:
            self.signal(signal.SIGKILL)
            self._process.wait()

    def signal(self, number: signal.Signals) -> None:
        assert self._process is not None
        os.kill(self._process.pid, number)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    running = Server(tmp_path_factory.mktemp("clickhouse"))
    running.start()
    yield running
    running.kill()


@pytest.fixture(scope="module")
def migrated(server: Server) -> Iterator[ClickHouse]:
    """A database with every table: a server that comes back reads each of them again."""
    db = open_clickhouse(server.dsn, "shared", timeout_s=5)
    asyncio.run(migrate(db, shipped()))
    yield db
    asyncio.run(db.close())


@pytest.fixture
async def db(migrated: ClickHouse) -> ClickHouse:
    """A database with every table, all of them empty."""
    await empty(migrated)
    return migrated


async def test_what_was_fed_over_http_is_read_as_from_the_engine_in_process(db: ClickHouse) -> None:
    records = charge("s-1", NOON, minutes_long=5, power_w=6000)

    await feed(db, *records, frame(1, datetime.now(UTC)), command_requested("c-1"), command_settled("c-1"))
    await feed(db, *records)

    session = await bound_reads(db).session("s-1")
    assert session is not None
    assert (session.energy_wh, session.started_at, session.anomalies) == (500, NOON, ())
    series = await bound_reads(db).session_series("s-1")
    assert [point.value for point in series.energy_wh] == [0, 100, 200, 300, 400, 500]
    assert len((await bound_reads(db).frames("DE-1")).items) == 1
    command = await bound_reads(db).command("c-1")
    assert command is not None
    assert (command.outcome, command.response) == ("accepted", {"status": "Accepted"})


async def test_a_batch_of_many_blocks_arrives_whole(db: ClickHouse) -> None:
    """A client sends a megabyte or two a block, each packed for itself."""
    minutes_long = 30_000

    await feed(db, *charge("s-1", NOON, minutes_long=minutes_long, power_w=6000))

    assert await db.rows("SELECT count(), uniqExact(at) FROM meter_values") == [
        (3 * (minutes_long + 1), minutes_long + 1)
    ]


async def test_a_second_migration_changes_nothing(db: ClickHouse) -> None:
    assert await migrate(db, shipped()) == []


async def test_refusals_keep_their_codes_over_http(db: ClickHouse, server: Server) -> None:
    nobodys = open_clickhouse(server.dsn, "nobodys")

    with pytest.raises(DatabaseError, match="SYNTAX_ERROR"):
        await db.rows("SELEKT 1")
    with pytest.raises(Outage, match="UNKNOWN_DATABASE"):
        await nobodys.rows("SELECT 1")
    await nobodys.close()


async def test_parameters_are_values_over_http_too(db: ClickHouse) -> None:
    text = "x'; DROP TABLE sessions; --\\\n\tü"

    assert await db.rows("SELECT {text:String}", {"text": text}) == [(text,)]


async def test_poison_among_many_is_put_aside_over_http(db: ClickHouse) -> None:
    aside = Aside()

    await sink(db, aside).handle([heard(session_changed("s-1")), heard(session_changed("s-2", remote_start_id=2**63))])

    assert len(aside.sent) == 1
    assert await bound_reads(db).session("s-1") is not None


async def test_a_server_that_hangs_is_an_outage_in_time_and_then_it_is_not(db: ClickHouse, server: Server) -> None:
    impatient = open_clickhouse(server.dsn, db.database, timeout_s=1)
    assert await impatient.rows("SELECT 1") == [(1,)]

    server.signal(signal.SIGSTOP)
    try:
        with pytest.raises(Outage, match="timed out"):
            await impatient.rows("SELECT 2")
    finally:
        server.signal(signal.SIGCONT)

    assert await impatient.rows("SELECT 3") == [(3,)]
    await impatient.close()


async def test_a_server_that_came_back_is_used_again(db: ClickHouse, server: Server) -> None:
    await feed(db, session_changed("before"))

    server.kill()
    with pytest.raises(Outage):
        await feed(db, session_changed("after"))
    server.start()
    await feed(db, session_changed("after"))

    assert [each.session for each in (await bound_reads(db).sessions()).items] == ["before", "after"]


class Unavailable(BaseHTTPRequestHandler):
    """A proxy whose server is away."""

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.send_error(503)

    def do_GET(self) -> None:
        self.send_error(503)

    def log_message(self, format: str, *args: object) -> None:
        pass


async def test_a_proxy_without_a_server_behind_it_is_an_outage() -> None:
    proxy = HTTPServer(("127.0.0.1", 0), Unavailable)
    threading.Thread(target=proxy.serve_forever, daemon=True).start()
    db = open_clickhouse(f"http://127.0.0.1:{proxy.server_address[1]}/", "voltbus", timeout_s=2)

    with pytest.raises(Outage, match="ClickHouse"):
        await db.rows("SELECT 1")
    await db.close()
    proxy.shutdown()


# -- the worker -------------------------------------------------------------------------------------------------------


async def counted(server: Server, database: str, *, sessions: int) -> tuple[int, int]:
    """Sessions and readings, as soon as there are that many sessions and nine readings of each; after a while in any case."""
    db = open_clickhouse(server.dsn, database, timeout_s=5)
    found, until = (0, 0), time.monotonic() + FOUND_WITHIN_S
    while found != (sessions, 9 * sessions) and time.monotonic() < until:
        await asyncio.sleep(0.2)
        ((charged, read),) = await db.rows(
            "SELECT (SELECT count() FROM sessions FINAL), (SELECT count() FROM meter_values FINAL)"
        )
        found = (charged, read)
    await db.close()
    return found


@pytest.mark.embedded
@pytest.mark.parametrize("frozen", [False, True], ids=["killed", "frozen"])
async def test_batches_wait_while_the_server_is_away_and_nothing_is_lost(server: Server, frozen: bool) -> None:
    database, workers = f"away_{'frozen' if frozen else 'killed'}", []

    def build_worker(settings: ServicesSettings) -> Worker:
        to = {"clickhouse": server.dsn, "clickhouse_database": database, "clickhouse_timeout_s": 3.0}
        workers.append(build("metering", msgspec.structs.replace(settings, session_timeout_s=6.0, **to))[0])
        return workers[0]

    with EmbeddedBus() as bus:
        async with serving(build_worker, bus.bootstrap, hears=(SESSIONS,)) as said:
            await said.say(*charge("h-0", NOON, minutes_long=2, power_w=6000))
            await counted(server, database, sessions=1)
            server.signal(signal.SIGSTOP) if frozen else server.kill()
            until, told = time.monotonic() + AWAY_S, 0
            while time.monotonic() < until:
                told += 1
                await said.say(*charge(f"h-{told}", NOON, minutes_long=2, power_w=6000))
                await asyncio.sleep(0.1)
            reasons = workers[0].not_ready()
            server.signal(signal.SIGCONT) if frozen else server.start()
            found = await counted(server, database, sessions=told + 1)
            await ready_again(workers[0])

    assert any("ClickHouse" in reason for reason in reasons)
    assert any("ClickHouse" in reason for reason in reasons)
    assert found == (told + 1, (told + 1) * 9)


async def ready_again(away: Worker) -> None:
    async with asyncio.timeout(FOUND_WITHIN_S):
        while away.not_ready():
            await asyncio.sleep(0.1)

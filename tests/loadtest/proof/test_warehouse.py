"""Asking ClickHouse what became of a ledger: over HTTP, and in the folder of an embedded engine."""

import json
import subprocess
import sys
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from loadtest.cli import parse
from loadtest.options import BadOption, bench_options
from loadtest.proof.ledger import Entry, FoundReadings, reading_differences
from loadtest.proof.verify import common_beginning, write_ledger
from tests.loadtest.csms import running_csms
from tests.loadtest.running import run, started

pytestmark = pytest.mark.processes

AT = datetime(2026, 3, 1, 10, 0, tzinfo=UTC)
SAMPLES = 2


def entry(number: int, **other: object) -> Entry:
    values = {
        "station": f"LOAD-0000{number}",
        "transaction_id": str(number),
        "state": "ended",
        "started_at": AT,
        "meter_start_wh": 1_000,
        "meter_stop_wh": 1_161,
        "facts": SAMPLES + 2,
        "readings": SAMPLES,
    }
    return Entry(**(values | other))


def session_of(entry: Entry, **other: object) -> dict[str, object]:
    values = {
        "station": entry.station,
        "session": f"s-{entry.transaction_id}",
        "transaction_id": entry.transaction_id,
        "status": "ended",
        "started_at": clock(entry.started_at),
        "energy_wh": str(entry.energy_wh),
        "changed_at": clock(entry.started_at + timedelta(seconds=30)),
    }
    return values | other


def readings_of(entry: Entry) -> list[dict[str, object]]:
    return [
        {
            "station": entry.station,
            "measurand": "Energy.Active.Import.Register",
            "at": clock(entry.started_at + timedelta(seconds=10 * number)),
            "value": "1000",
            "context": "Sample.Periodic",
            "transaction_id": entry.transaction_id,
            "received_at": clock(entry.started_at),
            "id": f"{entry.transaction_id}-{number}",
            "position": 0,
        }
        for number in range(1, SAMPLES + 1)
    ]


def clock(at: datetime) -> str:
    return at.strftime("%Y-%m-%d %H:%M:%S.%f")


ENTRIES = [entry(1), entry(2)]
SESSIONS = [session_of(one) for one in ENTRIES]
READINGS = [reading for one in ENTRIES for reading in readings_of(one)]
STALE = session_of(ENTRIES[0], status="active", energy_wh="7", changed_at=clock(AT))


def command(folder, what: str) -> list[str]:
    return [sys.executable, "-m", "tests.loadtest.proof.engine", str(folder), what]


@contextmanager
def serving(folder, sessions, readings):
    """A ClickHouse server with these rows; its address."""
    server = subprocess.Popen(command(folder, "serve"), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        server.stdin.write(json.dumps([sessions, readings]))
        server.stdin.close()
        yield f"http://127.0.0.1:{int(server.stdout.readline())}"
    finally:
        server.kill()
        server.wait()


def embedded(folder, sessions, readings) -> str:
    """The folder of an engine with these rows; its address."""
    subprocess.run(command(folder, "fill"), input=json.dumps([sessions, readings]), text=True, check=True)
    return f"chdb:///{folder}"


async def verify(tmp_path, clickhouse: str) -> tuple[int | None, str]:
    ledger = tmp_path / "ledger"
    write_ledger(ENTRIES, ledger)
    code, output = await started("verify", "--ledger", str(ledger), "--clickhouse", clickhouse, "--settle", "0")
    return code, " ".join(output.split())


@pytest.mark.parametrize("way", ["http", "chdb"])
async def test_what_was_delivered_twice_is_there_once_and_the_newest_change_is_the_session(tmp_path, way):
    rows = ([STALE, *SESSIONS, *SESSIONS], READINGS + READINGS)
    if way == "chdb":
        code, output = await verify(tmp_path, embedded(tmp_path / "ch", *rows))
    else:
        with serving(tmp_path / "ch", *rows) as address:
            code, output = await verify(tmp_path, address)

    assert code == 0, output
    assert "verified by ClickHouse: 2 sessions, each once, energy to the Wh" in output


async def test_each_way_to_differ_is_told_by_clickhouse(tmp_path):
    again = [reading | {"id": "another"} for reading in readings_of(ENTRIES[0])]
    doubled = session_of(ENTRIES[0], session="s-again")
    lost = [STALE, doubled, SESSIONS[0] | {"energy_wh": "160.9"}]
    code, output = await verify(tmp_path, embedded(tmp_path / "ch", lost, READINGS[:SAMPLES] + again))

    assert code == 1
    assert "ClickHouse: duplicate LOAD-00001 1: s-" in output
    assert "ClickHouse: duplicate LOAD-00001 1: 2 meter values more than once" in output
    assert "ClickHouse: missing LOAD-00002 2" in output
    assert "ClickHouse: meter values LOAD-00002 2: expected 2, found 0" in output


async def test_a_folder_that_another_process_has_open_is_refused_with_what_to_do(tmp_path):
    with serving(tmp_path / "ch", SESSIONS, READINGS):
        code, output = await verify(tmp_path, f"chdb:///{tmp_path}/ch")

    assert code == 1
    assert "another process has this folder open" in output
    assert "Stop the services" in output


async def test_a_folder_that_is_not_there_is_not_made(tmp_path):
    code, output = await verify(tmp_path, f"chdb:///{tmp_path}/nothing")

    assert code == 1
    assert "there is no such folder" in output
    assert not (tmp_path / "nothing").exists()


async def test_a_server_that_is_away_is_told(tmp_path):
    code, output = await verify(tmp_path, "http://user:secret@127.0.0.1:9")

    assert code == 1
    assert "127.0.0.1:9" in output
    assert "secret" not in output


async def test_an_empty_ledger_verifies_nothing(tmp_path):
    (tmp_path / "ledger").write_text("")
    code, output = await started("verify", "--ledger", str(tmp_path / "ledger"), "--clickhouse", "http://127.0.0.1:9")

    assert code == 1
    assert "nothing to verify" in " ".join(output.split())


async def test_a_run_that_cannot_be_verified_still_reports_and_is_not_whole():
    async with running_csms() as csms:
        code, output = await run(
            csms, "sessions", "--seconds", "0.3", "--rate", "10", "--verify", "--clickhouse", "http://127.0.0.1:9"
        )

    assert code == 1
    assert "not verified" in output
    assert "Authorize" in output


def test_a_run_does_not_ask_a_folder_that_its_services_hold():
    with pytest.raises(BadOption, match="stop the services"):
        bench_options(parse(["sessions", "--verify", "--clickhouse", "chdb:////var/lib/voltbus"]))


def test_a_run_asks_clickhouse_alone_where_there_is_no_key():
    asked = bench_options(parse(["sessions", "--verify", "--clickhouse", "http://127.0.0.1:8123"])).asked

    assert asked is not None
    assert asked.sources == "ClickHouse"


def test_of_a_session_that_still_runs_what_is_acknowledged_must_be_there_and_more_may_be():
    running = entry(1, state="open", meter_stop_wh=None)
    place = (running.station, running.transaction_id)

    assert reading_differences([running], {place: FoundReadings(rows=3, readings=3)}) == []
    (told,) = reading_differences([running], {place: FoundReadings(rows=1, readings=1)})
    assert told.kind == "meter values"
    assert reading_differences([msgspec.structs.replace(running, state="unsure")], {}) == []


def test_stations_are_asked_for_by_how_their_names_begin():
    assert common_beginning("LOAD-00007", "LOAD-01999") == "LOAD-0"
    assert common_beginning("A", "A") == "A"

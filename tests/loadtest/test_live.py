"""A day's mix, and what it costs at several sizes of the fleet."""

import json
import os

import pytest

from loadtest.cli import parse
from loadtest.options import BadOption, bench_options, growth_options
from tests.loadtest.csms import running_csms
from tests.loadtest.test_scenarios import run, started


def test_sessions_begin_at_a_rate_that_grows_with_the_stations():
    rates = [bench_options(parse(["live", "--stations", str(n)])).whole.rate_per_s for n in (1_440, 14_400)]

    assert rates == [0.1, 1.0]


def test_a_rate_that_is_given_is_taken():
    whole = bench_options(parse(["live", "--rate", "4", "--heartbeat", "60"])).whole

    assert (whole.rate_per_s, whole.heartbeat_s, whole.statuses) == (4.0, 60.0, True)


async def test_live_stations_beat_charge_and_tell_their_status():
    async with running_csms() as csms:
        code, output = await run(
            csms, "live", "--seconds", "1", "--heartbeat", "0.3", "--rate", "8", "--warm-up", "0.1", "--versions", "1.6"
        )

    assert code == 0, output
    assert csms.invalid == []
    said = csms.actions("LOAD-00000")
    assert "Heartbeat" in said
    charging = [action for action in said if action != "Heartbeat"]
    assert charging[:4] == ["BootNotification", "StatusNotification", "Authorize", "StartTransaction"]
    assert charging[charging.index("StopTransaction") + 1] == "StatusNotification"
    told = [payload["status"] for name, action, payload in csms.calls if name == "LOAD-00000" and "status" in payload]
    assert told[:4] == ["Preparing", "Charging", "Finishing", "Available"]


async def test_a_pause_between_facts_lets_sessions_of_many_stations_run_at_once():
    async with running_csms() as csms:
        code, output = await run(
            csms, "sessions", "--seconds", "0.5", "--rate", "10", "--pause", "0.6", "--meter-values", "1",
            "--versions", "1.6",
        )  # fmt: skip

    assert code == 0, output
    facts = [action for _, action, _ in csms.calls if action in ("StartTransaction", "StopTransaction")]
    assert facts == ["StartTransaction"] * 3 + ["StopTransaction"] * 3


def test_a_large_stage_gets_processes_and_addresses_of_its_own():
    small, large = growth_options(parse(["growth", "--stages", "1000,50000"]))

    assert (small.workers, small.whole.sources) == (1, ("127.0.0.2",))
    assert (large.workers, len(large.whole.sources)) == (4, 2)
    assert small.whole.prefix != large.whole.prefix


def test_stages_share_no_cards():
    cards = [stage.whole.token_of(7) for stage in growth_options(parse(["growth", "--stages", "500,5000,50000"]))]

    assert len(set(cards)) == 3


def test_stages_that_are_no_numbers_are_refused():
    with pytest.raises(BadOption, match="--stages"):
        growth_options(parse(["growth", "--stages", "few,many"]))


async def test_growth_tells_what_each_stage_costs(tmp_path):
    figures = tmp_path / "growth.json"
    async with running_csms() as csms:
        code, output = await started(
            "growth", "--url", csms.url, "--stages", "2,4", "--seconds", "0.7", "--rest", "0.1", "--warm-up", "0.1",
            "--heartbeat", "0.3", "--rate", "5", "--pid", f"me={os.getpid()}", "--json", str(figures),
        )  # fmt: skip

    assert code == 0, output
    stages = json.loads(figures.read_bytes())["stages"]
    assert [stage["connected"] for stage in stages] == [2, 4]
    assert all("me" in {process["name"] for process in stage["processes"]} for stage in stages)
    assert "growth" in output

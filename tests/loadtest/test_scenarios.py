"""Throughput scenarios as their users run them, against a scripted CSMS, with workers of their own."""

import asyncio
import json
import signal
import sys

import msgspec
import pytest

from loadtest.ledger import Entry
from loadtest.versions import VERSIONS
from tests.loadtest.csms import Silence, running_csms


async def run(csms, *argv: str, interrupt: bool = False):
    """Exit code and output of a scenario."""
    command = [sys.executable, "-m", "loadtest", *argv, "--url", csms.url, "--stations", "3"]
    process = await asyncio.create_subprocess_exec(
        *command, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )
    if interrupt:
        await csms.until(lambda: len(csms.calls) > 10)
        process.send_signal(signal.SIGINT)
    async with asyncio.timeout(30):
        output, _ = await process.communicate()
    return process.returncode, output.decode()


@pytest.mark.parametrize("version", VERSIONS)
async def test_sessions_are_whole_valid_and_each_in_the_ledger(version, tmp_path):
    async with running_csms() as csms:
        ledger, figures = tmp_path / "ledger", tmp_path / "figures.json"
        code, output = await run(
            csms, "sessions", "--versions", version, "--seconds", "0.5", "--rate", "20", "--meter-values", "3",
            "--ledger", str(ledger), "--json", str(figures),
        )  # fmt: skip

    assert code == 0, output
    assert csms.invalid == []
    entries = [msgspec.json.decode(line, type=Entry) for line in ledger.read_bytes().splitlines()]
    assert entries
    assert all(entry.state == "ended" and entry.facts == 5 and entry.energy_wh > 0 for entry in entries)
    starts = csms.payloads("StartTransaction") or [
        event for event in csms.payloads("TransactionEvent") if event["eventType"] == "Started"
    ]
    assert len(starts) == len(entries)
    assert json.loads(figures.read_bytes())["sessions_per_s"] > 0


@pytest.mark.parametrize(("scenario", "action"), [("heartbeat", "Heartbeat"), ("durable", "MeterValues")])
async def test_loops_say_what_they_are_for_and_all_of_it_is_valid(scenario, action):
    async with running_csms() as csms:
        code, output = await run(csms, scenario, "--seconds", "0.4", "--think", "0.05", "--workers", "2")

    assert code == 0, output
    assert csms.invalid == []
    assert set(csms.actions("LOAD-00002")) == {"BootNotification", action}


async def test_idle_stations_say_nothing_after_their_boot():
    async with running_csms() as csms:
        code, output = await run(csms, "idle", "--seconds", "0.4")

    assert code == 0, output
    assert [action for _, action, _ in csms.calls] == ["BootNotification"] * 3


async def test_a_fact_that_got_no_answer_is_repeated_with_the_same_content():
    async with running_csms() as csms:
        stop = csms.answers["1.6"]["StopTransaction"]
        refusals = iter([("InternalError", "not now")])
        csms.answers["1.6"]["StopTransaction"] = lambda call: next(refusals, None) or stop(call)
        code, output = await run(csms, "sessions", "--versions", "1.6", "--seconds", "0.3", "--rate", "5")

    assert code == 0, output
    first, *others = csms.payloads("StopTransaction")
    assert first in others


async def test_ctrl_c_still_reports():
    async with running_csms() as csms:
        code, output = await run(csms, "heartbeat", "--seconds", "60", "--think", "0.01", interrupt=True)

    assert code == 1
    assert "interrupted" in output
    assert "Heartbeat" in output


async def test_a_refused_token_is_counted_and_makes_no_session():
    async with running_csms() as csms:
        csms.answers["1.6"]["Authorize"] = lambda _: {"idTagInfo": {"status": "Invalid"}}
        _, output = await run(csms, "sessions", "--versions", "1.6", "--seconds", "0.3", "--think", "0.05")

    assert "is not accepted" in output
    assert csms.payloads("StartTransaction") == []


async def test_calls_without_an_answer_are_counted_as_timed_out():
    async with running_csms() as csms:

        def say_nothing(_):
            raise Silence

        csms.answers["1.6"]["Heartbeat"] = say_nothing
        _, output = await run(csms, "heartbeat", "--versions", "1.6", "--seconds", "0.5", "--timeout", "0.2")

    assert "Heartbeat: TimedOut" in output

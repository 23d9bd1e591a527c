"""A day's mix, and what it costs at several sizes of the fleet."""

import json
import os

import pytest

from tests.loadtest.csms import running_csms
from tests.loadtest.running import interrupted, run, started

pytestmark = pytest.mark.processes


async def test_live_stations_beat_charge_and_tell_their_status():
    async with running_csms() as csms:
        _, output = await interrupted(
            *("live", "--url", csms.url, "--stations", "3", "--seconds", "60", "--heartbeat", "0.3", "--rate", "6"),
            *("--warm-up", "0.1", "--versions", "1.6"),
            once=csms.until(lambda: "Heartbeat" in csms.actions("LOAD-00000") and told_available(csms)),
        )

    assert "error" not in output, output
    assert csms.invalid == []
    said = csms.actions("LOAD-00000")
    assert "Heartbeat" in said
    charging = [action for action in said if action != "Heartbeat"]
    assert charging[:4] == ["BootNotification", "StatusNotification", "Authorize", "StartTransaction"]
    assert charging[charging.index("StopTransaction") + 1] == "StatusNotification"
    told = [payload["status"] for name, action, payload in csms.calls if name == "LOAD-00000" and "status" in payload]
    assert told[:4] == ["Preparing", "Charging", "Finishing", "Available"]


def told_available(csms) -> bool:
    """The station has sent the status that follows a session."""
    return ("LOAD-00000", "Available") in [(name, payload.get("status")) for name, _, payload in csms.calls]


async def test_a_pause_between_facts_lets_sessions_of_many_stations_run_at_once():
    async with running_csms() as csms:
        code, output = await run(
            csms, "sessions", "--seconds", "0.5", "--rate", "10", "--pause", "0.6", "--meter-values", "1",
            "--versions", "1.6",
        )  # fmt: skip

    assert code == 0, output
    facts = [action for _, action, _ in csms.calls if action in ("StartTransaction", "StopTransaction")]
    assert facts == ["StartTransaction"] * 3 + ["StopTransaction"] * 3


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

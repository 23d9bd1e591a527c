"""Connections that stay open: heartbeats are spread over their interval, and no connection may be lost."""

import asyncio
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loadtest.run.loops import turns_due
from tests.loadtest.csms import running_csms
from tests.loadtest.running import interrupted, run

pytestmark = pytest.mark.processes


@given(st.lists(st.floats(0.001, 0.5), min_size=1, max_size=100))
def test_each_station_beats_once_in_an_interval_and_none_twice(pauses_s):
    turns, elapsed_s, beaten = range(0), 0.0, []
    for pause_s in pauses_s:
        elapsed_s += pause_s
        turns = turns_due(turns, elapsed_s=elapsed_s, interval_s=1.0, stations=50)
        beaten += turns

    assert beaten == list(range(int(elapsed_s * 50)))


def test_stations_that_were_held_up_beat_once_and_not_as_often_as_they_missed():
    assert turns_due(range(7), elapsed_s=10.0, interval_s=1.0, stations=50) == range(450, 500)


async def test_idle_stations_beat_and_their_answers_are_timed(tmp_path):
    figures = tmp_path / "figures.json"
    async with running_csms() as csms:
        _, output = await interrupted(
            *("idle", "--url", csms.url, "--stations", "3", "--seconds", "60", "--heartbeat", "0.2"),
            *("--json", str(figures)),
            once=csms.until(lambda: all(len(csms.actions(f"LOAD-0000{number}")) > 2 for number in range(3))),
        )

    assert "error" not in output, output
    assert csms.invalid == []
    assert {station: csms.actions(station)[:2] for station in csms.links} == {
        f"LOAD-0000{number}": ["BootNotification", "Heartbeat"] for number in range(3)
    }
    (beats,) = json.loads(figures.read_bytes())["actions"]
    assert beats["action"] == "Heartbeat"
    assert beats["p50_ms"] is not None


async def test_a_connection_that_is_lost_while_held_is_an_error_and_the_run_is_not_whole():
    async with running_csms() as csms:
        running = asyncio.create_task(run(csms, "idle", "--seconds", "1.5", "--heartbeat", "0.1", "--spread", "0.1"))
        await csms.until(lambda: "Heartbeat" in csms.actions("LOAD-00001"))
        csms.links["LOAD-00001"].transport.abort()
        code, output = await running

    assert code == 1
    assert "connection: lost (1006): 1" in output
    assert "errors while the connections were held" in output.replace("\n", " ")
    assert csms.actions("LOAD-00001").count("BootNotification") == 2


async def test_a_station_that_never_came_makes_the_run_not_whole():
    async with running_csms() as csms:
        csms.answers["1.6"]["BootNotification"] = lambda _: {"status": "Rejected", "currentTime": NOW, "interval": 1}
        running = asyncio.create_task(
            run(csms, "idle", "--seconds", "0.3", "--warm-up", "0.1", "--connect-within", "0.5")
        )
        code, output = await running

    assert code == 1
    assert "1 of 3 stations were not connected at the beginning" in output.replace("\n", " ")


async def test_stations_beat_while_sessions_run_and_never_speak_over_themselves():
    async with running_csms() as csms:
        csms.think_s = 0.02
        _, output = await interrupted(
            *("soak", "--url", csms.url, "--stations", "3", "--seconds", "60", "--heartbeat", "0.1", "--rate", "5"),
            once=csms.until(lambda: {"Heartbeat", "StopTransaction"} <= set(csms.actions("LOAD-00000"))),
        )

    assert "error" not in output, output
    assert csms.most_at_once == 1


NOW = "2026-03-01T10:00:00Z"

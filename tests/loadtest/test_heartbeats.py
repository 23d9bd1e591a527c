"""Connections that are held: heartbeats spread over their interval, and none may be lost."""

import asyncio
import json

from loadtest.loops import beat_all
from tests.loadtest.csms import running_csms
from tests.loadtest.test_scenarios import run


class Beating:
    """A station that counts its heartbeats."""

    def __init__(self) -> None:
        self.beats = 0

    def beat(self) -> None:
        self.beats += 1


async def test_each_station_beats_once_in_an_interval_and_none_twice():
    stations = [Beating() for _ in range(50)]
    beating = asyncio.create_task(beat_all(stations, 0.4))
    while stations[-1].beats == 0:
        await asyncio.sleep(0.01)
        assert stations[0].beats <= stations[-1].beats + 1
    beating.cancel()

    assert {station.beats for station in stations} <= {1, 2}


async def test_idle_stations_beat_and_their_answers_are_timed(tmp_path):
    figures = tmp_path / "figures.json"
    async with running_csms() as csms:
        code, output = await run(csms, "idle", "--seconds", "1", "--heartbeat", "0.2", "--json", str(figures))

    assert code == 0, output
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
        code, output = await run(csms, "soak", "--seconds", "1", "--heartbeat", "0.1", "--rate", "10")

    assert code == 0, output
    assert csms.most_at_once == 1
    assert "Heartbeat" in csms.actions("LOAD-00000")
    assert "StopTransaction" in csms.actions("LOAD-00000")


NOW = "2026-03-01T10:00:00Z"

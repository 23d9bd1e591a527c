"""Several gateways: stations are spread over them, and go to the next one when theirs is gone."""

import asyncio
import json

from loadtest.cli import parse
from loadtest.options import fleet_options
from tests.loadtest.csms import running_csms
from tests.loadtest.test_scenarios import started


async def test_stations_are_spread_over_all_gateways_and_the_outcome_says_how(tmp_path):
    figures = tmp_path / "figures.json"
    async with running_csms() as one, running_csms() as other:
        code, output = await started(
            "idle", "--url", one.url, "--url", other.url, "--stations", "5", "--seconds", "0.7", "--workers", "2",
            "--json", str(figures),
        )  # fmt: skip

    assert code == 0, output
    assert json.loads(figures.read_bytes())["gateways"] == {one.url: 3, other.url: 2}
    assert (len(one.links), len(other.links)) == (3, 2)


async def test_stations_of_a_gateway_that_died_go_to_the_next_and_the_others_stay():
    async with running_csms() as one, running_csms() as other:
        storm = asyncio.create_task(
            started(
                *("storm", "--url", f"{one.url},{other.url}", "--stations", "4", "--seconds", "3"),
                *("--drop", "theirs", "--spread", "0.1", "--active", "4"),
            )
        )
        await one.until(lambda: len(one.links) == 2)
        await other.until(lambda: len(other.links) == 2)
        await asyncio.sleep(0.5)
        one.server.close()
        await other.until(lambda: len(other.links) == 4)
        code, output = await storm

    assert code == 0, output
    assert other.actions("LOAD-00000") == ["BootNotification"]
    assert other.actions("LOAD-00001") == ["BootNotification"]


async def test_a_station_that_the_network_broke_off_comes_back_at_another_gateway():
    async with running_csms() as one, running_csms() as other:
        running = asyncio.create_task(
            started(
                *("idle", "--url", one.url, "--url", other.url, "--stations", "2", "--seconds", "2"),
                *("--net-drop", "60", "--spread", "0.05"),
            )
        )
        code, output = await running

    assert code == 0, output
    assert "LOAD-00001" in one.links or "LOAD-00000" in other.links


def test_a_fleet_takes_several_gateways_too():
    urls = ("ws://127.0.0.1:1/ocpp", "ws://127.0.0.1:2/ocpp")

    assert fleet_options(parse(["fleet", "--url", ",".join(urls)])).urls == urls
    assert fleet_options(parse(["fleet", "--url", urls[0], "--url", urls[1]])).urls == urls

"""Several gateways: stations are spread over them, and go to the next one when theirs is gone."""

import json

import pytest

from loadtest.cli import parse
from loadtest.options import fleet_options
from tests.loadtest.csms import running_csms
from tests.loadtest.running import interrupted, started

pytestmark = pytest.mark.processes


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

        async def one_dies() -> None:
            await one.until(lambda: len(stations_that_beat(one)) == 2)  # then all wait for their gateway to die
            await other.until(lambda: len(stations_that_beat(other)) == 2)
            one.server.close()
            await other.until(lambda: len(other.links) == 4)

        _, output = await interrupted(
            *("storm", "--url", f"{one.url},{other.url}", "--stations", "4", "--seconds", "60", "--active", "4"),
            *("--drop", "theirs", "--spread", "0.1", "--heartbeat", "0.1"),
            once=one_dies(),
        )

    assert other.opened.count("LOAD-00000") == other.opened.count("LOAD-00002") == 1, output
    assert other.actions("LOAD-00001").count("BootNotification") == 1
    assert one.actions("LOAD-00000").count("BootNotification") == 1


def stations_that_beat(csms) -> set[str]:
    return {station for station, action, _ in csms.calls if action == "Heartbeat"}


async def test_a_station_that_the_network_broke_off_comes_back_at_another_gateway():
    async with running_csms() as one, running_csms() as other:
        _, output = await interrupted(
            *("idle", "--url", one.url, "--url", other.url, "--stations", "1", "--seconds", "60"),
            *("--net-drop", "60", "--spread", "0.05"),
            once=other.until(lambda: "BootNotification" in other.actions("LOAD-00000")),
        )

    assert one.opened[:1] == other.opened[:1] == ["LOAD-00000"]
    assert "network: cut" in output


def test_a_fleet_takes_several_gateways_too():
    urls = ("ws://127.0.0.1:1/ocpp", "ws://127.0.0.1:2/ocpp")

    assert fleet_options(parse(["fleet", "--url", ",".join(urls)])).urls == urls
    assert fleet_options(parse(["fleet", "--url", urls[0], "--url", urls[1]])).urls == urls

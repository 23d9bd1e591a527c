"""The fleet: which stations and cars there are."""

import asyncio
import signal
import subprocess
import sys
import time
from collections import Counter
from random import Random

from loadtest.station.curve import AC_3, DC_150, Charged, advance, full
from loadtest.station.fleet import FleetOptions, Garage, plan_of, tokens_of
from tests.loadtest.csms import running_csms

OPTIONS = FleetOptions(urls=("ws://127.0.0.1:9/ocpp",))


def test_the_same_seed_gives_the_same_fleet_and_another_seed_another():
    again = FleetOptions(urls=("ws://127.0.0.1:9/ocpp",))
    other = FleetOptions(urls=("ws://127.0.0.1:9/ocpp",), seed=2)

    assert [plan_of(OPTIONS, n) for n in range(20)] == [plan_of(again, n) for n in range(20)]
    assert plan_of(OPTIONS, 3) != plan_of(other, 3)


def test_twenty_stations_mix_versions_models_and_numbers_of_evses_under_names_of_their_own():
    plans = [plan_of(OPTIONS, number) for number in range(20)]

    assert min(Counter(version for version, _ in plans).values()) >= 6
    assert len({plan.identity.model for _, plan in plans}) == 6
    assert {len(plan.outlets) for _, plan in plans} == {1, 2}
    assert len({plan.name for _, plan in plans}) == 20
    assert plans[0][1].name == "DE-BER-0001"


def test_tokens_fit_every_version():
    assert all(len(token) <= 20 for token in tokens_of(1, 50))
    assert len(set(tokens_of(1, 50))) == 50


def test_most_cars_are_full_within_minutes_and_all_get_full():
    for outlet in (AC_3, DC_150):
        garage = Garage(OPTIONS, outlet, random=Random(3), tokens=("A",))
        lengths = []
        for _ in range(40):
            curve = garage.visit(None).curve
            charged = Charged()
            while not full(curve, charged):
                charged = advance(curve, charged, 10)
            lengths.append(charged.elapsed_s)
        assert 45 < sorted(lengths)[20] < 900


def test_a_third_of_the_cars_at_dc_outlets_of_2_1_give_energy_back_the_same_ones_each_time():
    def given_back(outlet, *, terminal: bool) -> list[int]:
        garage = Garage(OPTIONS, outlet, random=Random(3), tokens=("A",), terminal=terminal)
        return [garage.visit(None).curve.returns_wh for _ in range(300)]

    wh = given_back(DC_150, terminal=True)
    assert 70 < sum(each > 0 for each in wh) < 130
    assert wh == given_back(DC_150, terminal=True)
    assert not any(given_back(AC_3, terminal=True))
    assert not any(given_back(DC_150, terminal=False))


def test_some_cars_are_there_at_the_start_with_varied_progress():
    garages = [Garage(OPTIONS, AC_3, random=Random(number), tokens=("A",)) for number in range(40)]
    early = [garage for garage in garages if garage.first_in_s <= 6]

    assert 15 <= len(early) <= 33
    assert len({garage.backdate_s for garage in early}) > 8


def test_the_fleet_stops_at_once_when_told_and_needs_no_gateway():
    command = [sys.executable, "-m", "loadtest", "fleet", "--stations", "5", "--url", "ws://127.0.0.1:9/ocpp"]
    fleet = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert fleet.stdout is not None
    first = fleet.stdout.readline()
    fleet.send_signal(signal.SIGTERM)
    begun = time.monotonic()
    code = fleet.wait(timeout=10)

    assert "5 stations" in first
    assert code == 0
    assert time.monotonic() - begun < 5


async def test_a_fleet_on_a_bad_network_comes_back_by_itself():
    async with running_csms() as csms:
        command = [sys.executable, "-m", "loadtest", "fleet", "--stations", "3", "--no-cars", "--net-drop", "40"]
        fleet = await asyncio.create_subprocess_exec(*command, "--url", csms.url, stdout=asyncio.subprocess.DEVNULL)
        await csms.until(lambda: len(csms.opened) > 4)
        fleet.terminate()
        assert await fleet.wait() == 0

    assert csms.invalid == []


def test_some_stations_of_2_x_are_limited_by_others_and_their_cables_speak_iso_15118() -> None:
    plans = [plan_of(OPTIONS, number) for number in range(48)]

    assert {(version == "1.6", plan.iso_15118) for version, plan in plans} == {(True, 0), (False, 3)}
    managed = [version for version, plan in plans if plan.managed]
    assert set(managed) == {"2.0.1", "2.1"}
    assert 4 <= len(managed) <= 12


def test_some_stations_of_2x_and_one_of_1_6_plug_and_charge_where_there_is_an_operator() -> None:
    speaking = FleetOptions(urls=("ws://127.0.0.1:9/ocpp",), contracts="somewhere")
    versions = [
        version for version, plan in (plan_of(speaking, number) for number in range(20)) if plan.plugs_and_charges
    ]

    assert versions.count("1.6") == 1
    assert {"2.0.1", "2.1"} < set(versions)
    assert not any(plan_of(OPTIONS, number)[1].plugs_and_charges for number in range(20))


def test_another_run_of_a_seed_has_the_same_cars_and_payments_of_its_own():
    def visits(run: str) -> list:
        garage = Garage(OPTIONS, DC_150, random=Random(3), tokens=("A",), terminal=True, ids=Random(run))
        return [garage.visit(None) for _ in range(30)]

    one, other = visits("a"), visits("b")
    paid = [(mine.token, theirs.token) for mine, theirs in zip(one, other, strict=True) if mine.token != "A"]
    assert [car.curve for car in one] == [car.curve for car in other]
    assert paid
    assert all(mine != theirs for mine, theirs in paid)

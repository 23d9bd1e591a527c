"""Campaigns: waves, gates, limits, windows, interventions, rule by rule."""

from collections import Counter
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from schemas.base import Record
from schemas.campaigns import BLOCK_STATIONS, MAX_STATIONS, CampaignBlockFrozen, Gate, Limits, Window
from schemas.commands import CommandRequested
from schemas.firmware import UpdateOrdered
from services.firmware import campaigns
from tests.services.firmware.records import POLICY, at, frozen, known, name_of, requested, session, steered
from tests.services.firmware.world import World, a_fleet, failing, obedient


def campaign(
    stations: int, *, sites: int = 3, zones: int = 1, behave: Any = lambda _: obedient, **changes: Any
) -> World:
    """A campaign over a fleet that is online."""
    policy = changes.get("policy", POLICY)
    plan = requested(stations, **changes)
    blocks = [frozen(stations, block, sites=sites, zones=zones, policy=policy) for block in range(plan.blocks)]
    return World(*a_fleet(stations), *blocks, plan, behave=behave)


def orders(world: World) -> list[str]:
    return [record.station for record in world.said if isinstance(record, UpdateOrdered)]


def fails(*numbers: int) -> Any:
    names = {name_of(number) for number in numbers}
    return lambda station: failing if station in names else obedient


# -- waves and gates --------------------------------------------------------------------------------------------------


def test_every_station_is_updated_once_wave_by_wave() -> None:
    world = campaign(20, wave_ends=(2, 8, 20))

    world.run(100_000)

    assert world.told.status == "finished"
    assert world.told.counts == {"succeeded": 20}
    assert orders(world) == [name_of(number) for number in range(20)]
    assert [verdict.passed for verdict in world.told.verdicts] == [True, True, True]
    assert [event.what for event in world.told.timeline] == [
        *("requested", "wave began", "gate passed", "wave began", "gate passed", "wave began", "finished"),
    ]
    assert [event.detail for event in world.told.timeline if event.what == "gate passed"] == [
        *("wave 1: 2 of 2 succeeded", "wave 2: 6 of 6 succeeded"),
    ]


def test_a_list_of_several_blocks_is_one_list() -> None:
    stations = BLOCK_STATIONS + 20
    world = campaign(stations, limits=Limits(max_at_once=400), wave_ends=(10, stations))

    world.run(100_000)

    assert world.told.counts == {"succeeded": stations}


def test_it_waits_for_all_blocks_of_its_list_and_for_its_time() -> None:
    plan = requested(BLOCK_STATIONS + 1, start_at=at(500))
    world = World(*a_fleet(1), frozen(BLOCK_STATIONS + 1, 0), plan)
    world.run(600)
    assert world.told.status == "preparing"

    world.send(frozen(BLOCK_STATIONS + 1, 1, frozen_at=at(100)))
    world.drain()
    assert (world.told.status, orders(world)) == ("scheduled", [])
    world.run(601)
    assert world.told.status == "running"


def test_the_next_wave_begins_when_the_last_station_has_been_watched() -> None:
    world = campaign(4, wave_ends=(2, 4))

    world.run(100)
    assert (world.told.wave, len(orders(world))) == (0, 2)
    world.run(200)
    assert world.told.wave == 1


def test_a_gate_that_does_not_open_halts_the_campaign_and_nothing_more_is_sent() -> None:
    policy = replace(POLICY, attempts=1)
    world = campaign(20, wave_ends=(4, 20), gate=Gate(success_share=0.8), policy=policy, behave=fails(0, 1))

    world.run(100_000)

    assert (world.told.status, world.told.reason) == ("halted", "wave 1: 50.0% succeeded, 80.0% must")
    assert len(orders(world)) == 4


def test_an_operator_may_go_on_all_the_same() -> None:
    policy = replace(POLICY, attempts=1)
    world = campaign(20, wave_ends=(4, 20), gate=Gate(success_share=0.8), policy=policy, behave=fails(0, 1))
    world.run(1000)

    world.send(steered("resume", 1000))
    world.run(100_000)

    assert world.told.status == "finished"
    assert world.told.counts == {"succeeded": 18, "installation-failed": 2}


def test_stations_that_come_back_faulted_close_the_gate() -> None:
    def faulted(world: World, command: CommandRequested, seconds: float) -> None:
        obedient(world, command, seconds)
        world.later(
            seconds + 30, known(seconds + 30, station=command.station, version="2.5.0", boots=seconds + 20, faulted=1)
        )

    world = campaign(
        20,
        wave_ends=(10, 20),
        gate=Gate(success_share=0.5),
        behave=lambda station: faulted if station == name_of(3) else obedient,
    )

    world.run(100_000)

    assert (world.told.status, world.told.reason) == ("halted", "wave 1: 1 offline or faulted, 0 may be")


def test_a_gate_may_wait_for_an_operator() -> None:
    world = campaign(4, wave_ends=(2, 4), gate=Gate(approval="operator"))
    world.run(1000)
    assert (world.told.status, world.told.verdicts[0].passed, len(orders(world))) == ("paused", True, 2)

    world.send(steered("resume", 1000))
    world.run(100_000)

    assert world.told.status == "finished"


def test_stations_that_are_offline_do_not_hold_up_a_wave_and_catch_up_later() -> None:
    fleet = a_fleet(6)
    fleet[1] = known(0, station=name_of(1), connected=False)
    world = World(*fleet, frozen(6), requested(6, wave_ends=(2, 6)))

    world.run(1000)
    assert (world.told.status, world.told.counts) == ("running", {"succeeded": 5, "offline": 1})

    world.send(known(1000, station=name_of(1)))
    world.run(100_000)
    assert (world.told.status, world.told.counts) == ("finished", {"succeeded": 6})


def test_a_wave_of_which_all_are_offline_says_nothing_so_the_next_waits() -> None:
    world = World(*a_fleet(4, connected=False), frozen(4), requested(4, wave_ends=(2, 4)))

    world.run(1000)

    assert (world.told.wave, len(orders(world))) == (0, 2)


def test_a_wave_of_which_all_are_offline_is_passed_where_stations_before_it_succeeded() -> None:
    fleet = a_fleet(6)
    fleet[2:4] = [known(0, station=name_of(number), connected=False) for number in (2, 3)]
    world = World(*fleet, frozen(6), requested(6, wave_ends=(2, 4, 6)))

    world.run(1000)

    assert (world.told.wave, world.told.counts) == (2, {"succeeded": 4, "offline": 2})
    assert (world.told.verdicts[1].passed, world.told.verdicts[1].reason) == (
        *(True, "wave 2: no station could be tried; 2 before it succeeded"),
    )


def test_a_canary_of_which_nobody_could_be_tried_does_not_open_its_gate() -> None:
    fleet = a_fleet(4)
    fleet[:2] = [known(0, station=name_of(number), connected=False) for number in range(2)]
    world = World(*fleet, frozen(4), requested(4, wave_ends=(2, 4)))

    world.run(100_000)

    assert (world.told.status, world.told.counts) == ("halted", {"unreachable": 2, "pending": 2})
    assert "no station could be tried" in world.told.reason


# -- limits -----------------------------------------------------------------------------------------------------------


def test_never_more_at_once_than_allowed_in_all_and_at_a_site() -> None:
    limits = Limits(max_at_once=5, max_at_once_per_site=2)
    world = campaign(30, sites=2, limits=limits)
    sites: Counter[int] = Counter()

    while world.queues:
        world.deliver(next(iter(world.queues)))
        sites = Counter(int(station.rpartition("-")[2]) % 2 for station in world.in_flight)
        assert max(sites.values(), default=0) <= 2
    assert world.most_in_flight == 4
    world.run(100_000)

    assert world.told.counts == {"succeeded": 30}


def test_more_failures_than_allowed_halt_it_at_once() -> None:
    policy = replace(POLICY, attempts=1)
    limits = Limits(max_at_once=1, max_failures=2)
    world = campaign(20, limits=limits, policy=policy, behave=fails(*range(20)))

    world.run(100_000)

    assert (world.told.status, world.told.reason) == ("halted", "3 failed, 2 may")
    assert len(orders(world)) == 3


def test_a_resumed_campaign_may_fail_as_often_again() -> None:
    policy = replace(POLICY, attempts=1)
    world = campaign(20, limits=Limits(max_at_once=1, max_failures=2), policy=policy, behave=fails(*range(20)))
    world.run(1000)

    world.send(steered("resume", 1000))
    world.run(100_000)

    assert (world.told.status, len(orders(world))) == ("halted", 6)


# -- windows ----------------------------------------------------------------------------------------------------------

NIGHT = (Window(start_time="22:00", end_time="05:00"),)


def test_turns_are_given_in_the_window_of_each_stations_own_zone() -> None:
    plan = requested(4, windows=NIGHT, zones=("Europe/Berlin", "America/New_York"))
    world = World(*a_fleet(4), frozen(4, zones=2), plan)

    world.run(9 * 3600 + 300)  # noon UTC and nine hours: 22:00 in Berlin, 17:00 in New York
    assert orders(world) == [name_of(0), name_of(2)]
    world.run(14 * 3600 + 300)
    assert orders(world) == [name_of(0), name_of(2), name_of(1), name_of(3)]


def test_a_command_expires_when_the_window_closes() -> None:
    window = (Window(start_time="11:00", end_time="12:02"),)
    world = World(*a_fleet(1), frozen(1), requested(1, windows=window))
    world.run(10)

    (command,) = world.commands.values()
    assert command.expires_at == at(120)


# -- interventions ----------------------------------------------------------------------------------------------------


def test_a_paused_campaign_gives_no_turns_and_a_resumed_one_goes_on() -> None:
    world = campaign(10, limits=Limits(max_at_once=2))
    world.run(5)
    world.send(steered("pause", 5))
    world.run(5000)
    assert (world.told.status, len(orders(world))) == ("paused", 2)

    world.send(steered("resume", 5000), steered("resume", 5000))
    world.run(100_000)
    assert world.told.counts == {"succeeded": 10}


def test_a_cancelled_campaign_ends_when_those_at_work_have_ended() -> None:
    world = campaign(10, limits=Limits(max_at_once=2), wave_ends=(5, 10), behave=lambda _: lambda *_: None)
    world.run(5)
    for command in list(world.commands.values())[:1]:
        world.settle(command, 6, "accepted")
    world.run(7)

    world.send(steered("cancel", 7))
    world.run(8)
    assert (world.told.status, world.told.counts["cancelled"]) == ("cancelling", 8)
    world.run(100_000)

    assert world.told.status == "cancelled"
    assert world.told.counts == {"cancelled": 8, "silent": 1, "no-answer": 1}


def test_a_campaign_whose_list_is_not_complete_is_cancelled_at_once() -> None:
    world = World(requested(4), steered("cancel", 5))

    world.drain()

    assert world.told.status == "cancelled"


def test_the_failed_are_tried_again_and_only_they() -> None:
    broken = {name_of(0), name_of(1)}
    policy = replace(POLICY, attempts=1)
    world = campaign(4, policy=policy, behave=lambda station: failing if station in broken else obedient)
    world.run(1000)
    assert (world.told.status, world.told.counts) == ("finished", {"succeeded": 2, "installation-failed": 2})

    broken.clear()
    world.send(steered("retry", 1000))
    world.run(100_000)

    assert (world.told.status, world.told.counts) == ("finished", {"succeeded": 4})
    assert len(world.commands) == 6


def test_to_retry_the_failed_lets_a_halted_campaign_run_and_its_gate_judge_anew() -> None:
    broken = {name_of(0), name_of(1)}
    world = campaign(
        8,
        wave_ends=(4, 8),
        policy=replace(POLICY, attempts=1),
        behave=lambda station: failing if station in broken else obedient,
    )
    world.run(1000)
    assert world.told.status == "halted"

    broken.remove(name_of(0))
    world.send(steered("retry", 1000))
    world.run(2000)
    assert (world.told.status, world.told.reason) == ("halted", "wave 1: 75.0% succeeded, 95.0% must")

    broken.clear()
    world.send(steered("retry", 2000))
    world.run(100_000)
    assert (world.told.status, world.told.counts) == ("finished", {"succeeded": 8})


def test_more_time_reaches_those_who_had_their_turn_and_those_who_will() -> None:
    policy = replace(POLICY, deadline_s=1000)
    fleet = a_fleet(2, connected=False)
    world = World(*fleet, frozen(2, policy=policy), requested(2, wave_ends=(1, 2), policy=policy))
    world.run(100)
    world.send(steered("extend", 100, deadline_s=5000, max_at_once=7, max_failures=3, max_at_once_per_site=2))
    world.run(2000)
    assert world.told.counts == {"offline": 1, "pending": 1}
    assert world.told.limits == Limits(max_at_once=7, max_failures=3, max_at_once_per_site=2)

    world.run(50_000)
    world.send(steered("resume", 50_000))
    world.run(100_000)
    assert [c.state for c in world.changes if c.changed_at == at(50_000 + 5000)] == ["unreachable"]
    assert (world.told.status, world.told.counts) == ("finished", {"unreachable": 2})


def test_busy_stations_are_updated_after_their_session() -> None:
    world = campaign(2)
    world.send(session(1, station=name_of(0)))
    world.queues = dict(sorted(world.queues.items(), key=lambda item: "campaign" in item[0][0]))  # type: ignore[assignment]
    world.queues = type(World().queues)(list, world.queues)
    world.run(1000)
    assert world.told.counts == {"succeeded": 1, "busy": 1}

    world.send(session(1000, "ended", station=name_of(0)))
    world.run(100_000)
    assert world.told.counts == {"succeeded": 2}


# -- size -------------------------------------------------------------------------------------------------------------


def test_the_largest_campaign_fits_into_one_state() -> None:
    plan = requested(MAX_STATIONS, zones=("UTC", "Europe/Berlin"), wave_ends=tuple(range(600, MAX_STATIONS + 1, 600)))
    state = campaigns.initial("c1")
    state, _ = campaigns.step(state, plan)
    for block in range(plan.blocks):
        numbers = range(block * BLOCK_STATIONS, (block + 1) * BLOCK_STATIONS)
        here = CampaignBlockFrozen(
            id=str(block), key="c1", block=block, sites=tuple(numbers), zones=(1,) * BLOCK_STATIONS, frozen_at=at(0)
        )
        state, _ = campaigns.step(state, here)
    blocks = {number: replace(one, revisions=(99,) * BLOCK_STATIONS) for number, one in state.blocks.items()}

    assert len(msgspec.json.encode(replace(state, blocks=blocks))) < 600_000


# -- repeats ----------------------------------------------------------------------------------------------------------


def test_records_that_come_twice_change_nothing() -> None:
    world = campaign(4, wave_ends=(2, 4))
    while world.queues:
        place = next(iter(world.queues))
        world.deliver(place, keep=True)
        world.deliver(place)
    world.run(100_000)

    assert world.told.counts == {"succeeded": 4}
    assert len(world.commands) == 4


def test_what_is_told_often_is_told_once_a_second() -> None:
    world = campaign(200, limits=Limits(max_at_once=200))
    world.run(30)

    told: list[Record] = [record for record in world.said if type(record).__name__ == "CampaignChanged"]
    assert len(told) < 40


@pytest.mark.parametrize("action", ["pause", "resume", "cancel", "retry", "extend"])
def test_an_intervention_in_what_nobody_knows_changes_nothing(action: str) -> None:
    world = World(steered(action, 5))
    world.drain()

    assert world.said == []

"""Campaigns in any order of records, with loss of what stations say and repetition of everything: what holds always."""

from datetime import timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from schemas.campaigns import Gate, Limits, Window
from schemas.commands import CommandRequested
from services.firmware.windows import open_until
from tests.examples import examples
from tests.services.firmware.records import NEW, OLD, POLICY, at, frozen, known, name_of, requested, session, steered
from tests.services.firmware.world import World, a_fleet

STATIONS = 8
STATUSES = ("Downloading", "Downloaded", "Installing", "Installed", "DownloadFailed", "InstallationFailed", "Idle")
WINDOWS = (Window(start_time="12:00", end_time="12:30"), Window(start_time="14:00", end_time="15:00"))
END_S = 10 * 86_400


behaviours = st.lists(
    st.tuples(
        st.sampled_from(["accepted", "accepted", "accepted", "rejected", "unsupported", "timed_out", "disconnected"]),
        st.lists(st.sampled_from(STATUSES), max_size=6),
        st.sampled_from([NEW, NEW, NEW, OLD, "9.9", None]),
    ),
    min_size=1,
    max_size=4,
)
events = st.lists(
    st.tuples(
        st.integers(1, 9_000),
        st.sampled_from(["offline", "online", "faulted", "busy", "idle", "pause", "resume", "cancel"]),
        st.integers(0, STATIONS - 1),
    ),
    max_size=12,
)


def play(script: list[Any]) -> Any:
    """A station that goes through its script, the last of it again and again."""
    done = 0

    def behave(world: World, command: CommandRequested, seconds: float) -> None:
        nonlocal done
        outcome, statuses, boots = script[min(done, len(script) - 1)]
        done += 1
        world.settle(command, seconds + 1, outcome)
        for n, status in enumerate(statuses):
            world.status(command, seconds + 2 + 7 * n, status)
        if boots is not None and outcome != "rejected":
            moment = seconds + 60
            world.later(moment, known(moment, station=command.station, version=boots, boots=moment))

    return behave


def happen(world: World, seconds: int, what: str, number: int) -> None:
    """Something that nobody asked for."""
    station = name_of(number)
    state = world.updates.get(station)
    version = state.version if state is not None and state.version else OLD
    match what:
        case "offline" | "online" | "faulted":
            changed = known(
                seconds,
                station=station,
                version=version,
                boots=-1000,
                connected=what != "offline",
                faulted=int(what == "faulted"),
            )
            world.send(replace(changed, booted_at=state.booted_at if state is not None else changed.booted_at))
        case "busy" | "idle":
            world.send(session(seconds, "active" if what == "busy" else "ended", station=station))
        case _:
            world.send(steered(what, seconds))


def jumble(world: World, data: st.DataObject) -> None:
    """Deliver everything, the queues in any order, some records twice."""
    for _ in range(40):
        if not world.queues:
            return
        choice = data.draw(st.integers(0, 5), label="queue")
        places = list(world.queues)
        world.deliver(places[choice % len(places)], keep=choice == 5)
    world.drain()


@settings(max_examples=examples(50), deadline=None)
@given(data=st.data(), scripts=st.lists(behaviours, min_size=STATIONS, max_size=STATIONS), events=events)
def test_whatever_happens_limits_windows_and_ends_hold(data: st.DataObject, scripts: list[Any], events: Any) -> None:
    stations = {name_of(n): play(script) for n, script in enumerate(scripts)}
    most = data.draw(st.integers(1, 4), label="at once")
    windows = data.draw(st.sampled_from([(), WINDOWS]), label="windows")
    policy = replace(POLICY, healthy_for_s=data.draw(st.sampled_from([0, 120]), label="watch"))
    plan = requested(
        STATIONS,
        wave_ends=(2, 5, STATIONS),
        policy=policy,
        limits=Limits(max_at_once=most, max_failures=data.draw(st.sampled_from([None, 2]), label="failures")),
        gate=Gate(success_share=data.draw(st.sampled_from([0.0, 0.9]), label="share"), max_unhealthy=STATIONS),
        windows=windows,
    )
    world = World(*a_fleet(STATIONS), frozen(STATIONS, policy=policy), plan, behave=lambda name: stations[name])

    world.drain()
    for seconds, what, number in sorted(events):
        while (moment := world.next_moment()) is not None and moment <= seconds:
            world.now = max(world.now, moment)
            world.arrive()
            world.tell_due()
            jumble(world, data)
        world.now = seconds
        happen(world, seconds, what, number)
        jumble(world, data)
        assert world.most_in_flight <= most
    world.run(END_S)
    for _ in range(STATIONS + 3):  # whatever halted it, an operator goes on
        if world.told.status in ("halted", "paused"):
            world.send(steered("resume", world.now))
            world.run(world.now + END_S)

    assert world.most_in_flight <= most
    assert_ended(world)
    assert_in_windows(world, windows)


@settings(max_examples=examples(100), deadline=None)
@given(data=st.data(), events=events.map(lambda found: [one for one in found if one[1] not in ("faulted", "cancel")]))
def test_a_crash_between_sending_and_saving_neither_repeats_an_update_nor_forgets_one(
    data: st.DataObject, events: Any
) -> None:
    stations = {name_of(n): play([("accepted", ["Downloading", "Installed"], NEW)]) for n in range(STATIONS)}
    plan = requested(STATIONS, wave_ends=(2, 5, STATIONS), gate=Gate(success_share=0.0, max_unhealthy=STATIONS))
    world = World(*a_fleet(STATIONS), frozen(STATIONS), plan, behave=lambda name: stations[name])

    stumble(world, data)
    for seconds, what, number in sorted(events):
        while (moment := world.next_moment()) is not None and moment <= seconds:
            world.now = max(world.now, moment)
            world.arrive()
            world.tell_due()
            stumble(world, data)
        world.now = seconds
        happen(world, seconds, what, number)
        stumble(world, data)
    world.run(9_001)
    for number in range(STATIONS):
        happen(world, 9_001, "online", number)
        world.send(session(9_001, "ended", station=name_of(number)))
    world.send(steered("resume", 9_001))
    world.run(END_S)

    assert_ended(world)
    left = [world.commands[id_].station for id_, seconds in world.sent_at.items() if seconds >= 0]
    assert len(left) == len(set(left)), "a station was updated twice"


def stumble(world: World, data: st.DataObject) -> None:
    """Deliver everything, the queues in any order, with a crash now and then."""
    for _ in range(40):
        if not world.queues:
            return
        choice = data.draw(st.integers(0, 5), label="queue")
        places = list(world.queues)
        place = places[choice % len(places)]
        world.deliver(place, crash=choice == 5 and place[0] != "csms.commands")
    world.drain()


def assert_ended(world: World) -> None:
    """The campaign is over, and every station came to one final state: the one that the campaign tells."""
    assert world.told.status in ("finished", "cancelled")
    finals = world.finals()
    assert {name: len(states) for name, states in finals.items()} == {name_of(n): 1 for n in range(STATIONS)}
    told: dict[str, int] = {}
    for (state,) in finals.values():
        told[state] = told.get(state, 0) + 1
    assert world.told.counts == told
    by_station: dict[str, set[str]] = {}
    for command in world.commands.values():
        by_station.setdefault(command.station, set()).add(command.id)
    expired = {c.station for c in world.commands.values() if c.id not in world.sent_at}
    assert all(len(ids) <= POLICY.attempts for name, ids in by_station.items() if name not in expired)


def assert_in_windows(world: World, windows: tuple[Window, ...]) -> None:
    """Nothing left for a station outside of its window."""
    for id_, seconds in world.sent_at.items():
        if windows and seconds >= 0:
            closes = open_until(windows, "UTC", at(seconds))
            assert closes is not None
            assert world.commands[id_].expires_at <= closes + timedelta(0)

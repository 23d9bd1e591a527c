"""What becomes of the needs of an EV: the answer, the profile, and when it is made anew."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.base import Record
from schemas.chargingneeds import ChargingLimitCleared, ChargingNeedsDecided, EVScheduleReported
from schemas.chargingschedules import ChargingSchedule, SchedulePeriod
from schemas.commands import CommandRequested
from schemas.profilecommands import SetChargingProfile
from services.chargingprofiles.needing import LOST_MOST, NEEDS_AT_MOST, REPEATED_MOST
from services.chargingprofiles.serving import How, plan_number
from tests.services.chargingprofiles.records import (
    AC,
    STATION,
    Station,
    asked,
    commands,
    limit,
    needs,
    plans,
    profile_in,
    rates,
    session,
    settled,
    statuses,
    tx_profile,
)
from tests.services.moments import at

FAST, LEVEL, STANDING, OFF = How("fast"), How("level"), How("standing"), How("off")


@pytest.mark.usecase("K15", "K15.FR.02", "K15.FR.03", "K15.FR.07", "K15.FR.18", "K17.FR.02", "K17.FR.03", "K17.FR.07")
def test_needs_are_accepted_and_a_profile_of_the_transaction_follows() -> None:
    outputs = Station(session(), limit(5_000), how=FAST).reads(needs())

    assert statuses(outputs) == ["Accepted"]
    (command,) = commands(outputs)
    assert isinstance(command.command, SetChargingProfile)
    one = command.command.profile
    assert (command.command.evse, one.purpose, one.transaction_id, one.kind) == (1, "TxProfile", "tx-s1", "Absolute")
    assert (one.profile_id, one.schedules[0].unit, one.schedules[0].start_at) == (
        plan_number(STATION, "tx-s1"),
        "A",
        at(130),
    )
    assert rates(outputs) == [(0, Decimal("7.2"))]


@pytest.mark.usecase("K15.FR.08", "K17.FR.08", "K18.FR.08", "K19.FR.08")
def test_the_profile_is_of_no_use_after_a_minute() -> None:
    (command,) = commands(Station(session(), how=FAST).reads(needs()))

    assert (command.expires_at, command.when_offline) == (at(190), "fail")


def test_what_became_of_the_needs_is_published() -> None:
    (told,) = plans(Station(session(), how=FAST).reads(needs(departure_at=at(130 + 3600))))

    assert (told.needs, told.status, told.policy, told.transaction_id) == ("needs-1", "Accepted", "fast", "tx-s1")
    assert (told.energy_wh, told.planned_wh, told.plans) == (22_000, 11_040, 1)


@pytest.mark.usecase("K15.FR.04", "K17.FR.04", "K18.FR.04", "K19.FR.04")
@pytest.mark.parametrize(
    ("how", "changes", "status", "reason"),
    [
        (OFF, {}, "Rejected", "nothing plans charging here"),
        (OFF, {"control_mode": "DynamicControl"}, "NoChargingProfile", "nothing plans charging here"),
        (STANDING, {}, "Rejected", "no profile of the station serves"),
        (FAST, {"parameters": {}}, "Rejected", "neither the EV nor anything else tells a limit"),
    ],
)
def test_who_gets_no_profile_is_told_so(how: How, changes: dict[str, Any], status: str, reason: str) -> None:
    station = Station(session(), how=how)
    outputs = station.reads(needs(**changes))

    assert (statuses(outputs), commands(outputs)) == ([status], [])
    assert [each.reason for each in plans(outputs)] == [reason]
    assert station.state.needs == ()


def test_without_a_policy_needs_are_answered_at_once_also_before_their_transaction() -> None:
    assert statuses(Station(how=OFF).reads(needs())) == ["Rejected"]


@pytest.mark.usecase("K15.FR.05", "K17.FR.05", "K18.FR.05", "K19.FR.05")
def test_the_answer_waits_a_little_for_the_transaction() -> None:
    station = Station(how=FAST)
    assert station.reads(needs()) == []

    outputs = station.reads(session(seconds=130.5))

    assert (statuses(outputs), len(commands(outputs))) == (["Accepted"], 1)
    late = Station(needs(), how=FAST)
    assert statuses(late.comes_to(132)) == ["Processing"]
    outputs = late.reads(session(seconds=150))
    assert (statuses(outputs), len(commands(outputs))) == ([], 1)
    assert [each.status for each in plans(outputs)] == ["Processing"]


def test_needs_without_a_transaction_are_given_up_after_a_minute() -> None:
    station = Station(needs(), how=FAST)
    outputs = station.comes_to(1000)

    assert statuses(outputs) == ["Processing"]
    assert [each.reason for each in plans(outputs)] == ["", "no transaction was known at the EVSE"]
    assert station.state.needs == ()


@pytest.mark.usecase("K17", "K17.FR.07", "K20", "K20.FR.02")
def test_needs_that_an_ev_tells_anew_replace_the_plan_under_its_number() -> None:
    station = Station(session(), how=FAST)
    first = profile_in(station.reads(needs()))
    less = {**AC, "acChargingParameters.evMaxCurrent": Decimal(8)}
    outputs = station.reads(needs(2, seconds=140, parameters=less))

    assert statuses(outputs) == ["Accepted"]
    assert profile_in(outputs).profile_id == first.profile_id
    assert rates(outputs) == [(0, Decimal(8))]


@pytest.mark.usecase("K16", "K12")
def test_limits_that_change_have_the_plan_made_anew_a_minute_later_at_the_earliest() -> None:
    station = Station(session(), how=FAST)
    station.reads(heard(station.reads(needs())))

    assert commands(station.reads(limit(5_000, n=135))) == []
    assert commands(station.comes_to(189)) == []
    outputs = station.comes_to(190)
    assert rates(outputs) == [(0, Decimal("7.2"))]
    assert (plans(outputs)[0].reason, plans(outputs)[0].plans, statuses(outputs)) == ("the limits changed", 2, [])
    station.reads(heard(outputs))

    station.reads(limit(5_000, n=300))  # told again, and the same
    assert commands(station.comes_to(400)) == []
    station.reads(ChargingLimitCleared(id="c", station=STATION, source="EMS", received_at=at(500)))
    assert rates(station.comes_to(500)) == [(0, Decimal(16))]


def test_the_plan_of_an_operator_is_not_made_anew() -> None:
    station = Station(session(), how=FAST)
    station.reads(heard(station.reads(needs())))
    station.reads(asked("op", profile=tx_profile(), seconds=140))
    station.reads(settled("op", seconds=141))
    station.reads(limit(5_000, n=150))

    assert commands(station.comes_to(3_000)) == []


def means(limit: int, *, seconds: float) -> EVScheduleReported:
    """The EV means to draw so many amperes."""
    schedule = ChargingSchedule(unit="A", periods=(SchedulePeriod(limit=Decimal(limit)),))
    return EVScheduleReported(
        id=f"ev-{seconds}",
        station=STATION,
        evse=1,
        begins_at=at(seconds),
        schedule=schedule,
        reply_to=needs().reply_to,
        received_at=at(seconds),
    )


@pytest.mark.usecase("K15.FR.11", "K15.FR.12", "K15.FR.13")
def test_the_plan_is_followed_until_the_ev_keeps_to_it() -> None:
    station = Station(session(), how=FAST)
    command = heard(station.reads(needs()))
    station.reads(command)

    (accepted,) = plans(station.reads(settled(command.id, seconds=131)))
    outputs = station.reads(means(20, seconds=132))
    (exceeding,) = plans(outputs)
    (within,) = plans(station.reads(means(16, seconds=140)))

    assert (accepted.outcome, accepted.ev_within) == ("accepted", None)
    assert (exceeding.outcome, exceeding.ev_within, len(commands(outputs))) == ("accepted", False, 1)
    assert (within.ev_within, within.ev_told_at, within.plans) == (True, at(140), 1)
    assert plans(station.reads(means(16, seconds=140))) == []  # the same again
    assert accepted.revision < exceeding.revision < within.revision


def test_a_plan_that_is_made_anew_awaits_its_own_outcome() -> None:
    station = Station(session(), how=FAST)
    first = heard(station.reads(needs()))
    for record in (first, settled(first.id, seconds=131), means(16, seconds=132), limit(5_000, n=135)):
        station.reads(record)

    (again,) = plans(station.comes_to(190))

    assert (again.plans, again.outcome, again.ev_within) == (2, "", None)


def test_needs_end_with_their_transaction() -> None:
    station = Station(session(), how=FAST)
    station.reads(heard(station.reads(needs())))
    station.reads(session(ended=160))
    station.reads(limit(5_000, n=170))

    assert station.state.needs == ()
    assert commands(station.comes_to(3_000)) == []


def test_a_plan_whose_command_was_lost_in_a_crash_is_made_anew() -> None:
    station = Station(session(), how=FAST)
    (lost,) = commands(station.reads(needs()))

    assert commands(station.comes_to(144)) == []
    outputs = station.comes_to(145)
    (again,) = commands(outputs)
    assert (again.id != lost.id, again.command == lost.command) == (True, False)  # it begins later
    assert (plans(outputs)[0].reason, plans(outputs)[0].plans) == ("the command was lost", 2)
    station.reads(again)
    assert commands(station.comes_to(1_000)) == []


def test_a_station_that_tells_its_needs_after_each_profile_is_not_sent_profiles_for_ever() -> None:
    station = Station(session(), how=FAST)
    sent = []
    for number in range(10):
        outputs = station.reads(needs(number, seconds=130 + number))
        assert statuses(outputs) == ["Accepted"]
        sent.append(len(commands(outputs)))
    (told,) = plans(outputs)

    assert sent == [1] * REPEATED_MOST + [0] * (10 - REPEATED_MOST)
    assert (told.needs, told.profile_id, told.plans) == ("needs-9", plan_number(STATION, "tx-s1"), 0)
    less = {**AC, "acChargingParameters.evMaxCurrent": Decimal(8)}
    assert len(commands(station.reads(needs(11, seconds=141, parameters=less)))) == 1
    assert len(commands(station.reads(needs(12, seconds=300, parameters=less)))) == 1


def test_needs_that_are_read_again_are_only_answered_again() -> None:
    station = Station(session(), how=FAST)
    first = station.reads(needs())
    again = station.reads(needs())

    assert (statuses(again), commands(again), plans(again)) == (["Accepted"], [], [])
    assert [each.id for each in again] == [each.id for each in first if isinstance(each, ChargingNeedsDecided)]


def test_records_of_before_that_nobody_waits_for_do_nothing() -> None:
    assert Station(session(), how=FAST).reads(needs(reply_to=None, answered="Rejected")) == []


def test_no_more_needs_are_remembered_than_a_station_may_have_evses() -> None:
    station = Station(how=FAST)
    for number in range(NEEDS_AT_MOST + 5):
        station.reads(needs(number, evse=number + 1, seconds=130 + number / 100))

    assert len(station.state.needs) == NEEDS_AT_MOST


def heard(outputs: list[Record]) -> CommandRequested:
    """The command comes back from its topic."""
    (command,) = commands(outputs)
    return command


@settings(deadline=None)
@given(st.permutations(range(4)), st.booleans())
def test_in_whatever_order_the_topics_are_read_the_needs_are_answered_once_and_served(
    order: list[int], again: bool
) -> None:
    records: list[Record] = [session(), needs(), limit(5_000, n=125), asked("other", seconds=121)]
    station = Station(how=FAST)
    outputs = [each for turn in order for each in station.reads(records[turn])]
    if again:
        outputs += [each for turn in order for each in station.reads(records[turn])]
    outputs += station.comes_to(2_000)

    assert set(statuses(outputs)) == {"Accepted"}
    sent = {each.id: each for each in commands(outputs)}
    assert 1 <= len(sent) <= 2 + LOST_MOST  # nothing is heard of any
    assert rates([max(sent.values(), key=lambda one: one.requested_at)]) == [(0, Decimal("7.2"))]

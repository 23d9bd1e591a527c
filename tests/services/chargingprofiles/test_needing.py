"""What becomes of the needs of an EV: the answer, the profile, and when it is made anew."""

from decimal import Decimal
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.base import Record
from schemas.chargingneeds import ChargingLimitCleared, ChargingNeedsDecided, ChargingPlanChanged
from schemas.chargingschedules import ChargingProfile
from schemas.commands import CommandRequested
from schemas.limits import StationLimited, StationLimits
from schemas.profilecommands import SetChargingProfile
from schemas.transactionlimits import TransactionLimit
from services.chargingprofiles.needing import NEEDS_AT_MOST
from services.chargingprofiles.serving import How, plan_number
from tests.services.chargingprofiles.records import (
    AC,
    STATION,
    Station,
    asked,
    limit,
    needs,
    profile,
    session,
    settled,
    start,
    tx_profile,
)
from tests.services.moments import at

FAST, LEVEL, STANDING, OFF = How("fast"), How("level"), How("standing"), How("off")


def statuses(outputs: list[Record]) -> list[str]:
    return [each.status for each in outputs if isinstance(each, ChargingNeedsDecided)]


def commands(outputs: list[Record]) -> list[CommandRequested]:
    return [each for each in outputs if isinstance(each, CommandRequested)]


def plans(outputs: list[Record]) -> list[ChargingPlanChanged]:
    return [each for each in outputs if isinstance(each, ChargingPlanChanged)]


def profile_in(outputs: list[Record]) -> ChargingProfile:
    (command,) = commands(outputs)
    assert isinstance(command.command, SetChargingProfile)
    return command.command.profile


def rates(outputs: list[Record]) -> list[tuple[int, Decimal | None]]:
    (schedule,) = profile_in(outputs).schedules
    return [(period.start_s, period.limit) for period in schedule.periods]


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


def test_a_station_that_takes_amperes_alone_gets_no_plan_for_dc() -> None:
    amperes = StationLimited(id="l", station=STATION, revision=1, limits=StationLimits(rate_units=("A",)), at=at(0))
    outputs = Station(session(), amperes, how=FAST).reads(needs(energy_transfer="DC", parameters={}))

    assert (statuses(outputs), plans(outputs)[0].reason) == (["Rejected"], "DC is planned in W")


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


@pytest.mark.usecase("K16", "K16.FR.12")
@pytest.mark.parametrize("how", [STANDING, FAST, LEVEL])
def test_the_profile_that_an_operator_set_for_the_transaction_serves(how: How) -> None:
    station = Station(session(), asked(profile=tx_profile(), seconds=122), settled(seconds=123), how=how)
    outputs = station.reads(needs())

    assert statuses(outputs) == ["Accepted"]
    assert profile_in(outputs) == tx_profile()


def test_so_does_the_one_that_a_remote_start_brought() -> None:
    begun = session(seconds=120, remote_start_id=5)
    station = Station(start(), settled("go", command="RemoteStart"), begun, how=FAST)

    assert profile_in(station.reads(needs())).profile_id == 7


@pytest.mark.usecase("K15.FR.07", "K16.FR.12")
def test_the_default_of_the_station_serves_as_a_profile_of_the_transaction() -> None:
    station = Station(asked(), settled(), session(), how=STANDING)
    outputs = station.reads(needs())

    assert (profile_in(outputs).purpose, profile_in(outputs).transaction_id) == ("TxProfile", "tx-s1")
    assert rates(outputs) == [(0, Decimal("15.9"))]  # 11 kW by three phases of 230 V


@pytest.mark.usecase("K15.FR.07", "K17.FR.07", "K18.FR.07", "K19.FR.07")
def test_a_schedule_has_no_more_periods_than_ev_and_station_take() -> None:
    steps = tuple(
        msgspec.structs.replace(profile().schedules[0].periods[0], start_s=n * 60, limit=Decimal(9_000 - n * 500))
        for n in range(10)
    )
    default = profile(schedules=(msgspec.structs.replace(profile().schedules[0], periods=steps),))
    few = StationLimited(id="l", station=STATION, revision=1, limits=StationLimits(schedule_periods=3), at=at(0))

    def made(*more: Record, most: int) -> int:
        station = Station(asked(profile=default), settled(), session(), *more, how=FAST)
        return len(rates(station.reads(needs(most_periods=most))))

    assert (made(most=12), made(most=4), made(few, most=4)) == (10, 4, 3)


def test_the_limit_of_the_session_counts_as_a_need_and_as_a_departure() -> None:
    limited = session(limit=TransactionLimit(max_energy_wh=Decimal(2_760), max_time_s=3_610))
    outputs = Station(limited, how=LEVEL).reads(needs())

    assert (plans(outputs)[0].energy_wh, plans(outputs)[0].departure_at) == (2_760, at(120 + 3_610))
    assert rates(outputs) == [(0, Decimal(4)), (3_600, Decimal(16))]


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


def test_needs_end_with_their_transaction() -> None:
    station = Station(session(), how=FAST)
    station.reads(heard(station.reads(needs())))
    station.reads(session(ended=160))
    station.reads(limit(5_000, n=170))

    assert station.state.needs == ()
    assert commands(station.comes_to(3_000)) == []


def test_a_command_that_was_lost_in_a_crash_is_sent_once_more() -> None:
    station = Station(session(), how=FAST)
    (command,) = commands(station.reads(needs()))

    assert commands(station.comes_to(144)) == []
    assert commands(station.comes_to(145)) == [command]
    assert commands(station.comes_to(1_000)) == []


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
    assert 1 <= len(sent) <= 2
    assert rates([max(sent.values(), key=lambda one: one.requested_at)]) == [(0, Decimal("7.2"))]

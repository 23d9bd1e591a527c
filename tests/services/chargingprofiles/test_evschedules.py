"""What an EV means to do: within our profile of its transaction or not, and what follows."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.base import ReplyTo
from schemas.chargingneeds import EVScheduleDecided, EVScheduleReported
from schemas.chargingschedules import ChargingProfile, ChargingSchedule, SchedulePeriod
from schemas.commands import CommandRequested
from schemas.profilecommands import SetChargingProfile
from services.chargingprofiles.evschedules import RENEGOTIATED_MOST, is_within
from tests.services.chargingprofiles.records import STATION, Station, asked, session, settled, tx_profile
from tests.services.moments import at

REPLY = ReplyTo(gateway="gw-0", epoch=1, message_id="m1", received_at=at(200))


def schedule(*periods: tuple[int, int | None], **changes: Any) -> ChargingSchedule:
    told = tuple(
        SchedulePeriod(start_s=start, limit=None if limit is None else Decimal(limit)) for start, limit in periods
    )
    return ChargingSchedule(**{"unit": "W", "periods": told} | changes)


def ours(*periods: tuple[int, int | None], **changes: Any) -> ChargingProfile:
    made = schedule(*periods, start_at=at(0), **changes)
    return ChargingProfile(
        purpose="TxProfile", kind="Absolute", transaction_id="tx-s1", profile_id=7, schedules=(made,)
    )


def means(*periods: tuple[int, int | None], number: int = 1, **changes: Any) -> EVScheduleReported:
    members = {
        "id": f"ev-{number}",
        "station": STATION,
        "evse": 1,
        "begins_at": at(0),
        "schedule": schedule(*periods),
        "reply_to": REPLY,
        "received_at": at(200 + number),
    }
    return EVScheduleReported(**members | changes)


def charging(profile: ChargingProfile | None = None) -> Station:
    return Station(session(), asked(profile=profile or tx_profile(), seconds=130), settled(seconds=131))


@pytest.mark.parametrize(
    ("theirs", "profile", "within"),
    [
        (schedule((0, 7000)), ours((0, 7000)), True),
        (schedule((0, 7001)), ours((0, 7000)), False),
        (schedule((0, 11000), (600, 5000)), ours((0, 11000), (600, 5000)), True),
        (schedule((0, 11000), (601, 5000)), ours((0, 11000), (600, 5000)), False),
        (schedule((0, 11000)), ours((0, 11000), duration_s=600), True),  # afterwards our profile says nothing
        (schedule((0, 20000), duration_s=60), ours((60, 7000)), True),  # over before our first limit
        (schedule((0, 20000)), ours((0, None)), True),
        (schedule((0, None)), ours((0, 7000)), True),
        (schedule((0, 32), unit="A"), ours((0, 7000)), True),  # cannot be compared
    ],
)
def test_a_schedule_is_within_ours_where_it_nowhere_exceeds_it(
    theirs: ChargingSchedule, profile: ChargingProfile, within: bool
) -> None:
    assert is_within(theirs, at(0), profile, None) is within


def test_profiles_that_begin_with_the_charging_are_compared_by_their_greatest_limit() -> None:
    relative = tx_profile(schedules=(schedule((0, 4000), (600, 9000)),))

    assert is_within(schedule((0, 9000)), at(0), relative, None)
    assert not is_within(schedule((0, 9001)), at(0), relative, None)


@pytest.mark.parametrize(("chosen", "within"), [(1, False), (2, True), (9, True), (None, True)])
def test_of_several_schedules_the_chosen_one_counts(chosen: int | None, within: bool) -> None:
    both = tx_profile(schedules=(schedule((0, 4000)), schedule((0, 9000))))

    assert is_within(schedule((0, 9000)), at(0), both, chosen) is within


def test_the_ends_of_the_calendar_are_times_like_others() -> None:
    latest = datetime(9999, 12, 31, 23, 59, tzinfo=UTC)

    assert is_within(schedule((0, 1), (2_000_000_000, 1)), latest, ours((0, 7000)), None)


RATES = st.lists(st.tuples(st.integers(0, 50), st.integers(0, 9)), min_size=1, max_size=5, unique_by=lambda one: one[0])


def rate_at(periods: list[tuple[int, int]], second: int) -> int | None:
    return next((rate for start, rate in reversed(periods) if start <= second), None)


@settings(deadline=None)
@given(RATES, RATES)
def test_it_is_within_ours_exactly_where_no_second_exceeds_it(theirs: Any, mine: Any) -> None:
    theirs, mine = sorted(theirs), sorted(mine)
    worst = any(
        (meant := rate_at(theirs, second)) is not None
        and (limit := rate_at(mine, second)) is not None
        and meant > limit
        for second in range(60)
    )

    assert is_within(schedule(*theirs), at(0), ours(*mine), None) is not worst


@pytest.mark.usecase("K15", "K15.FR.11", "K16", "K16.FR.06", "K17", "K17.FR.11", "TC_K_58_CSMS")
def test_what_stays_within_our_profile_is_accepted() -> None:
    (decision,) = charging().reads(means((0, 11000)))

    assert isinstance(decision, EVScheduleDecided)
    assert (decision.within, decision.reply_to) == (True, REPLY)


@pytest.mark.usecase("K15", "K15.FR.12", "K15.FR.13", "K16", "K16.FR.07", "K16.FR.08", "K17.FR.12", "K17.FR.13")
def test_what_exceeds_it_is_rejected_and_negotiated_anew() -> None:
    decision, command = charging().reads(means((0, 12000)))

    assert isinstance(decision, EVScheduleDecided)
    assert decision.within is False
    assert isinstance(command, CommandRequested)
    assert command.command == SetChargingProfile(evse=1, profile=tx_profile())


def test_a_profile_counts_as_soon_as_the_station_was_asked_to_take_it() -> None:
    decision, _ = Station(session(), asked(profile=tx_profile(), seconds=130)).reads(means((0, 12000)))

    assert isinstance(decision, EVScheduleDecided)
    assert decision.within is False


def test_an_ev_that_goes_on_to_exceed_it_is_only_refused_until_it_stays_within() -> None:
    station = charging()
    commands = [len(station.reads(means((0, 12000), number=n))) - 1 for n in range(1, RENEGOTIATED_MOST + 3)]
    station.reads(means((0, 11000), number=50))

    assert commands == [1] * RENEGOTIATED_MOST + [0, 0]
    assert len(station.reads(means((0, 12000), number=51))) == 2


@pytest.mark.parametrize(
    "station",
    [
        Station(),
        Station(session()),
        Station(session(), asked(seconds=130), settled(seconds=131)),  # no profile of the transaction
        Station(session(evse=2), asked(profile=tx_profile(), evse=2, seconds=130), settled(seconds=131)),
        Station(session(), session(ended=150), asked(profile=tx_profile(), seconds=130), settled(seconds=131)),
    ],
)
def test_without_a_profile_of_a_transaction_there_nothing_is_exceeded(station: Station) -> None:
    (decision,) = station.reads(means((0, 50_000)))

    assert isinstance(decision, EVScheduleDecided)
    assert decision.within


def test_an_old_record_that_nobody_waits_for_does_nothing() -> None:
    assert charging().reads(means((0, 50_000), reply_to=None)) == []

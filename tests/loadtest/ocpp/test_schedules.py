"""Which limit of all profiles holds at an EVSE, by purpose, stack level, validity, kind and unit."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loadtest.ocpp.intents import KeepProfile
from loadtest.ocpp.schedules import Place, allowed, amperes, steps

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
HERE = Place(1, 2, 3, "t1", NOON - timedelta(seconds=100))


def told(at: datetime) -> str:
    return at.isoformat().replace("+00:00", "Z")


def profile(
    number: int = 1,
    *periods: tuple[int, float],
    evse: int = 1,
    start: datetime | None = NOON,
    duration: int | None = None,
    **changes: Any,
) -> KeepProfile:
    schedule: dict[str, Any] = {
        "chargingRateUnit": "A",
        "chargingSchedulePeriod": [{"startPeriod": at, "limit": limit} for at, limit in periods or ((0, 16),)],
    }
    schedule |= {"startSchedule": told(start)} if start is not None else {}
    schedule |= {"duration": duration} if duration is not None else {}
    whole = {"chargingProfilePurpose": "TxDefaultProfile", "chargingProfileKind": "Absolute", "stackLevel": 0}
    return KeepProfile(profile_id=number, evse=evse, profile=whole | {"chargingSchedule": [schedule]} | changes)


def amps(*profiles: KeepProfile, at: datetime = NOON, place: Place = HERE) -> float | None:
    return allowed(profiles, place, at).amps


TX = {"chargingProfilePurpose": "TxProfile", "transactionId": "t1"}


def test_of_one_purpose_the_highest_stack_level_leads_even_where_it_allows_more() -> None:
    assert amps(profile(1, (0, 10)), profile(2, (0, 20), stackLevel=3)) == 20


def test_the_profile_of_the_transaction_overrules_the_default_and_that_of_another_does_not() -> None:
    default = profile(1, (0, 8), stackLevel=9)

    assert amps(default, profile(2, (0, 20), **TX)) == 20
    assert amps(default, profile(2, (0, 20), **(TX | {"transactionId": "t2"}))) == 8


def test_a_lease_falls_to_its_second_period_and_after_its_end_to_the_default() -> None:
    both = (profile(1, (0, 7)), profile(2, (0, 16), (60, 6), duration=600, **TX))

    at = [amps(*both, at=NOON + timedelta(seconds=seconds)) for seconds in (0, 59, 60, 599, 600)]
    assert at == [16, 16, 6, 6, 7]
    assert allowed(both, HERE, NOON).until == NOON + timedelta(seconds=60)


@pytest.mark.parametrize("purpose", ["ChargingStationMaxProfile", "ChargePointMaxProfile"])
def test_a_limit_of_the_whole_station_is_shared_and_the_lesser_counts(purpose: str) -> None:
    whole = profile(2, (0, 20), evse=0, chargingProfilePurpose=purpose)

    assert amps(profile(1, (0, 16)), whole) == 10
    assert amps(profile(1, (0, 8)), whole) == 8


def test_outside_its_validity_a_profile_says_nothing() -> None:
    valid = profile(1, validFrom=told(NOON), validTo=told(NOON + timedelta(seconds=5)))

    assert [amps(valid, at=NOON + timedelta(seconds=second)) for second in (-1, 0, 4, 5)] == [None, 16, 16, None]


def test_a_relative_profile_runs_from_the_beginning_of_the_charging() -> None:
    relative = profile(1, (0, 20), (100, 10), start=None, chargingProfileKind="Relative")

    assert (amps(relative, at=NOON - timedelta(seconds=1)), amps(relative)) == (20, 10)


def test_a_daily_profile_repeats() -> None:
    daily = profile(
        1, (0, 20), (3_600, 10), start=NOON - timedelta(days=3), chargingProfileKind="Recurring", recurrencyKind="Daily"
    )

    assert [amps(daily, at=NOON + timedelta(hours=hour)) for hour in (0, 1, 24, 25)] == [20, 10, 20, 10]


def test_watts_are_amperes_by_the_phases_told_but_no_more_than_the_outlet_has() -> None:
    period = {"limit": 11_040}

    assert amperes(period, "W", 3) == 16
    assert amperes(period | {"numberPhases": 1}, "W", 3) == 48
    assert amperes({"limit": 3_680}, "W", 1) == 16
    assert amperes(period, "W", 0) == 16
    assert amperes({"limit": 13}, "A", 1) == 13


def test_a_schedule_is_looked_through_for_as_long_as_is_asked() -> None:
    lease = profile(2, (0, 16), (60, 6), (400, 9), **TX)

    assert list(steps([lease], HERE, NOON, 300)) == [(0, 16), (60, 6)]


several = st.lists(
    st.builds(
        lambda number, level, limit, since, purpose: profile(
            number,
            (0, limit),
            (since, limit / 2),
            stackLevel=level,
            chargingProfilePurpose=purpose,
            transactionId="t1",
        ),
        st.integers(1, 99),
        st.integers(0, 3),
        st.integers(6, 32),
        st.integers(1, 90),
        st.sampled_from(("TxProfile", "TxDefaultProfile", "ChargingStationMaxProfile")),
    ),
    max_size=5,
    unique_by=lambda one: (one.profile["chargingProfilePurpose"], one.profile["stackLevel"]),
)


@given(several, st.integers(0, 200), st.randoms())
def test_the_order_of_profiles_does_not_matter_and_what_is_allowed_holds_until_it_says(
    profiles, second, random
) -> None:
    at = NOON + timedelta(seconds=second)
    found = allowed(profiles, HERE, at)
    shuffled = list(profiles)
    random.shuffle(shuffled)

    assert allowed(shuffled, HERE, at) == found
    later = at + timedelta(seconds=1)
    if found.until is None or found.until > later:
        assert allowed(profiles, HERE, later).amps == found.amps

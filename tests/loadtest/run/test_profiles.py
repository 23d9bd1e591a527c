"""Stations of the scenario `limits` find the limit in a profile of any version."""

import json

import pytest

from loadtest.run.profiles import limit_in

PERIODS = [{"startPeriod": 0, "limit": 10.0}, {"startPeriod": 60, "limit": 32.0}]


@pytest.mark.parametrize(("unit", "watts"), [("W", 10.0), ("A", 6_900.0)])
def test_the_first_limit_counts_in_watts(unit: str, watts: float) -> None:
    schedule = {"chargingRateUnit": unit, "chargingSchedulePeriod": PERIODS}

    assert limit_in(json.dumps({"csChargingProfiles": {"chargingSchedule": schedule}}).encode()) == watts
    assert limit_in(json.dumps({"chargingProfile": {"chargingSchedule": [schedule]}}).encode()) == watts


def test_a_profile_without_periods_says_nothing() -> None:
    assert limit_in(b'{"chargingProfile":{}}') is None

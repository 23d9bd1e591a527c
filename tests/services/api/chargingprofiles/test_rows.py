"""Rows: a record as it is, and the composite schedule in both of its forms."""

from decimal import Decimal

import msgspec
import pytest

from services.api.chargingprofiles.rows import composite_of, profile_of
from services.api.fakes import NOON
from tests.services.api.builders import a_charging_profile

PERIODS = [{"startPeriod": 0, "limit": 16.1, "numberPhases": 3}, {"startPeriod": 60, "limit": 6}]
WHOLE = {
    "schedule": {
        "evseId": 1,
        "duration": 600,
        "scheduleStart": "2026-06-01T12:00:00Z",
        "chargingRateUnit": "A",
        "chargingSchedulePeriod": PERIODS,
    }
}
BESIDE = {
    "connectorId": 1,
    "scheduleStart": "2026-06-01T12:00:00Z",
    "chargingSchedule": {"duration": 600, "chargingRateUnit": "A", "chargingSchedulePeriod": PERIODS},
}


@pytest.mark.parametrize("response", [WHOLE, BESIDE])
def test_a_composite_schedule_is_read_in_either_form(response):
    told = composite_of(response, evse=1, duration_s=900, at=NOON)

    assert told is not None
    assert (told.starts_at, told.duration_s, told.unit) == (NOON, 600, "A")
    assert [(period.start_s, period.limit, period.phases) for period in told.periods] == [
        (0, Decimal("16.1"), 3),
        (60, Decimal(6), None),
    ]


@pytest.mark.parametrize("response", [None, {}, {"schedule": None}, {"schedule": {"chargingSchedulePeriod": [{}]}}])
def test_what_is_no_schedule_is_none(response):
    assert composite_of(response, evse=1, duration_s=900, at=NOON) is None


def test_a_row_has_the_profile_to_the_digit():
    row = profile_of(a_charging_profile())

    assert b'"11000.5"' in msgspec.json.encode(row)
    assert row.charging_profile == a_charging_profile().charging_profile

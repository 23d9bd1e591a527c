"""Dynamic profiles: what an update changes, and what it leaves (K28.FR.06)."""

from decimal import Decimal

from schemas.chargingschedules import (
    ChargingProfile,
    ChargingSchedule,
    SchedulePeriod,
    ScheduleUpdate,
    update_of,
    updated,
)

DYNAMIC = ChargingProfile(
    purpose="TxDefaultProfile",
    kind="Dynamic",
    schedules=(
        ChargingSchedule(unit="W", periods=(SchedulePeriod(limit=Decimal("7000.5"), setpoint=Decimal(-3), phases=1),)),
    ),
)


def test_an_update_changes_what_it_says_and_leaves_the_rest() -> None:
    after = updated(DYNAMIC, ScheduleUpdate(limit=Decimal("0.1")))

    assert after.schedules[0].periods[0] == SchedulePeriod(limit=Decimal("0.1"), setpoint=Decimal(-3), phases=1)
    assert (after.purpose, after.schedules[0].unit) == ("TxDefaultProfile", "W")


def test_what_a_dynamic_profile_holds_can_be_given_as_an_update() -> None:
    assert update_of(DYNAMIC) == ScheduleUpdate(limit=Decimal("7000.5"), setpoint=Decimal(-3))
    assert updated(DYNAMIC, update_of(DYNAMIC)) == DYNAMIC

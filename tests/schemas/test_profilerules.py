"""What the specification asks of a profile before it is sent: each fault by its member, each sound profile without any."""

from decimal import Decimal
from typing import Any

import pytest

from schemas.chargingschedules import ChargingProfile, ChargingSchedule, FrequencyPoint, SchedulePeriod, ScheduleUpdate
from schemas.profilerules import profile_faults, start_faults, update_faults
from tests.services.moments import at

pytestmark = pytest.mark.usecase(
    *("K01", "K01.FR.03", "K01.FR.19", "K01.FR.22", "K04", "K05", "K28.FR.01", "Q03", "Q03.FR.02", "Q08", "Q10")
)


def period(**changes: Any) -> SchedulePeriod:
    return SchedulePeriod(**{"limit": Decimal(11_000)} | changes)


def schedule(*periods: SchedulePeriod, **changes: Any) -> ChargingSchedule:
    return ChargingSchedule(**{"unit": "W", "start_at": at(0), "periods": periods or (period(),)} | changes)


def profile(*schedules: ChargingSchedule, **changes: Any) -> ChargingProfile:
    return ChargingProfile(**{"purpose": "TxDefaultProfile", "schedules": schedules or (schedule(),)} | changes)


RELATIVE: dict[str, Any] = {"kind": "Relative"}
FLOATING = schedule(start_at=None)
CURVE = (
    FrequencyPoint(frequency=Decimal(49), power=Decimal(1)),
    FrequencyPoint(frequency=Decimal(51), power=Decimal(-1)),
)

SOUND: list[tuple[ChargingProfile, int]] = [
    (profile(), 0),
    (profile(), 1),
    (profile(purpose="ChargingStationMaxProfile"), 0),
    (profile(purpose="TxProfile", transaction_id="7"), 1),
    (profile(FLOATING, kind="Relative"), 1),
    (profile(kind="Recurring", recurrency="Daily"), 1),
    (profile(FLOATING, kind="Dynamic", update_interval_s=60), 1),
    (profile(schedule(period(phases=1, phase_to_use=2))), 1),
    (profile(schedule(period(), period(start_s=60))), 1),
    (profile(schedule(SchedulePeriod(operation_mode="CentralSetpoint", setpoint=Decimal(-5)))), 1),
    (profile(schedule(SchedulePeriod(operation_mode="Idle"))), 1),
    (
        profile(
            schedule(
                SchedulePeriod(operation_mode="LocalFrequency", baseline=Decimal(0), frequency_curve=CURVE), unit="W"
            )
        ),
        1,
    ),
]

FAULTY: list[tuple[ChargingProfile, int, str]] = [
    (profile(purpose="ChargingStationExternalConstraints"), 0, "profile.purpose"),
    (profile(purpose="ChargingStationMaxProfile"), 1, "evse"),
    (profile(FLOATING, purpose="ChargingStationMaxProfile", kind="Relative"), 0, "profile.kind"),
    (profile(purpose="TxProfile"), 1, "profile.transaction_id"),
    (profile(purpose="TxProfile", transaction_id="7"), 0, "evse"),
    (profile(transaction_id="7"), 1, "profile.transaction_id"),
    (profile(kind="Recurring"), 1, "profile.recurrency"),
    (profile(recurrency="Daily"), 1, "profile.recurrency"),
    (profile(update_interval_s=5), 1, "profile.update_interval_s"),
    (profile(FLOATING, FLOATING, kind="Dynamic"), 1, "profile.schedules"),
    (profile(schedule(period(), period(start_s=5), start_at=None), kind="Dynamic"), 1, "profile.schedules"),
    (profile(valid_from=at(1), valid_to=at(1)), 1, "profile.valid_to"),
    (profile(schedule(unit=None)), 1, "profile.schedules[0].unit"),
    (profile(FLOATING), 1, "profile.schedules[0].start_at"),
    (profile(kind="Relative"), 1, "profile.schedules[0].start_at"),
    (profile(schedule(randomized_delay_s=5), purpose="PriorityCharging"), 1, "profile.schedules[0].randomized_delay_s"),
    (profile(schedule(period(start_s=1))), 1, "profile.schedules[0].periods[0].start_s"),
    (profile(schedule(period(), period(start_s=9), period(start_s=9))), 1, "profile.schedules[0].periods"),
    (profile(schedule(period(phase_to_use=1))), 1, "profile.schedules[0].periods[0].phase_to_use"),
    (profile(schedule(period(phases=3, phase_to_use=1))), 1, "profile.schedules[0].periods[0].phase_to_use"),
    (profile(schedule(SchedulePeriod())), 1, "profile.schedules[0].periods[0].limit"),
    (profile(schedule(period(discharge_limit=Decimal(1)))), 1, "profile.schedules[0].periods[0].discharge_limit"),
    (profile(schedule(period(limit=Decimal("NaN")))), 1, "profile.schedules[0].periods[0].limit"),
    (profile(schedule(period(limit=Decimal("1E+999999")))), 1, "profile.schedules[0].periods[0].limit"),
    (profile(schedule(period(operation_mode="CentralSetpoint"))), 1, "profile.schedules[0].periods[0].limit"),
    (profile(schedule(period(operation_mode="Idle"))), 1, "profile.schedules[0].periods[0].limit"),
    (
        profile(schedule(SchedulePeriod(operation_mode="LocalFrequency"))),
        1,
        "profile.schedules[0].periods[0].frequency_curve",
    ),
    (profile(schedule(duration_s=60), purpose="PriorityCharging"), 1, "profile.schedules[0].duration_s"),
    (
        profile(schedule(SchedulePeriod(operation_mode="Idle")), purpose="PriorityCharging"),
        1,
        "profile.schedules[0].periods",
    ),
]


@pytest.mark.parametrize(("one", "evse"), SOUND)
def test_a_profile_by_the_rules_has_no_fault(one: ChargingProfile, evse: int) -> None:
    assert list(profile_faults(one, evse)) == []


@pytest.mark.parametrize(("one", "evse", "member"), FAULTY)
def test_a_fault_names_its_member(one: ChargingProfile, evse: int, member: str) -> None:
    faults = list(profile_faults(one, evse))

    assert [fault.member for fault in faults] == [member]
    assert faults[0].detail


def test_inside_a_remote_start_it_is_a_tx_profile_of_no_transaction() -> None:
    assert list(start_faults(profile(FLOATING, purpose="TxProfile", kind="Relative"))) == []
    assert [fault.member for fault in start_faults(profile())] == ["profile.purpose"]
    named = profile(purpose="TxProfile", transaction_id="7")
    assert [fault.member for fault in start_faults(named)] == ["profile.transaction_id"]


def test_an_update_says_something_that_a_station_can_take() -> None:
    assert list(update_faults(ScheduleUpdate(limit=Decimal(1)))) == []
    assert [fault.member for fault in update_faults(ScheduleUpdate())] == ["update"]
    assert [fault.member for fault in update_faults(ScheduleUpdate(discharge_limit=Decimal(1)))] == [
        "update.discharge_limit"
    ]

"""Charging profiles in ClickHouse: what each station has, the limits that others set, and what EVs ask for. PURE."""

import datetime as dt
from typing import Any

import msgspec

from schemas.chargingneeds import (
    ChargingLimitCleared,
    ChargingLimitReported,
    ChargingNeedsReported,
    ChargingPlanChanged,
    EVScheduleReported,
    PriorityChargingReported,
)
from schemas.chargingprofiles import (
    CHARGING_PROFILE_STATES,
    ENERGY,
    ChargingProfileChanged,
    ScheduleUpdateRequested,
)
from services.metering.cells import EPOCH, LATEST, MICROSECOND, UINT16, us
from services.metering.feeds import FACTS, STATES
from services.metering.table import MeteringNoun, empty, table

_NEVER = LATEST - MICROSECOND
"""Who plans may name any time; later ones than the column holds are its last."""


def _planned(at: dt.datetime | None) -> int | None:
    return None if at is None else us(min(max(at, EPOCH), _NEVER))


def _place(evse: int | None) -> int:
    """The EVSE, 0 for the station as a whole; the greatest number stands for all that none can have."""
    low, most = UINT16
    return 0 if evse is None else evse if low <= evse <= most else most


def _json(value: Any) -> str:
    return msgspec.json.encode(value).decode()


NOUN = MeteringNoun(
    topics={FACTS: (ENERGY,), STATES: (CHARGING_PROFILE_STATES,)},
    tables=(
        table(
            "charging_profiles",
            key="station profile_id",
            columns="station profile_id charging_profile evse purpose kind stack_level valid_from valid_to source status known detail"
            " transaction_id profile command_id requested_at requested_by confirmed_at ended_at revision id changed_at",
            rows={
                ChargingProfileChanged: {
                    "purpose": lambda r: r.profile.purpose,
                    "kind": lambda r: r.profile.kind,
                    "stack_level": lambda r: r.profile.stack_level,
                    "valid_from": lambda r: _planned(r.profile.valid_from),
                    "valid_to": lambda r: _planned(r.profile.valid_to),
                    "profile": lambda r: _json(r.profile),
                }
            },
        ),
        table(
            "charging_limits",
            key="station evse source local_generation",
            columns="station evse source local_generation grid_critical schedules cleared received_at id",
            rows={
                ChargingLimitReported: {
                    "evse": lambda r: _place(r.evse),
                    "schedules": lambda r: _json(r.schedules),
                    "cleared": lambda _: False,
                },
                ChargingLimitCleared: {
                    "evse": lambda r: _place(r.evse),
                    "local_generation": lambda _: False,
                    "grid_critical": lambda _: None,
                    "cleared": lambda _: True,
                    **empty("schedules"),
                },
            },
        ),
        table(
            "charging_needs",
            key="station received_at id",
            columns="station evse energy_transfer control_mode departure_at parameters der_controls islanding_detection inverter"
            " answered received_at id",
            rows={
                ChargingNeedsReported: {
                    "departure_at": lambda r: _planned(r.departure_at),
                    "parameters": lambda r: _json(r.parameters),
                    "der_controls": lambda r: list(r.der_controls),
                    "islanding_detection": lambda r: list(r.islanding_detection),
                    "inverter": lambda r: _json(r.inverter),
                }
            },
        ),
        table(
            "charging_plans",
            key="station needs",
            columns="station needs evse policy status reason transaction_id profile_id command_id outcome ev_within ev_told_at energy_wh"
            " planned_wh departure_at plans revision id changed_at",
            rows={ChargingPlanChanged: {"departure_at": lambda r: _planned(r.departure_at)}},
        ),
        table(
            "ev_schedules",
            key="station received_at id",
            columns="station evse begins_at schedule selected_schedule_id received_at id",
            rows={
                EVScheduleReported: {
                    "begins_at": lambda r: _planned(r.begins_at),
                    "schedule": lambda r: _json(r.schedule),
                }
            },
        ),
        table(
            "priority_charging",
            key="station received_at id",
            columns="station transaction_id activated received_at id",
            rows={PriorityChargingReported: {}},
        ),
        table(
            "schedule_pulls",
            key="station received_at id",
            columns="station profile_id received_at id",
            rows={ScheduleUpdateRequested: {}},
        ),
    ),
)

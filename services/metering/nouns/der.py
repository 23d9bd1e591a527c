"""DER control in ClickHouse: what each control is now, and every alarm, start and end. PURE."""

from schemas.base import Timestamp
from schemas.der import DER, DER_STATES, DERAlarmReported, DERControlChanged, DERStartStopReported
from services.metering.cells import EPOCH, LATEST, MICROSECOND, json, us
from services.metering.feeds import FACTS, STATES
from services.metering.table import MeteringNoun, table

_NEVER = LATEST - MICROSECOND
"""Who sets a control may name any time; later ones than the column holds are its last."""

INT64 = 2**63


def _held(at: Timestamp | None) -> int | None:
    return None if at is None else us(min(max(at, EPOCH), _NEVER))


def _priority(record: DERControlChanged) -> int | None:
    priority = record.control.settings.priority
    return priority if priority is not None and priority < INT64 else None


def _duration(record: DERControlChanged) -> str:
    duration = record.control.settings.duration_s
    return "" if duration is None else format(duration, "f")


NOUN = MeteringNoun(
    topics={FACTS: (DER,), STATES: (DER_STATES,)},
    tables=(
        table(
            "der_controls",
            key="station der_control",
            columns="station der_control control_id control_type is_default is_superseded control_priority starts_at duration_s settings"
            " status detail running running_since requested_at requested_by verified_at ended_at revision id changed_at",
            rows={
                DERControlChanged: {
                    "control_id": lambda r: r.control.control_id,
                    "control_type": lambda r: r.control.control_type,
                    "is_default": lambda r: r.control.is_default,
                    "is_superseded": lambda r: r.control.is_superseded,
                    "control_priority": _priority,
                    "starts_at": lambda r: _held(r.control.settings.starts_at),
                    "duration_s": _duration,
                    "settings": lambda r: json(r.control.settings),
                    "ended_at": lambda r: _held(r.ended_at),
                }
            },
        ),
        table(
            "der_alarms",
            key="station at control_type fault ended",
            columns="station control_type fault ended extra_info at received_at id",
            rows={DERAlarmReported: {}},
        ),
        table(
            "der_turns",
            key="station at control_id started",
            columns="station control_id started superseded_ids at received_at id",
            rows={DERStartStopReported: {"superseded_ids": lambda r: list(r.superseded_ids)}},
        ),
    ),
)

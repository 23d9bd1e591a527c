"""Builders: an alarm and a turn, as records and as rows."""

from datetime import timedelta
from typing import Any

from schemas.der import DERAlarmReported, DERStartStopReported
from services.api.der.rows import Alarm, Turn
from tests.services.api.builders import NOON, STATION


def an_alarm(minutes: float = 0, **changes: Any) -> DERAlarmReported:
    given: dict[str, Any] = {"id": f"alarm-{minutes}", "station": STATION, "control_type": "FreqWatt"}
    when = {"at": NOON + timedelta(minutes=minutes), "received_at": NOON}
    return DERAlarmReported(**given | {"fault": "OverFrequency"} | when | changes)


def a_turn(minutes: float = 0, **changes: Any) -> DERStartStopReported:
    given: dict[str, Any] = {"id": f"turn-{minutes}", "station": STATION, "control_id": "a", "started": True}
    when = {"at": NOON + timedelta(minutes=minutes), "received_at": NOON}
    return DERStartStopReported(**given | when | changes)


def an_alarm_row(**changes: Any) -> Alarm:
    record = an_alarm(**changes)
    return Alarm(**{name: getattr(record, name) for name in Alarm.__struct_fields__})


def a_turn_row(**changes: Any) -> Turn:
    record = a_turn(**changes)
    return Turn(**{name: getattr(record, name) for name in Turn.__struct_fields__})

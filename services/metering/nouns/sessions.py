"""Sessions in ClickHouse: what each is now, its readings and charging states, and what operators ordered. PURE."""

from collections.abc import Sequence
from operator import attrgetter

from schemas.sessionorders import (
    SESSION_ORDERS,
    SessionCorrected,
    SessionEndOrdered,
    SessionLimitOrdered,
    SessionReleased,
)
from schemas.transactions import (
    METER_VALUES,
    SESSIONS,
    ChargingStateRecorded,
    MeterValuesRecorded,
    SessionChanged,
)
from services.metering.cells import Column, decimals, micros, millis, places, us
from services.metering.feeds import FACTS, READINGS, STATES
from services.metering.nouns.tokens import TOKEN_CELLS, token_type
from services.metering.table import Cells, MeteringNoun, absent, positions, repeated, table, transposed

_READING = tuple(map(attrgetter, ("measurand", "at", "value", "unit", "phase", "context", "location")))
_SIGNED = tuple(map(attrgetter, ("measurand", "at", "text", "context", "location")))
_METERED = attrgetter("station", "evse", "session", "transaction_id", "received_at", "id")


def _meter_values(records: Sequence[MeterValuesRecorded]) -> tuple[Column, ...]:
    counts = [len(record.readings) for record in records]
    station, evse, session, transaction_id, received_us, id_ = _of_records(records, counts)
    readings = [reading for record in records for reading in record.readings]
    measurand, at, value, unit, phase, context, location = (list(map(member, readings)) for member in _READING)
    return (
        *(station, measurand, millis(at), decimals(value), unit, phase, context, location),
        *(evse, session, transaction_id, received_us, id_, positions(counts)),
    )


def _signed(records: Sequence[MeterValuesRecorded]) -> tuple[Column, ...]:
    records = [record for record in records if record.signed]
    counts = [len(record.signed) for record in records]
    station, _, session, transaction_id, received_us, id_ = _of_records(records, counts)
    signed = [reading for record in records for reading in record.signed]
    measurand, at, text, context, location = (list(map(member, signed)) for member in _SIGNED)
    return (
        *(station, measurand, millis(at), text, context, location),
        *(session, transaction_id, received_us, id_, positions(counts)),
    )


def _of_records(records: Sequence[MeterValuesRecorded], counts: Sequence[int]) -> list[Column]:
    """What holds for all readings of a record, once for each reading."""
    station, evse, session, transaction_id, received_at, id_ = transposed(list(map(_METERED, records)), 6)
    return repeated((station, places(evse), session, transaction_id, micros(received_at), id_), counts)


def _order(action: str) -> Cells:
    return {"at": lambda r: us(r.ordered_at), "action": lambda _: action}


NOUN = MeteringNoun(
    topics={READINGS: (METER_VALUES,), STATES: (SESSIONS,), FACTS: (SESSION_ORDERS,)},
    tables=(
        table(
            "meter_values",
            key="station measurand at id position",
            columns="station measurand at value unit phase context location evse session transaction_id"
            " received_at id position",
            rows={MeterValuesRecorded: _meter_values},
        ),
        table(
            "signed_readings",
            key="station measurand at id position",
            columns="station measurand at text context location session transaction_id received_at id position",
            rows={MeterValuesRecorded: _signed},
        ),
        table(
            "charging_states",
            key="session at id",
            columns="station session evse transaction_id state at received_at id",
            rows={ChargingStateRecorded: {"at": lambda r: us(r.at) // 1000}},  # the column counts milliseconds
        ),
        table(
            "sessions",
            key="station session",
            columns="station session transaction_id evse connector token token_type token_key status charging_state"
            " operation_mode started_at ended_at stopped_reason stopped_detail missing_events resumed_at estimated"
            " meter_start_wh meter_stop_wh energy_wh export_start_wh export_stop_wh exported_wh power_w export_power_w soc_percent"
            " last_meter_at remote_start_id reservation_id offline anomalies revision id changed_at",
            rows={
                SessionChanged: {
                    **TOKEN_CELLS,
                    "token_type": token_type,
                    "anomalies": lambda r: list(r.anomalies),
                }
            },
        ),
        table(
            "session_orders",
            key="station session at id",
            columns="station session at action reason ended_at energy_wh ordered_by id",
            rows={
                SessionEndOrdered: _order("end"),
                SessionCorrected: _order("correct"),
                SessionReleased: {**_order("release"), **absent("ended_at", "energy_wh")},
                SessionLimitOrdered: {**_order("limit"), **absent("ended_at", "energy_wh")},
            },
        ),
    ),
)

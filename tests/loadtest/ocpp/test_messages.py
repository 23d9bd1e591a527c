"""The messages of simulated stations in no version's words: numbered events, and readings as many as the meter knows."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import msgspec
import pytest

from loadtest.ocpp.messages import (
    BEGIN,
    PERIODIC,
    Message,
    Sample,
    Transaction,
    present,
    readings_in,
    sampled_values,
    stamp,
)

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)


def sample(**changes: Any) -> Sample:
    members: dict[str, Any] = {
        "register_wh": 1000,
        "power_w": 11000,
        "voltage_v": 230.04,
        "current_a": 16.0,
        "phases": 3,
    }
    return Sample(at=NOON, **members | changes)


def spelled(value: str, measurand: str, unit: str, phase: str | None, location: str | None) -> dict[str, object]:
    return {"value": value, "measurand": measurand, "unit": unit, "phase": phase, "location": location}


def test_a_moment_is_written_to_the_millisecond_with_its_offset() -> None:
    assert stamp(NOON) == "2026-06-01T12:00:00.000Z"
    assert stamp(NOON.astimezone(timezone(timedelta(hours=2)))) == "2026-06-01T14:00:00.000+02:00"


def test_what_is_absent_is_left_out_and_never_null() -> None:
    assert present({"a": None, "b": 0, "c": "", "d": False}) == {"b": 0, "c": "", "d": False}


def test_a_message_is_its_payload_on_the_wire() -> None:
    assert msgspec.json.decode(Message("Heartbeat", {"a": [1]}).encoded()) == {"a": [1]}


def test_events_of_a_transaction_are_numbered_from_nought_without_a_gap() -> None:
    transaction = Transaction(evse=1, token="CARD", transaction_id=None, meter_start_wh=0)

    assert [transaction.seq_no() for _ in range(4)] == [0, 1, 2, 3]


@pytest.mark.parametrize(
    ("changes", "readings"), [({}, 8), ({"phases": 1}, 4), ({"phases": 0, "soc_percent": 40.0}, 5)]
)
def test_a_sample_has_each_phase_and_the_state_of_charge_where_it_is_known(
    changes: dict[str, Any], readings: int
) -> None:
    values = sampled_values(sample(**changes), spelled)

    assert len(values) == readings == readings_in(sample(**changes))
    assert len({(value["measurand"], value["phase"]) for value in values}) == readings, "each once"


def test_begin_and_end_tell_the_register_alone() -> None:
    assert [value["measurand"] for value in sampled_values(sample(context=BEGIN), spelled)] == [
        "Energy.Active.Import.Register"
    ]
    assert readings_in(sample(context=PERIODIC)) > 1

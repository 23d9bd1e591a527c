"""Sessions in ClickHouse: a row for each reading, exact, and what operators ordered."""

from decimal import Decimal

import msgspec
import pytest

from schemas.base import Record
from schemas.examples import example
from schemas.quantities import Reading
from schemas.sessionorders import SessionCorrected, SessionEndOrdered, SessionLimitOrdered, SessionReleased
from schemas.transactions import ChargingStateRecorded, MeterValuesRecorded, SignedReading
from tests.services.fleet import NOON, charge, session_changed
from tests.services.metering.rowsof import row_of, rows_of, table_of


def recorded(**told: object) -> MeterValuesRecorded:
    reading = {"at": NOON, "measurand": "Power.Active.Import", "value": Decimal(7), "unit": "W"} | told
    return MeterValuesRecorded(id="m-1", station="DE-1", readings=(Reading(**reading),), received_at=NOON)  # type: ignore[arg-type]


def test_a_reading_becomes_one_row_with_its_place_in_the_record() -> None:
    (first, *_) = charge("s-1", NOON, minutes_long=1, power_w=6000)

    assert [row["position"] for row in table_of("meter_values", first)] == [0, 1, 2]
    assert rows_of(first)["signed_readings"] == []


def test_readings_of_many_records_stay_with_their_own() -> None:
    one, other = recorded(), msgspec.structs.replace(recorded(value=Decimal(8)), id="m-2", station="DE-2")
    none = msgspec.structs.replace(recorded(), id="m-3", readings=())

    rows = table_of("meter_values", one, none, other)

    assert [(row["station"], row["id"], row["value"]) for row in rows] == [
        ("DE-1", "m-1", "7.0000"),
        ("DE-2", "m-2", "8.0000"),
    ]


def test_a_signed_reading_is_kept_to_the_letter() -> None:
    signed = SignedReading(at=NOON, text="OCMF|{...}|{...}", measurand="Energy.Active.Import.Register")
    record = MeterValuesRecorded(id="m-1", station="DE-1", readings=(), signed=(signed,), received_at=NOON)

    assert row_of(record, "signed_readings")["text"] == "OCMF|{...}|{...}"


def test_energies_keep_four_decimals() -> None:
    assert row_of(session_changed(energy_wh=Decimal("1.23456")), "sessions")["energy_wh"] == "1.2346"


def test_what_is_absent_stays_so_among_what_is_not() -> None:
    told, silent = session_changed(), session_changed(energy_wh=None, evse=None, last_meter_at=None)

    rows = table_of("sessions", silent, told)

    assert [(row["energy_wh"], row["evse"], row["last_meter_at"] is None) for row in rows] == [
        (None, None, True),
        ("3500.0000", 1, False),
    ]


def test_a_session_of_nobody_has_no_token_in_any_form() -> None:
    row = row_of(session_changed(token=None), "sessions")

    assert (row["token"], row["token_key"], row["token_type"]) == (None, "", "")


@pytest.mark.parametrize(
    ("order", "action", "has_values"),
    [
        (SessionEndOrdered, "end", True),
        (SessionCorrected, "correct", True),
        (SessionReleased, "release", False),
        (SessionLimitOrdered, "limit", False),
    ],
)
def test_an_order_is_a_row_by_what_it_does(order: type[Record], action: str, has_values: bool) -> None:
    row = row_of(example(order), "session_orders")

    assert row["action"] == action
    assert (row["ended_at"] is not None) == has_values


def test_a_charging_state_is_kept_to_the_millisecond() -> None:
    at = NOON.replace(microsecond=123_999)

    row = row_of(msgspec.structs.replace(example(ChargingStateRecorded), at=at), "charging_states")

    assert row["at"] == int(NOON.timestamp() * 1000) + 123

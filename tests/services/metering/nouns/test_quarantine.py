"""What could not be believed or read is kept all the same, whatever its clock says, and each rule that was needed is a row."""

import datetime as dt
import json
from decimal import Decimal

import pytest
from msgspec.structs import replace

from schemas.billing import CorrectionQuarantined
from schemas.deviations import Bend, MessageBent
from schemas.examples import example
from schemas.transactions import MeterValueQuarantined
from services.metering.cells import EPOCH, LATEST, MICROSECOND, us
from tests.services.fleet import NOON
from tests.services.metering.rowsof import row_of, table_of


@pytest.mark.parametrize(
    ("at", "kept"),
    [
        (dt.datetime(1, 1, 1, tzinfo=dt.UTC), EPOCH),
        (NOON, NOON),
        (dt.datetime(9999, 1, 1, tzinfo=dt.UTC), LATEST - MICROSECOND),
    ],
)
def test_a_value_is_kept_in_range_when_its_clock_is_what_is_not_believed(at: dt.datetime, kept: dt.datetime) -> None:
    one = example(MeterValueQuarantined)

    row = row_of(replace(one, meter_value=replace(one.meter_value, at=at)), "quarantine")

    assert row["at"] == us(kept)
    assert dt.datetime.fromisoformat(json.loads(str(row["meter_value"]))["at"]) == at, "the value itself is as it came"


def test_a_bill_that_is_not_corrected_says_what_the_session_is_now() -> None:
    one = replace(example(CorrectionQuarantined), status="ended", ended_at=None, energy_wh=Decimal("12.5"))

    row = row_of(one, "quarantine")

    assert (row["reason"], row["at"], row["received_at"]) == (
        "bill-not-corrected",
        us(one.changed_at),
        us(one.changed_at),
    )
    assert json.loads(str(row["meter_value"])) == {"status": "ended", "ended_at": None, "energy_wh": "12.5"}


def test_each_rule_that_a_message_needed_is_a_row_with_its_place() -> None:
    two = replace(example(MessageBent), id="m1", bends=(Bend("case", "a"), Bend("number", "b")))
    none, one = replace(two, id="m2", bends=()), replace(two, id="m3", bends=(Bend("extra"),))

    rows = table_of("deviations", two, none, one)

    assert [(row["id"], row["rule"], row["path"], row["position"]) for row in rows] == [
        ("m1", "case", "a", 0),
        ("m1", "number", "b", 1),
        ("m3", "extra", "", 0),
    ]

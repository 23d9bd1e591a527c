"""The rows of sites: readings of meters by line, and what drivers need."""

from decimal import Decimal

from msgspec.structs import replace

from schemas.energy import NeedStated, SiteMeterReported
from schemas.examples import example
from tests.services.metering.rowsof import row_of


def test_a_reading_has_its_lines_and_says_nothing_of_others() -> None:
    record = replace(example(SiteMeterReported), amps={"L1": Decimal("41.5"), "L3": Decimal(-2)}, watts=None)

    row = row_of(record, "site_meter_readings")

    assert (row["l1_a"], row["l2_a"], row["l3_a"], row["watts"]) == ("41.5000", None, "-2.0000", None)
    assert (row["site"], row["tenant"], row["meter"]) == (record.site, record.tenant, record.meter)


def test_a_need_is_the_row_of_its_evse() -> None:
    record = example(NeedStated)

    row = row_of(record, "site_needs")

    assert (row["site"], row["station"], row["evse"], row["source"]) == (
        record.site,
        record.station,
        record.evse,
        record.source,
    )

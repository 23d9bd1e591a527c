"""Batteries in ClickHouse: numbers that no column can hold do not cost a row."""

import datetime as dt
from decimal import Decimal

from schemas.batteries import Battery, BatterySwapReported
from services.metering.nouns.batteries import NOUN

NOON = dt.datetime(2026, 6, 1, 12, tzinfo=dt.UTC)


def test_each_battery_is_a_row_whatever_its_numbers() -> None:
    wild = Battery(
        slot=1, serial_number="B-1", soc=Decimal("1e30"), soh=Decimal("NaN"), produced_at=NOON.replace(year=9000)
    )
    record = BatterySwapReported(
        id="r", station="S", request_id=7, event="BatteryIn", batteries=(wild, wild), received_at=NOON
    )
    table = next(table for table in NOUN.tables if table.name == "battery_events")
    row = dict(zip(table.columns, table.fills[BatterySwapReported]([record]), strict=True))

    assert row["serial_number"] == ("B-1", "B-1")
    assert (row["soc"][0], row["soh"][0], row["position"]) == ("10000.0000", "0.0000", (0, 1))

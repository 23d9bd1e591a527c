"""Charge detail records in ClickHouse: totals where there are costs, and null where there are none."""

import json
from decimal import Decimal

from msgspec.structs import replace

from schemas.billing import CdrIssued, Costs
from schemas.examples import example
from schemas.tariffs import Price
from tests.services.metering.rowsof import row_of


def costs(total: Price) -> Costs:
    zero = Price(excl_vat=Decimal(0))
    return Costs(total=total, flat=zero, energy=zero, time=zero, parking=zero, adjustment=zero)


def test_a_rated_bill_has_its_totals_and_its_costs_whole() -> None:
    total = Price(excl_vat=Decimal("10.10"), incl_vat=Decimal("12.02"))

    row = row_of(replace(example(CdrIssued), costs=costs(total)), "cdrs")

    assert (Decimal(str(row["total_excl_vat"])), Decimal(str(row["total_incl_vat"]))) == (
        total.excl_vat,
        total.incl_vat,
    )
    assert json.loads(str(row["costs"]))["total"] == {"excl_vat": "10.10", "incl_vat": "12.02"}


def test_a_tariff_without_taxes_has_no_total_with_them() -> None:
    row = row_of(replace(example(CdrIssued), costs=costs(Price(excl_vat=Decimal(10)))), "cdrs")

    assert (row["total_excl_vat"] is None, row["total_incl_vat"]) == (False, None)


def test_a_bill_without_a_price_has_no_total() -> None:
    row = row_of(replace(example(CdrIssued), costs=None, station_cost=None), "cdrs")

    assert (row["total_excl_vat"], row["total_incl_vat"], row["costs"], row["station_cost"]) == (None,) * 4

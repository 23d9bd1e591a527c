"""Rows of the matrix: each name, pattern and word that cannot be used is named, all at once."""

import pytest

from schemas.compatibility import CompatibilityProvisioned, Rule
from services.api.compatibility.rows import ProvisionRow, row_of, row_view
from services.api.web.problems import Problem
from tests.services.fleet import NOON

RULE = str(next(iter(Rule)))


def fields(name: str, data: ProvisionRow) -> list[str]:
    with pytest.raises(Problem) as refused:
        row_of(name, data)
    return [error.field for error in refused.value.errors]


@pytest.mark.parametrize("name", ["", "Acme", "-acme", "a b", "a" * 65])
def test_a_name_that_no_address_can_have_is_refused(name: str) -> None:
    assert fields(name, ProvisionRow()) == ["name"]


def test_every_fault_is_named_at_once() -> None:
    data = ProvisionRow(vendor="", model="[ab]", rules=(RULE, "make-coffee"), deviations=("nonsense",))

    assert fields("acme", data) == ["vendor", "model", "rules[1]", "deviations[0]"]


def test_a_rule_that_is_named_twice_holds_once() -> None:
    row = row_of("acme", ProvisionRow(vendor="Acme*", rules=(RULE, RULE)))

    assert (row.vendor, row.model, row.rules) == ("Acme*", "*", (Rule(RULE),))


def test_a_row_says_whose_it_is_and_whether_it_stands_for_one_that_ships() -> None:
    row = row_of("acme", ProvisionRow(vendor="Acme*"))
    record = CompatibilityProvisioned(row=row, name="acme", provisioned_at=NOON, provisioned_by="ops")

    shipped, operators = row_view(row, None, ships=True), row_view(row, record, ships=True)

    assert (shipped.origin, shipped.replaces_shipped, shipped.provisioned_at) == ("shipped", False, None)
    assert (operators.origin, operators.replaces_shipped, operators.provisioned_by) == ("operator", True, "ops")

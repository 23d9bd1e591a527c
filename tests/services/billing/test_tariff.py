"""Tariffs are validated."""

import datetime as dt
from typing import Any

import pytest

from services.billing.tariff import problems
from tests.services.billing.building import component, price, tariff

NOON = dt.datetime(2026, 1, 1, 12, tzinfo=dt.UTC)
KWH = {"price_components": [component("ENERGY", "0.30")]}


def test_a_valid_tariff_has_no_problems() -> None:
    assert problems(tariff(KWH)) == []


@pytest.mark.parametrize(
    ("members", "field"),
    [
        ({"currency": "eur"}, "currency"),
        ({"currency": "EURO"}, "currency"),
        ({"start_date_time": NOON, "end_date_time": NOON}, "end_date_time"),
        ({"min_price": price("2"), "max_price": price("1")}, "max_price.excl_vat"),
        ({"min_price": price("-1")}, "min_price.excl_vat"),
    ],
)
def test_a_problem_names_its_member(members: dict[str, Any], field: str) -> None:
    assert [problem.field for problem in problems(tariff(KWH, **members))] == [field]


def test_problems_of_elements_have_their_path() -> None:
    twice = {"price_components": [component("ENERGY", "0.3"), component("ENERGY", "0.4")]}
    never = {**KWH, "restrictions": {"min_kwh": 5, "max_kwh": 5}}

    assert [problem.field for problem in problems(tariff())] == ["elements"]
    assert [problem.field for problem in problems(tariff(twice, never))] == [
        "elements[0].price_components[1].type",
        "elements[1].restrictions.max_kwh",
    ]

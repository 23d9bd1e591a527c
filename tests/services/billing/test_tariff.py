"""Tariffs are validated, and the version in force at a start is found."""

import datetime as dt
from typing import Any

import pytest
from msgspec.structs import replace

from schemas.authorization import IdToken
from schemas.tariffs import TariffProvisioned, TariffRemoved
from services.billing.tariff import Place, first_valid, is_valid_at, problems, targets, version_at
from tests.services.billing.building import component, price, tariff

NOON = dt.datetime(2026, 1, 1, 12, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)
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


def test_the_most_specific_target_comes_first() -> None:
    place = Place("A", "berlin", 1, None, IdToken(value="card"))

    assert targets(place) == ["token:CARD", "connector:A/1/1", "station:A", "site:berlin", "default"]
    assert targets(Place("A")) == ["station:A", "default"]


def test_a_session_is_rated_by_the_version_at_its_start() -> None:
    old, new = (replace(tariff(KWH), version=n, provisioned_at=NOON + n * DAY) for n in (1, 2))
    record = TariffProvisioned(tariff="t", current=new, earlier=(old,))

    assert [version_at(record, NOON + days * DAY) for days in (0, 1, 2)] == [old, old, new]


def test_a_removed_tariff_rates_sessions_that_started_before() -> None:
    removed = TariffRemoved(tariff="t", last_version=1, removed_at=NOON, earlier=(tariff(KWH),))

    assert version_at(removed, NOON - DAY) == tariff(KWH)
    assert version_at(removed, NOON) is None


def test_the_first_tariff_that_is_valid_then_is_chosen() -> None:
    over = TariffProvisioned(tariff="a", current=tariff(KWH, end_date_time=NOON))
    valid = TariffProvisioned(tariff="b", current=tariff(KWH, start_date_time=NOON, label="b"))

    assert first_valid([None, over, valid], NOON) == valid.current
    assert is_valid_at(over.current, NOON - DAY)
    assert first_valid([over], NOON) is None

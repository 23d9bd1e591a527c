"""Tariffs as operators write them: what cannot be used is named by its path, and the rest is the tariff."""

from decimal import Decimal

import msgspec
import pytest

from services.api.tariffs.rows import LONGEST_ID, Drafting, ProvisionTariff, drafted, tariff_id
from services.api.web.problems import Problem
from tests.services.fleet import NOON

BODY = {"currency": "EUR", "elements": [{"price_components": [{"type": "ENERGY", "price": "0.5", "step_size": 1}]}]}


def body(**changes: object) -> ProvisionTariff:
    return msgspec.convert(BODY | changes, ProvisionTariff, strict=False)


def test_a_tariff_is_what_was_asked_for_with_who_and_when() -> None:
    tariff = drafted("day", body(label="Day"), Drafting(3, NOON, "ops", "acme"))

    assert (tariff.tariff, tariff.version, tariff.label, tariff.currency) == ("day", 3, "Day", "EUR")
    assert (tariff.provisioned_at, tariff.provisioned_by, tariff.tenant) == (NOON, "ops", "acme")
    assert tariff.elements[0].price_components[0].price == Decimal("0.5")


def test_each_member_that_cannot_be_used_is_named_where_the_request_has_it() -> None:
    wrong = body(currency="12€")

    with pytest.raises(Problem) as refused:
        drafted("day", wrong, Drafting(1, NOON, "ops", ""), within="tariff.")

    assert [error.field for error in refused.value.errors] == ["tariff.currency"]


def test_a_member_that_a_tariff_does_not_have_is_refused() -> None:
    with pytest.raises(msgspec.ValidationError, match="colour"):
        body(colour="green")


@pytest.mark.parametrize("text", ["", " ", "a" * (LONGEST_ID + 1), "a\tb"])
def test_an_id_that_ocpi_cannot_carry_is_refused(text: str) -> None:
    with pytest.raises(Problem) as refused:
        tariff_id(text)

    assert [error.field for error in refused.value.errors] == ["tariff"]


def test_an_id_of_the_most_characters_is_taken() -> None:
    assert tariff_id("a" * LONGEST_ID) == "a" * LONGEST_ID

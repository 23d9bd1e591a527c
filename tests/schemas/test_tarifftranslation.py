"""A provisioned tariff as a 2.1 station gets it: price by price, or not at all, with what OCPP 2.1 cannot say by name."""

import json
from decimal import Decimal

import pytest
from msgspec.structs import replace

from gateway.ocpp.spelling.alike import members
from schemas.stationtariffs import StationTariff, TaxRate
from schemas.tarifftranslation import Inexpressible, described, station_tariff
from tests.services.billing.building import component, price, tariff

DAY = {"start_time": "08:00", "end_time": "18:00", "day_of_week": ["MONDAY"]}
TARIFF = tariff(
    {"price_components": [component("ENERGY", "0.40", vat="19")], "restrictions": DAY},
    {"price_components": [component("ENERGY", "0.25", vat="19"), component("PARKING_TIME", "6")]},
    {"price_components": [component("FLAT", "1.00"), component("TIME", "1.00")]},
    min_price=price("0.50", "0.60"),
)


def made(one=TARIFF) -> StationTariff:
    found = station_tariff(one)
    assert isinstance(found, StationTariff), found
    return found


def problems(*elements) -> tuple[str, ...]:
    found = station_tariff(tariff(*elements))
    assert isinstance(found, Inexpressible)
    return found.problems


@pytest.mark.usecase("I07", "I07.FR.17")
def test_each_dimension_has_its_prices_in_order_with_their_conditions_and_tax() -> None:
    station = made()

    assert station.energy is not None
    assert [one.price_kwh for one in station.energy.prices] == [Decimal("0.40"), Decimal("0.25")]
    assert station.energy.tax_rates == (TaxRate(type="VAT", tax=Decimal(19)),)
    first, fallback = (one.conditions for one in station.energy.prices)
    assert first is not None
    assert (first.start_time_of_day, first.end_time_of_day, first.day_of_week) == ("08:00", "18:00", ("Monday",))
    assert fallback is None
    assert station.fixed_fee is not None
    assert station.fixed_fee.prices[0].price_fixed == Decimal("1.00")
    assert station.fixed_fee.tax_rates == ()
    assert station.min_cost is not None
    assert (station.min_cost.excl_tax, station.min_cost.incl_tax) == (Decimal("0.50"), Decimal("0.60"))


def test_the_price_of_an_hour_becomes_that_of_a_minute() -> None:
    station = made()

    assert station.idle_time is not None
    assert station.charging_time is not None
    assert station.idle_time.prices[0].price_minute == Decimal("0.1")
    assert station.charging_time.prices[0].price_minute == Decimal("0.01666667")


def test_energy_power_and_time_are_in_the_units_of_ocpp() -> None:
    limits = {"min_kwh": 5, "max_power": "22.5", "min_duration": 3600, "start_date": "2026-01-01"}
    station = made(tariff({"price_components": [component("ENERGY", "0.3")], "restrictions": limits}))

    assert station.energy is not None
    found = station.energy.prices[0].conditions
    assert found is not None
    assert (found.min_energy, found.max_power, found.min_time, found.valid_from_date) == (
        *(Decimal(5000), Decimal(22500), 3600),
        "2026-01-01",
    )


@pytest.mark.usecase("I08", "I08.FR.08")
def test_other_content_has_another_id_and_the_same_content_the_same() -> None:
    dearer = replace(TARIFF, elements=TARIFF.elements[1:])

    assert made().tariff_id == made(replace(TARIFF, provisioned_by="other")).tariff_id
    assert made().tariff_id != made(dearer).tariff_id
    assert len(made(replace(TARIFF, tariff="x" * 80)).tariff_id) == 60


@pytest.mark.parametrize(
    ("element", "named"),
    [
        (
            {"price_components": [component("TIME", "1", step_size=60)]},
            "elements[0].price_components[0].step_size",
        ),
        (
            {"price_components": [component("FLAT", "1")], "restrictions": {"min_kwh": 5}},
            "elements[0].restrictions.min_kwh",
        ),
        (
            {"price_components": [component("PARKING_TIME", "1")], "restrictions": {"suspended_evse": "parking"}},
            "elements[0].restrictions.suspended_evse",
        ),
    ],
)
def test_what_cannot_be_said_is_named(element, named) -> None:
    assert problems(element)[0].startswith(f"{named}: ")


def test_prices_of_one_dimension_have_one_tax() -> None:
    rates = [{"price_components": [component("ENERGY", "1", vat=vat)]} for vat in ("7", "19")]

    (only,) = problems(*rates)
    assert only.startswith("elements[1].price_components[0].vat: ")


def test_a_flat_price_by_day_needs_one_that_always_counts() -> None:
    by_day = {"price_components": [component("FLAT", "3")], "restrictions": DAY}
    always = {"price_components": [component("FLAT", "2")]}

    assert len(problems(by_day)) == 1
    assert made(tariff(by_day, always)).fixed_fee is not None


def test_a_tariff_in_words_has_its_prices_with_vat_and_when_they_count() -> None:
    text = described(replace(TARIFF, label="Ad hoc"))

    assert text.startswith("Ad hoc: 0.476 EUR per kWh (08:00-18:00, Monday); 0.2975 EUR per kWh; ")
    assert "6.00 EUR per hour of parking" in text
    assert text.endswith("at least 0.60 EUR. VAT included.")
    assert len(described(TARIFF, 50)) == 50


def test_no_number_is_written_with_an_exponent() -> None:
    cheap = tariff({"price_components": [component("TIME", "0.0001"), component("ENERGY", "100")]})

    assert "E" not in json.dumps(members(made(cheap)), default=lambda raw: bytes(raw).decode()).replace(
        "EUR", ""
    ).replace("e", "")

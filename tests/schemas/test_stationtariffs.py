"""A tariff as a station has it knows how much it asks of the station."""

from decimal import Decimal

from schemas.stationtariffs import (
    EnergyPrice,
    EnergyPrices,
    FixedPrice,
    FixedPrices,
    StationTariff,
    TariffConditions,
    TimePrice,
    TimePrices,
)

PLAIN = EnergyPrice(price_kwh=Decimal("0.4"))
BY_DAY = EnergyPrice(price_kwh=Decimal("0.5"), conditions=TariffConditions(start_time_of_day="08:00"))


def test_the_dimension_with_the_most_prices_counts() -> None:
    tariff = StationTariff(
        tariff_id="t",
        currency="EUR",
        energy=EnergyPrices(prices=(PLAIN, PLAIN)),
        idle_time=TimePrices(prices=(TimePrice(price_minute=Decimal(1)),)),
        reservation_fixed=FixedPrices(prices=(FixedPrice(price_fixed=Decimal(1)),) * 3),
    )

    assert (tariff.most_elements, tariff.has_conditions, len(tariff.parts)) == (3, False, 3)
    assert StationTariff(tariff_id="t", currency="EUR").most_elements == 0


def test_one_price_with_conditions_is_enough() -> None:
    assert StationTariff(tariff_id="t", currency="EUR", energy=EnergyPrices(prices=(BY_DAY, PLAIN))).has_conditions

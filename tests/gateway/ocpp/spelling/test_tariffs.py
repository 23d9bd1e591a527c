"""Answers with what the driver is to be shown of the tariff: a structure in 2.1, words in both, nothing where nothing is said."""

from decimal import Decimal
from typing import Any

import pytest

from schemas.authorization import AuthorizationDecided
from schemas.stationtariffs import EnergyPrice, EnergyPrices, StationTariff
from schemas.transactions import TransactionDecided
from tests.gateway.ocpp.building import REPLY_TO, STATION, V2X, answered

KWH = StationTariff(
    tariff_id="own-1", currency="EUR", energy=EnergyPrices(prices=(EnergyPrice(price_kwh=Decimal("0.45")),))
)


def accepted(**members: Any) -> AuthorizationDecided:
    return AuthorizationDecided(id="d1", station=STATION, reply_to=REPLY_TO, status="Accepted", **members)


def decided(**members: Any) -> TransactionDecided:
    return TransactionDecided(id="d1", station=STATION, reply_to=REPLY_TO, transaction_id="tx-1", **members)


@pytest.mark.usecase("I08", "I08.FR.01", "I08.FR.09")
def test_a_21_station_gets_the_drivers_tariff_as_a_structure() -> None:
    answer = answered("2.1", "Authorize", accepted(tariff=KWH, tariff_text="0.45 EUR per kWh."))

    assert answer["tariff"] == {
        "tariffId": "own-1",
        "currency": "EUR",
        "energy": {"prices": [{"priceKwh": 0.45}]},
    }
    assert "personalMessage" not in answer["idTokenInfo"]


@pytest.mark.usecase("I01", "I01.FR.02")
def test_a_201_station_gets_it_in_words_and_so_does_one_of_21_without_a_structure() -> None:
    text = {"format": "UTF8", "language": "en", "content": "0.45 EUR per kWh."}

    old = answered("2.0.1", "Authorize", accepted(tariff=KWH, tariff_text="0.45 EUR per kWh."))
    new = answered("2.1", "Authorize", accepted(tariff_text="0.45 EUR per kWh."))

    assert old == {"idTokenInfo": {"status": "Accepted", "personalMessage": text}}
    assert new["idTokenInfo"]["personalMessage"] == text


@pytest.mark.usecase("I01")
def test_a_message_of_the_token_itself_stays() -> None:
    answer = answered("2.0.1", "Authorize", accepted(message="Hello", tariff_text="0.45 EUR per kWh."))

    assert answer["idTokenInfo"]["personalMessage"]["content"] == "Hello"


@pytest.mark.usecase("I06", "I06.FR.02")
@pytest.mark.parametrize("version", V2X)
def test_new_words_for_the_tariff_go_with_the_answer_to_an_event(version: Any) -> None:
    answer = answered(version, "TransactionEvent", decided(total_cost=Decimal("1.5"), running=True, text="0.5 EUR"))

    assert answer["updatedPersonalMessage"] == {"format": "UTF8", "language": "en", "content": "0.5 EUR"}
    assert answer.get("totalCost") == (1.5 if version == "2.1" else None)


@pytest.mark.parametrize("version", V2X)
def test_nothing_is_added_where_nothing_is_said(version: Any) -> None:
    assert answered(version, "TransactionEvent", decided()) == {}
    assert set(answered(version, "Authorize", accepted())) == {"idTokenInfo"}

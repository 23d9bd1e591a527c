"""Tariffs at stations: one command each for 2.1, none for versions before (I07, I09 to I11)."""

from decimal import Decimal
from typing import Any

import msgspec
import pytest

from gateway.ocpp import translate
from gateway.ocpp.rows import Unsupported
from schemas.stationtariffs import (
    ChangeTransactionTariff,
    ClearTariffs,
    EnergyPrice,
    EnergyPrices,
    GetTariffs,
    SetDefaultTariff,
    StationTariff,
    TariffConditions,
    TariffText,
    TaxRate,
)
from schemas.tarifftranslation import station_tariff
from tests.gateway.ocpp.building import not_sent, sent
from tests.schemas.test_tarifftranslation import TARIFF

KWH = StationTariff(
    tariff_id="t-1",
    currency="EUR",
    description=(TariffText(language="en", content="0.40 EUR per kWh"),),
    energy=EnergyPrices(
        prices=(
            EnergyPrice(price_kwh=Decimal("0.45"), conditions=TariffConditions(start_time_of_day="08:00")),
            EnergyPrice(price_kwh=Decimal("0.25")),
        ),
        tax_rates=(TaxRate(type="VAT", tax=Decimal("19.5")),),
    ),
)


@pytest.mark.usecase("I07")
def test_a_default_tariff_is_the_structure_of_the_specification_with_every_digit() -> None:
    action, payload = sent("2.1", SetDefaultTariff(evse=2, tariff=KWH))

    assert action == "SetDefaultTariff"
    assert payload == {
        "evseId": 2,
        "tariff": {
            "tariffId": "t-1",
            "description": [{"format": "UTF8", "language": "en", "content": "0.40 EUR per kWh"}],
            "currency": "EUR",
            "energy": {
                "prices": [
                    {"priceKwh": 0.45, "conditions": {"startTimeOfDay": "08:00"}},
                    {"priceKwh": 0.25},
                ],
                "taxRates": [{"type": "VAT", "tax": 19.5}],
            },
        },
    }


@pytest.mark.usecase("I07")
def test_a_translated_tariff_is_valid_for_the_schema() -> None:
    made = station_tariff(TARIFF)
    assert isinstance(made, StationTariff)

    assert sent("2.1", SetDefaultTariff(tariff=made))[1]["tariff"]["idleTime"] == {"prices": [{"priceMinute": 0.1}]}


@pytest.mark.usecase("I09", "I10", "I11")
def test_tariffs_are_read_cleared_and_changed_in_a_transaction() -> None:
    assert sent("2.1", GetTariffs()) == ("GetTariffs", {"evseId": 0})
    assert sent("2.1", ClearTariffs()) == ("ClearTariffs", {})
    assert sent("2.1", ClearTariffs(tariff_ids=("a",), evse=1)) == ("ClearTariffs", {"tariffIds": ["a"], "evseId": 1})
    action, payload = sent("2.1", ChangeTransactionTariff(transaction_id="tx-1", tariff=KWH))
    assert (action, payload["transactionId"], payload["tariff"]["tariffId"]) == (
        *("ChangeTransactionTariff", "tx-1"),
        "t-1",
    )


@pytest.mark.parametrize("version", ["1.6", "2.0.1"])
@pytest.mark.parametrize("command", [SetDefaultTariff(tariff=KWH), GetTariffs(), ClearTariffs()])
def test_versions_before_21_have_no_tariffs(version: Any, command: Any) -> None:
    assert isinstance(not_sent(version, command), Unsupported)


@pytest.mark.usecase("I07", "I11")
@pytest.mark.parametrize("word", ["TooManyElements", "ConditionNotSupported", "DuplicateTariffId", "TxNotFound"])
def test_each_refusal_is_known_by_its_word(word: str) -> None:
    answered = translate.to_outcome("2.1", SetDefaultTariff(tariff=KWH), msgspec.json.encode({"status": word}))

    assert (answered.outcome, answered.error_description) == ("rejected", word)


@pytest.mark.usecase("I09", "I10")
def test_a_station_without_tariffs_refuses_nothing() -> None:
    read = translate.to_outcome("2.1", GetTariffs(), b'{"status":"NoTariff"}')
    cleared = translate.to_outcome("2.1", ClearTariffs(), b'{"clearTariffsResult":[{"status":"NoTariff"}]}')
    some = translate.to_outcome(
        "2.1", ClearTariffs(), b'{"clearTariffsResult":[{"tariffId":"a","status":"Accepted"},{"status":"Rejected"}]}'
    )

    assert [each.outcome for each in (read, cleared, some)] == ["accepted", "accepted", "partial"]
    assert [(item.name, item.status) for item in some.items] == [("a", "Accepted"), ("", "Rejected")]

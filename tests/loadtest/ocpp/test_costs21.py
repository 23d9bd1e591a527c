"""What a transaction has cost by the station's own tariff, over time and through a change of tariff."""

import datetime as dt

from loadtest.ocpp.costs21 import Book
from loadtest.ocpp.messages import Ended, Sample, Started, StateChanged

NOON = dt.datetime(2026, 1, 1, 12, tzinfo=dt.UTC)
KWH = {
    "tariffId": "kwh",
    "currency": "EUR",
    "energy": {"prices": [{"priceKwh": 0.4}], "taxRates": [{"type": "VAT", "tax": 19}]},
    "idleTime": {"prices": [{"priceMinute": 0.1}]},
    "fixedFee": {"prices": [{"priceFixed": 1}]},
}
CHEAP = {"tariffId": "cheap", "currency": "EUR", "energy": {"prices": [{"priceKwh": 0.1}]}}


def look(minutes: int, wh: int) -> Sample:
    at = NOON + dt.timedelta(minutes=minutes)
    return Sample(at=at, register_wh=wh, power_w=0, voltage_v=230.0, current_a=0.0, phases=1)


def facts(minutes: int, wh: int, **more):
    return {"at": NOON + dt.timedelta(minutes=minutes), "seq_no": minutes, "sample": look(minutes, wh), **more}


def test_energy_idle_time_and_the_fee_are_counted_with_their_tax() -> None:
    book = Book()
    book.note(Started(**facts(0, 1_000, trigger="CablePluggedIn", authorized=False)), KWH)
    book.note(StateChanged(**facts(1, 1_000, state="Charging")), KWH)
    book.note(StateChanged(**facts(31, 11_000, state="SuspendedEV")), KWH)
    book.note(Ended(**facts(41, 11_000, reason="Local")), KWH)

    told = book.details()

    assert told is not None
    assert told["totalUsage"] == {"energy": 10_000, "chargingTime": 1_800, "idleTime": 660}
    cost = told["totalCost"]
    assert {name: bytes(cost[name]["inclTax"]) for name in ("energy", "idleTime", "fixed", "total")} == {
        "energy": b"4.7600",
        "idleTime": b"1.1000",
        "fixed": b"1.0000",
        "total": b"6.86",
    }


def test_another_tariff_counts_from_its_change_on_and_the_fee_once() -> None:
    book = Book()
    book.note(Started(**facts(0, 0, trigger="CablePluggedIn", authorized=False)), KWH)
    book.note(StateChanged(**facts(0, 0, state="Charging")), KWH)
    book.note(StateChanged(**facts(30, 10_000, state="Charging")), CHEAP)
    book.note(Ended(**facts(60, 20_000, reason="Local")), CHEAP)

    told = book.details()

    assert told is not None
    assert [period["tariffId"] for period in told["chargingPeriods"]] == ["kwh", "cheap"]
    assert bytes(told["totalCost"]["total"]["exclTax"]) == b"6.00"


def test_without_a_tariff_there_is_no_cost() -> None:
    book = Book()
    book.note(Started(**facts(0, 0, trigger="CablePluggedIn", authorized=False)), None)

    assert book.details() is None


def test_prices_with_conditions_are_not_calculated() -> None:
    book, day = Book(), {**CHEAP, "energy": {"prices": [{"priceKwh": 1, "conditions": {"startTimeOfDay": "08:00"}}]}}
    book.note(Started(**facts(0, 0, trigger="CablePluggedIn", authorized=False)), day)

    told = book.details()

    assert told is not None
    assert told["failureToCalculate"] is True

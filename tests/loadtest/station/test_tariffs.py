"""A simulated 2.1 station tells by which tariff a transaction costs, once, and what it has cost at its end."""

from msgspec.structs import replace

from tests.loadtest.csms import running_csms
from tests.loadtest.hand_clock import HandClock, moving
from tests.loadtest.ocpp.test_tariffs21 import tariff
from tests.loadtest.station.world import HUGE_WH, NAME, Cars, station_at


async def test_a_transaction_names_its_tariff_once_changes_it_and_ends_with_its_cost() -> None:
    clock = HandClock()
    async with (
        running_csms() as csms,
        moving(station_at(csms, "2.1", clock).run([Cars(60, battery_wh=HUGE_WH)]), clock.run()),
    ):
        await csms.until(lambda: "StatusNotification" in csms.actions(NAME))
        await csms.ask(NAME, "2.1", "SetDefaultTariff", {"evseId": 0, "tariff": tariff("a")})
        await csms.until(lambda: len(csms.payloads("TransactionEvent")) > 3)
        number = csms.payloads("TransactionEvent")[0]["transactionInfo"]["transactionId"]
        changed = await csms.ask(
            NAME, "2.1", "ChangeTransactionTariff", {"transactionId": number, "tariff": tariff("b")}
        )
        await csms.until(lambda: any(each["triggerReason"] == "TariffChanged" for each in events(csms)))
        await csms.until(lambda: len(events(csms)) > 12)
        await csms.ask(NAME, "2.1", "RequestStopTransaction", {"transactionId": number})
        await csms.until(lambda: any(each["eventType"] == "Ended" for each in events(csms)))

    assert changed[2]["status"] == "Accepted"
    named = [each["transactionInfo"]["tariffId"] for each in events(csms) if "tariffId" in each["transactionInfo"]]
    assert named == ["a", "b"]
    (ended,) = (each for each in events(csms) if each["eventType"] == "Ended")
    assert [period["tariffId"] for period in ended["costDetails"]["chargingPeriods"]] == ["a", "b"]
    assert ended["costDetails"]["totalCost"]["total"]["exclTax"] > 0
    assert csms.invalid == []


def events(csms) -> list[dict]:
    return csms.payloads("TransactionEvent")


async def test_a_driver_at_the_terminal_pays_without_an_authorize_and_is_settled() -> None:
    clock = HandClock()
    cars = Cars(1)
    cars.visit = lambda remote: replace(Cars().visit(remote), token="psp-1")  # type: ignore[method-assign]
    async with running_csms() as csms:
        station = station_at(csms, "2.1", clock, tariff=tariff("a"))
        async with moving(station.run([cars]), clock.run()):
            await csms.until(lambda: csms.payloads("NotifySettlement") != [])
            answer = await csms.ask(NAME, "2.1", "NotifyWebPaymentStarted", {"evseId": 1, "timeout": 60})

    (settled,) = csms.payloads("NotifySettlement")
    assert (settled["pspRef"], settled["status"]) == ("psp-1", "Settled")
    assert "Authorize" not in csms.actions(NAME)
    assert {each["idToken"]["type"] for each in events(csms) if "idToken" in each} == {"DirectPayment"}
    assert answer[2] == {}
    assert csms.invalid == []

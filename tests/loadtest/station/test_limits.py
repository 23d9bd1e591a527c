"""A simulated 2.1 station confirms the limit of a transaction and ends it when that is reached."""

import json

import pytest

from tests.loadtest.csms import running_csms
from tests.loadtest.hand_clock import HandClock, moving
from tests.loadtest.station.world import HUGE_WH, NAME, Cars, station_at


@pytest.mark.usecase("E16", "E16.FR.03", "E16.FR.06")
async def test_a_transaction_ends_at_the_energy_that_the_csms_allows() -> None:
    clock = HandClock()
    async with running_csms() as csms:
        said = []

        def answer(payload):
            first = not said
            said.append(payload)
            return {"transactionLimit": {"maxEnergy": 300, "maxCost": 5}} if first else {}

        csms.answers["2.1"]["TransactionEvent"] = answer
        async with moving(station_at(csms, "2.1", clock).run([Cars(60, battery_wh=HUGE_WH)]), clock.run()):
            await csms.until(lambda: any(each["eventType"] == "Ended" for each in events(csms)))

    confirmed = [each for each in events(csms) if each["triggerReason"] == "LimitSet"]
    assert [each["transactionInfo"]["transactionLimit"] for each in confirmed] == [{"maxEnergy": 300}]
    (ended,) = (each for each in events(csms) if each["eventType"] == "Ended")
    assert (ended["triggerReason"], ended["transactionInfo"]["stoppedReason"]) == (
        *("EnergyLimitReached", "EnergyLimitReached"),
    )
    assert 300 <= charged_wh(csms, ended) < 320, json.dumps(ended)
    assert csms.invalid == []


def charged_wh(csms, ended) -> float:
    first = events(csms)[0]
    return register(ended) - register(first)


def register(event) -> float:
    return next(
        value["value"]
        for value in event["meterValue"][0]["sampledValue"]
        if value["measurand"] == "Energy.Active.Import.Register"
    )


def events(csms) -> list[dict]:
    return csms.payloads("TransactionEvent")


async def test_a_stations_limits_are_among_its_variables() -> None:
    clock = HandClock()
    async with running_csms() as csms, moving(station_at(csms, "2.1", clock).run([Cars(60)]), clock.run()):
        await csms.until(lambda: "StatusNotification" in csms.actions(NAME))
        asked = [{"component": {"name": "TxCtrlr"}, "variable": {"name": "SupportedLimits"}}]
        answer = await csms.ask(NAME, "2.1", "GetVariables", {"getVariableData": asked})

    assert answer[2]["getVariableResult"][0]["attributeValue"] == "maxEnergy,maxTime,maxSoC"

"""Battery swap at a simulated station: two EVSEs are the slots; one with a single EVSE has no battery to give."""

import pytest

from tests.loadtest.csms import running_csms
from tests.loadtest.hand_clock import HandClock, moving
from tests.loadtest.station.world import NAME, NEVER, Cars, station_at

ASKED = {"requestId": 7, "idToken": {"idToken": "04A1", "type": "ISO14443"}}


@pytest.mark.parametrize(("evses", "word"), [(2, "Accepted"), (1, "Rejected")])
async def test_a_battery_goes_in_and_another_comes_out(evses, word):
    clock = HandClock()
    async with running_csms() as csms:
        one = station_at(csms, "2.1", clock, evses=evses)
        async with moving(one.run([Cars(NEVER)] * evses), clock.run()):
            await csms.until(lambda: "StatusNotification" in csms.actions(NAME))
            answer = (await csms.ask(NAME, "2.1", "RequestBatterySwap", ASKED))[2]
            if evses == 2:
                await csms.until(lambda: len(csms.payloads("BatterySwap")) == 2)

    assert answer["status"] == word
    told = [
        (swap["eventType"], swap["requestId"], swap["batteryData"][0]["evseId"])
        for swap in csms.payloads("BatterySwap")
    ]
    assert told == ([("BatteryIn", 7, 1), ("BatteryOut", 7, 2)] if evses == 2 else [])
    assert csms.invalid == []

"""EVs that tell their needs at a simulated station: what they say, and that they charge as they were told (K15)."""

import pytest

from tests.loadtest.csms import running_csms
from tests.loadtest.hand_clock import START, HandClock, moving
from tests.loadtest.station.world import HUGE_WH, NAME, Cars, station_at


def plan_for(transaction: str) -> dict[str, object]:
    """8 A at first, 6 A after a minute."""
    periods = [{"startPeriod": 0, "limit": 8.0}, {"startPeriod": 60, "limit": 6.0}]
    schedule = {"id": 1, "startSchedule": START.isoformat(), "chargingRateUnit": "A", "chargingSchedulePeriod": periods}
    return {
        "id": 9,
        "stackLevel": 0,
        "chargingProfilePurpose": "TxProfile",
        "chargingProfileKind": "Absolute",
        "transactionId": transaction,
        "chargingSchedule": [schedule],
    }


@pytest.mark.parametrize("version", ["2.0.1", "2.1"])
async def test_an_ev_tells_its_needs_and_charges_by_the_schedule_that_it_gets(version: str) -> None:
    clock = HandClock()
    async with running_csms() as csms:
        station = station_at(csms, version, clock, iso_15118=1)
        async with moving(station.run([Cars(battery_wh=HUGE_WH)]), clock.run()):
            await csms.until(lambda: "NotifyEVChargingNeeds" in csms.actions(NAME))
            number = csms.payloads("TransactionEvent")[0]["transactionInfo"]["transactionId"]
            answer = await csms.ask(
                NAME, version, "SetChargingProfile", {"evseId": 1, "chargingProfile": plan_for(number)}
            )
            await csms.until(lambda: station.bays[0].sample().power_w == 6 * 230 * 3)

    (needs,) = csms.payloads("NotifyEVChargingNeeds")
    (meant,) = csms.payloads("NotifyEVChargingSchedule")
    assert answer[2] == {"status": "Accepted"}
    assert needs["chargingNeeds"]["acChargingParameters"]["evMaxCurrent"] == 16
    assert [each["limit"] for each in meant["chargingSchedule"]["chargingSchedulePeriod"]] == [8.0, 6.0]
    assert csms.invalid == []


@pytest.mark.parametrize(("version", "plan"), [("1.6", {"iso_15118": 1}), ("2.1", {})])
async def test_without_iso_15118_no_needs_are_told(version: str, plan: dict[str, int]) -> None:
    clock = HandClock()
    async with running_csms() as csms:
        station = station_at(csms, version, clock, **plan)
        async with moving(station.run([Cars()]), clock.run()):
            await csms.until(lambda: station.bays[0].state == "Finishing")

    assert csms.payloads("NotifyEVChargingNeeds") == []

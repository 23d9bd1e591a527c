"""An energy management system beside a simulated station: it limits it, takes the limit back, and the station keeps to it (K12, K13)."""

import pytest

from tests.loadtest.csms import running_csms
from tests.loadtest.hand_clock import HandClock, moving
from tests.loadtest.station.world import HUGE_WH, NAME, NEVER, Cars, station_at


@pytest.mark.parametrize("version", ["2.0.1", "2.1"])
async def test_a_managed_station_tells_the_limit_of_another_keeps_to_it_and_tells_its_end(version: str) -> None:
    clock, drawn = HandClock(), []
    async with running_csms() as csms:
        station = station_at(csms, version, clock, evses=2, managed=True)
        csms.answers[version]["NotifyChargingLimit"] = lambda _: drawn.append(station.bays[0].drawing.others_w) or {}
        async with moving(station.run([Cars(battery_wh=HUGE_WH), Cars(NEVER)]), clock.run()):
            await csms.until(lambda: "ClearedChargingLimit" in csms.actions(NAME))
            assert station.bays[0].drawing.others_w is None

    told = csms.payloads("NotifyChargingLimit")[0]
    (schedule,) = told["chargingSchedule"]
    limit = schedule["chargingSchedulePeriod"][0]["limit"]
    whole = sum(bay.peak_w for bay in station.bays)
    assert 0.29 * whole < limit < 0.71 * whole
    assert drawn[0] == int(limit) // 2
    assert csms.payloads("ClearedChargingLimit")[0] == {"chargingLimitSource": "EMS"}
    assert csms.invalid == []


async def test_two_stations_of_one_name_are_limited_alike() -> None:
    said = []
    for _ in range(2):
        clock = HandClock()
        async with running_csms() as csms:
            station = station_at(csms, "2.1", clock, managed=True)
            async with moving(station.run([Cars(NEVER)]), clock.run()):
                await csms.until(lambda: "ClearedChargingLimit" in csms.actions(NAME))
        said.append(csms.payloads("NotifyChargingLimit")[0]["chargingSchedule"][0]["chargingSchedulePeriod"])

    assert said[0] == said[1]

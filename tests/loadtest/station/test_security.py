"""Security events of a simulated station: what it reports of its own life, in every version (A04)."""

import pytest

from loadtest.ocpp.versions import VERSIONS
from tests.loadtest.csms import running_csms
from tests.loadtest.hand_clock import HandClock, moving
from tests.loadtest.station.world import NAME, NEVER, Cars, station_at

RESET = {"1.6": {"type": "Hard"}, "2.0.1": {"type": "Immediate"}, "2.1": {"type": "Immediate"}}


@pytest.mark.parametrize("version", list(VERSIONS))
async def test_a_station_reports_its_start_and_its_reset(version):
    clock = HandClock()
    async with running_csms() as csms, moving(station_at(csms, version, clock).run([Cars(NEVER)]), clock.run()):
        await csms.until(lambda: "SecurityEventNotification" in csms.actions(NAME))
        await csms.ask(NAME, version, "Reset", RESET[version])
        await csms.until(lambda: len(csms.payloads("SecurityEventNotification")) == 2)

    assert [event["type"] for event in csms.payloads("SecurityEventNotification")] == [
        *("StartupOfTheDevice", "ResetOrReboot"),
    ]
    assert csms.invalid == []

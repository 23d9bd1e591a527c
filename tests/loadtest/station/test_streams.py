"""A simulated 2.1 station sends the values of its stream as often as it is told, and no more once the monitor is cleared (N15)."""

from tests.loadtest.csms import running_csms
from tests.loadtest.hand_clock import HandClock, moving
from tests.loadtest.station.world import NAME, NEVER, Cars, station_at

MONITOR = {
    "type": "Periodic",
    "value": 60,
    "severity": 8,
    "component": {"name": "TemperatureSensor"},
    "variable": {"name": "Temperature"},
    "periodicEventStream": {"interval": 20},
}


async def test_values_come_until_the_monitor_is_cleared() -> None:
    clock = HandClock()
    async with running_csms() as csms:
        station = station_at(csms, "2.1", clock)
        async with moving(station.run([Cars(NEVER)]), clock.run()):
            await csms.until(lambda: "StatusNotification" in csms.actions(NAME))
            await csms.ask(NAME, "2.1", "SetVariableMonitoring", {"setMonitoringData": [MONITOR]})
            await csms.until(lambda: len(csms.payloads("NotifyPeriodicEventStream")) >= 2)
            await csms.ask(NAME, "2.1", "ClearVariableMonitoring", {"id": [1]})
            await csms.until(lambda: "ClosePeriodicEventStream" in csms.actions(NAME))

    assert csms.payloads("OpenPeriodicEventStream")[0]["constantStreamData"]["params"] == {"interval": 20}
    first, *_ = csms.payloads("NotifyPeriodicEventStream")
    assert (first["id"], first["pending"]) == (1, 0)
    assert 18 <= float(first["data"][0]["v"]) <= 46
    actions = csms.actions(NAME)
    assert "NotifyPeriodicEventStream" not in actions[actions.index("ClosePeriodicEventStream") :]
    assert csms.invalid == []

"""A simulated 2.x station tells its temperature by itself, and its events have numbers of one count (N07)."""

import pytest

from tests.loadtest.csms import running_csms
from tests.loadtest.hand_clock import HandClock, moving
from tests.loadtest.station.world import NAME, NEVER, Cars, station_at


@pytest.mark.parametrize("version", ["2.0.1", "2.1"])
async def test_a_station_with_a_sensor_tells_its_temperature_again_and_again(version: str) -> None:
    clock = HandClock()
    async with running_csms() as csms:
        station = station_at(csms, version, clock, feels=True)
        async with moving(station.run([Cars(NEVER)]), clock.run()):
            await csms.until(lambda: csms.actions(NAME).count("NotifyEvent") >= 2)

    first, second = (payload["eventData"][0] for payload in csms.payloads("NotifyEvent")[:2])
    assert (first["component"], first["variable"]) == ({"name": "TemperatureSensor"}, {"name": "Temperature"})
    assert 18 <= float(first["actualValue"]) <= 46
    assert first["eventId"] < second["eventId"]
    assert csms.invalid == []

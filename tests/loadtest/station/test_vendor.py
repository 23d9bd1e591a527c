"""A simulated station tells its vendor's own message when it starts, in every version (P02)."""

import pytest

from loadtest.ocpp.versions import VERSIONS
from tests.loadtest.csms import running_csms
from tests.loadtest.hand_clock import HandClock, moving
from tests.loadtest.station.world import NAME, NEVER, Cars, station_at


@pytest.mark.parametrize("version", list(VERSIONS))
async def test_a_station_tells_its_vendor_s_message_once_it_is_accepted(version):
    clock = HandClock()
    async with running_csms() as csms, moving(station_at(csms, version, clock).run([Cars(NEVER)]), clock.run()):
        await csms.until(lambda: "DataTransfer" in csms.actions(NAME))

    (told,) = csms.payloads("DataTransfer")
    assert (told["messageId"], told["data"]) == ("Started", "1 EVSEs")
    assert csms.invalid == []

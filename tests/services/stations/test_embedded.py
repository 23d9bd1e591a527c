"""Stations on the embedded bus: a boot is answered on its gateway's route, the station is published."""

import pytest

from schemas.base import ReplyTo
from schemas.stations import STATION_STATES, BootDecided, StationChanged
from schemas.topics import GATEWAY
from tests.services.bus import serving
from tests.services.stations.records import STATION, booted, connected, disconnected, provisioned, status

GATEWAY_NAME = "gw-stations"


@pytest.mark.embedded
async def test_a_provisioned_station_is_published_from_connection_to_end_and_its_boot_is_answered(
    fresh_bootstrap: str,
) -> None:
    boot = booted(reply_to=ReplyTo(gateway=GATEWAY_NAME, epoch=1, message_id="m1"))

    async with serving("stations", fresh_bootstrap, gateway=GATEWAY_NAME, hears=(GATEWAY, STATION_STATES)) as bus:
        await bus.say(provisioned(site="berlin-1", heartbeat_interval_s=120))
        await bus.hear(StationChanged, lambda said: said.provisioned and said.station == STATION)

        await bus.say(connected(gateway=GATEWAY_NAME), boot, boot)
        answers = [await bus.hear(BootDecided, lambda said: said.station == STATION) for _ in range(2)]

        await bus.say(status("Occupied"), disconnected())
        published = await bus.hear(
            StationChanged, lambda said: said.station == STATION and said.disconnected_at is not None
        )

    assert [(a.status, a.interval_s, a.reply_to) for a in answers] == [("Accepted", 120, boot.reply_to)] * 2
    assert answers[0].id == answers[1].id
    assert (published.site, published.vendor, published.connected) == ("berlin-1", "Example", False)
    assert [one.status for one in published.connectors] == ["Occupied"]

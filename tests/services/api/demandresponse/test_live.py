"""What became of an event at a station: what of it fits a filter, and what is published to whoever follows events."""

import pytest

from services.api.demandresponse.live import LIVE
from services.api.demandresponse.rows import DemandStationFilter
from services.api.live.hub import Hub
from services.api.live.matching import fits
from services.api.live.memory import CommandMemory
from services.api.live.teller import Teller
from tests.services.api.builders import STATION
from tests.services.api.demandresponse.worlds import at_a_station


@pytest.mark.parametrize(
    ("where", "found"),
    [
        ({}, True),
        ({"station": STATION, "event": "event-1", "status": "accepted", "site": "berlin-1"}, True),
        ({"station": "X"}, False),
        ({"event": "X"}, False),
        ({"status": "asked"}, False),
        ({"site": "X"}, False),
    ],
)
def test_it_fits_a_filter(where: dict[str, str], found: bool) -> None:
    assert fits(at_a_station(), DemandStationFilter(**where), LIVE.rules) == found


def test_a_change_is_an_event() -> None:
    hub = Hub(clients_limit=1, queue_limit=10)
    followed = hub.subscribe(None, frozenset({"demand-response"}))
    assert followed is not None

    Teller(CommandMemory(recent_limit=1, waiting_limit=1), hub).heard(at_a_station())

    assert "event: demand-response\n" in followed.drain().decode()

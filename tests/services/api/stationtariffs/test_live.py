"""Which stations fit a filter, and what is told to whoever follows events."""

import pytest

from services.api.live.hub import Hub
from services.api.live.matching import fits
from services.api.live.memory import CommandMemory
from services.api.live.teller import Teller
from services.api.stationtariffs.live import LIVE
from services.api.stationtariffs.rows import StationTariffFilter
from tests.services.api.builders import STATION, a_station_tariffs


@pytest.mark.parametrize(
    ("where", "found"),
    [
        ({}, True),
        ({"station": STATION, "status": "in-step"}, True),
        ({"station": "X"}, False),
        ({"status": "refused"}, False),
    ],
)
def test_a_station_fits_a_filter(where: dict[str, str], found: bool) -> None:
    assert fits(a_station_tariffs(), StationTariffFilter(**where), LIVE.rules) == found


def test_a_change_is_an_event_with_the_tariffs_as_they_are() -> None:
    hub = Hub(clients_limit=1, queue_limit=10)
    followed = hub.subscribe(None, frozenset({"station-tariffs"}))
    assert followed is not None

    Teller(CommandMemory(recent_limit=1, waiting_limit=1), hub).heard(a_station_tariffs())

    told = followed.drain().decode()
    assert "event: station-tariffs\n" in told
    assert '"status":"in-step"' in told

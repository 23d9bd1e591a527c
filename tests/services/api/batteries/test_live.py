"""What of a swap fits a filter, and what is told to whoever follows events."""

import pytest

from services.api.batteries.live import LIVE
from services.api.batteries.rows import SwapFilter
from services.api.live.hub import Hub
from services.api.live.matching import fits
from services.api.live.memory import CommandMemory
from services.api.live.teller import Teller
from tests.services.api.builders import STATION, a_battery_swap


@pytest.mark.parametrize(
    ("where", "found"),
    [
        ({}, True),
        ({"station": STATION, "status": "swapped", "token": "04a2b3c4d5"}, True),
        ({"station": "X"}, False),
        ({"token": "X"}, False),
        ({"status": "taken"}, False),
    ],
)
def test_a_swap_fits_a_filter(where: dict[str, str], found: bool) -> None:
    assert fits(a_battery_swap(), SwapFilter(**where), LIVE.rules) == found


def test_a_change_is_an_event_with_the_swap_as_it_is() -> None:
    hub = Hub(clients_limit=1, queue_limit=10)
    followed = hub.subscribe(None, frozenset({"battery-swap"}))
    assert followed is not None

    Teller(CommandMemory(recent_limit=1, waiting_limit=1), hub).heard(a_battery_swap())

    told = followed.drain().decode()
    assert "event: battery-swap\n" in told
    assert '"serial_number":"B-1"' in told

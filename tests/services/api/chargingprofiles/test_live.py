"""What of a charging profile fits a filter, and what is told to whoever follows events."""

import pytest

from services.api.chargingprofiles.live import LIVE
from services.api.chargingprofiles.rows import ProfileFilter
from services.api.live.hub import Hub
from services.api.live.matching import fits
from services.api.live.memory import CommandMemory
from services.api.live.teller import Teller
from tests.services.api.builders import STATION, a_charging_profile


@pytest.mark.parametrize(
    ("where", "found"),
    [
        ({}, True),
        ({"station": STATION, "status": "installed"}, True),
        ({"station": "X"}, False),
        ({"status": "gone"}, False),
    ],
)
def test_a_profile_fits_a_filter(where: dict[str, str], found: bool) -> None:
    assert fits(a_charging_profile(), ProfileFilter(**where), LIVE.rules) == found


def test_a_change_is_an_event_with_the_profile_as_it_is() -> None:
    hub = Hub(clients_limit=1, queue_limit=10)
    followed = hub.subscribe(None, frozenset({"charging-profile"}))
    assert followed is not None

    Teller(CommandMemory(recent_limit=1, waiting_limit=1), hub).heard(a_charging_profile())

    told = followed.drain().decode()
    assert "event: charging-profile\n" in told
    assert '"status":"installed"' in told

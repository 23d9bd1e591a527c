"""What of a display message fits a filter, and what is told to whoever follows events."""

import pytest

from services.api.displays.live import LIVE
from services.api.displays.rows import MessageFilter
from services.api.live.hub import Hub
from services.api.live.matching import fits
from services.api.live.memory import CommandMemory
from services.api.live.teller import Teller
from tests.services.api.builders import STATION, a_display_message


@pytest.mark.parametrize(
    ("where", "found"),
    [
        ({}, True),
        ({"station": STATION, "status": "accepted"}, True),
        ({"station": "X"}, False),
        ({"status": "gone"}, False),
    ],
)
def test_a_message_fits_a_filter(where: dict[str, str], found: bool) -> None:
    assert fits(a_display_message(), MessageFilter(**where), LIVE.rules) == found


def test_a_change_is_an_event_with_the_message_as_it_is() -> None:
    hub = Hub(clients_limit=1, queue_limit=10)
    followed = hub.subscribe(None, frozenset({"display-message"}))
    assert followed is not None

    Teller(CommandMemory(recent_limit=1, waiting_limit=1), hub).heard(a_display_message())

    told = followed.drain().decode()
    assert "event: display-message\n" in told
    assert '"text":"Hello"' in told

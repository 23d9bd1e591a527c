"""What of a limited session fits a filter, and what is told to whoever follows events."""

import pytest

from services.api.live.hub import Hub
from services.api.live.matching import fits
from services.api.live.memory import CommandMemory
from services.api.live.teller import Teller
from services.api.sessionlimits.live import LIVE
from services.api.sessionlimits.rows import SessionLimitFilter
from tests.services.api.builders import STATION
from tests.services.api.sessionlimits.records import a_limit


@pytest.mark.parametrize(
    ("where", "found"),
    [
        ({}, True),
        ({"station": STATION, "token": " 04a2b3c4d5", "status": "watched"}, True),
        ({"station": "OTHER"}, False),
        ({"token": "OTHER"}, False),
        ({"status": "stopped"}, False),
    ],
)
def test_a_limited_session_fits_a_filter(where: dict[str, str], found: bool) -> None:
    assert fits(a_limit(), SessionLimitFilter(**where), LIVE.rules) == found


def test_a_change_is_an_event_with_the_limit_as_it_is() -> None:
    hub = Hub(clients_limit=1, queue_limit=10)
    followed = hub.subscribe(None, frozenset({"session-limit"}))
    assert followed is not None

    Teller(CommandMemory(recent_limit=1, waiting_limit=1), hub).heard(a_limit(status="stopped", reached="cost"))

    told = followed.drain().decode()
    assert "event: session-limit\n" in told
    assert '"reached":"cost"' in told

"""What of a control fits a filter, and what is told to whoever follows events."""

from typing import Any

import pytest

from services.api.der.live import LIVE
from services.api.der.rows import ControlFilter
from services.api.live.hub import Hub
from services.api.live.matching import fits
from services.api.live.memory import CommandMemory
from services.api.live.teller import Teller
from tests.services.api.builders import STATION, a_der_control


@pytest.mark.parametrize(
    ("where", "found"),
    [
        ({}, True),
        ({"station": STATION, "status": "accepted", "control_type": "FreqWatt", "is_default": True}, True),
        ({"station": "X"}, False),
        ({"control_type": "VoltVar"}, False),
        ({"status": "gone"}, False),
        ({"is_default": False}, False),
    ],
)
def test_a_control_fits_a_filter(where: dict[str, Any], found: bool) -> None:
    assert fits(a_der_control(), ControlFilter(**where), LIVE.rules) == found


def test_a_change_is_an_event_with_the_control_as_it_is() -> None:
    hub = Hub(clients_limit=1, queue_limit=10)
    followed = hub.subscribe(None, frozenset({"der-control"}))
    assert followed is not None

    Teller(CommandMemory(recent_limit=1, waiting_limit=1), hub).heard(a_der_control())

    told = followed.drain().decode()
    assert "event: der-control\n" in told
    assert '"control_type":"FreqWatt"' in told

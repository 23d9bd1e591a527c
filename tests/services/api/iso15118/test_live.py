"""What of a request fits a filter, and what is told to whoever follows events."""

from typing import Any

import pytest

from services.api.iso15118.live import LIVE
from services.api.iso15118.rows import RequestFilter
from services.api.live.hub import Hub
from services.api.live.matching import fits
from services.api.live.memory import CommandMemory
from services.api.live.teller import Teller
from tests.services.api.builders import STATION
from tests.services.api.iso15118.given import answered


@pytest.mark.parametrize(
    ("where", "found"),
    [
        ({}, True),
        ({"station": STATION, "kind": "certificate-status", "accepted": True}, True),
        ({"station": "X"}, False),
        ({"kind": "chain-status"}, False),
        ({"accepted": False}, False),
    ],
)
def test_a_request_fits_a_filter(where: dict[str, Any], found: bool) -> None:
    assert fits(answered(), RequestFilter(**where), LIVE.rules) == found


def test_an_answer_is_an_event() -> None:
    hub = Hub(clients_limit=1, queue_limit=10)
    followed = hub.subscribe(None, frozenset({"iso15118-request"}))
    assert followed is not None

    Teller(CommandMemory(recent_limit=1, waiting_limit=1), hub).heard(answered())

    assert "event: iso15118-request\n" in followed.drain().decode()

"""What of a security operation fits a filter, and what is published to whoever follows events."""

import pytest

from services.api.live.hub import Hub
from services.api.live.matching import fits
from services.api.live.memory import CommandMemory
from services.api.live.teller import Teller
from services.api.securityoperations.live import LIVE
from services.api.securityoperations.rows import OperationFilter
from tests.services.api.builders import STATION
from tests.services.api.securityoperations.worlds import an_operation


@pytest.mark.parametrize(
    ("where", "found"),
    [
        ({}, True),
        ({"station": STATION, "kind": "rotate-password", "status": "done", "batch": ""}, True),
        ({"station": "X"}, False),
        ({"kind": "move-station"}, False),
        ({"status": "running"}, False),
        ({"batch": "batch-1"}, False),
    ],
)
def test_an_operation_fits_a_filter(where: dict[str, str], found: bool) -> None:
    assert fits(an_operation(), OperationFilter(**where), LIVE.rules) == found


def test_a_change_is_an_event_with_the_operation_as_it_is() -> None:
    hub = Hub(clients_limit=1, queue_limit=10)
    followed = hub.subscribe(None, frozenset({"security-operation"}))
    assert followed is not None

    Teller(CommandMemory(recent_limit=1, waiting_limit=1), hub).heard(an_operation())

    sent = followed.drain().decode()
    assert "event: security-operation\n" in sent
    assert '"kind":"rotate-password"' in sent

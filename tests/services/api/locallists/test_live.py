"""What of a local list fits a filter, and what is told to whoever follows events."""

import pytest

from services.api.live.hub import Hub
from services.api.live.matching import fits
from services.api.live.memory import CommandMemory
from services.api.live.teller import Teller
from services.api.locallists.live import LIVE
from services.api.locallists.rows import LocalListFilter
from tests.services.api.builders import STATION, a_local_list


@pytest.mark.parametrize(
    ("where", "found"),
    [
        ({}, True),
        ({"station": STATION, "status": "in-step"}, True),
        ({"station": "X"}, False),
        ({"status": "refused"}, False),
    ],
)
def test_a_list_fits_a_filter(where: dict[str, str], found: bool) -> None:
    assert fits(a_local_list(), LocalListFilter(**where), LIVE.rules) == found


def test_a_change_is_an_event_with_the_list_as_it_is() -> None:
    hub = Hub(clients_limit=1, queue_limit=10)
    followed = hub.subscribe(None, frozenset({"local-list"}))
    assert followed is not None

    Teller(CommandMemory(recent_limit=1, waiting_limit=1), hub).heard(a_local_list())

    told = followed.drain().decode()
    assert "event: local-list\n" in told
    assert '"status":"in-step"' in told

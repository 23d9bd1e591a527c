"""What of a boot run fits a filter, and what is published to whoever follows events."""

import pytest

from services.api.boottemplates.live import LIVE
from services.api.boottemplates.rows import RunFilter
from services.api.live.hub import Hub
from services.api.live.matching import fits
from services.api.live.memory import CommandMemory
from services.api.live.teller import Teller
from tests.services.api.builders import STATION, a_boot_run


@pytest.mark.parametrize(
    ("where", "found"),
    [
        ({}, True),
        ({"station": STATION, "template": "defaults", "status": "done"}, True),
        ({"station": "X"}, False),
        ({"template": "others"}, False),
        ({"status": "running"}, False),
    ],
)
def test_a_run_fits_a_filter(where: dict[str, str], found: bool) -> None:
    assert fits(a_boot_run(), RunFilter(**where), LIVE.rules) == found


def test_a_change_is_an_event_with_the_run_as_it_is() -> None:
    hub = Hub(clients_limit=1, queue_limit=10)
    followed = hub.subscribe(None, frozenset({"boot-run"}))
    assert followed is not None

    Teller(CommandMemory(recent_limit=1, waiting_limit=1), hub).heard(a_boot_run())

    sent = followed.drain().decode()
    assert "event: boot-run\n" in sent
    assert '"template":"defaults"' in sent

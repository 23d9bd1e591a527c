"""What of a reservation fits a filter, and what is told to whoever follows events."""

import pytest

from services.api.live.hub import Hub
from services.api.live.matching import fits
from services.api.live.memory import CommandMemory
from services.api.live.teller import Teller
from services.api.reservations.live import LIVE
from services.api.reservations.rows import ReservationFilter
from tests.services.api.builders import STATION, a_reservation


@pytest.mark.parametrize(
    ("where", "found"),
    [
        ({}, True),
        ({"station": STATION, "token": " 04a2b3c4d5", "status": "accepted"}, True),
        ({"station": "OTHER"}, False),
        ({"token": "OTHER"}, False),
        ({"status": "used"}, False),
    ],
)
def test_a_reservation_fits_a_filter(where: dict[str, str], found: bool) -> None:
    assert fits(a_reservation(), ReservationFilter(**where), LIVE.rules) == found


def test_a_change_is_an_event_with_the_reservation_as_it_is() -> None:
    hub = Hub(clients_limit=1, queue_limit=10)
    followed = hub.subscribe(None, frozenset({"reservation"}))
    assert followed is not None

    Teller(CommandMemory(recent_limit=1, waiting_limit=1), hub).heard(a_reservation())

    told = followed.drain().decode()
    assert "event: reservation\n" in told
    assert '"status":"accepted"' in told

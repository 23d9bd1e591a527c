"""Which payments fit a filter, and what is told to whoever follows events."""

import pytest

from services.api.live.hub import Hub
from services.api.live.matching import fits
from services.api.live.memory import CommandMemory
from services.api.live.teller import Teller
from services.api.payments.live import LIVE
from services.api.payments.rows import PaymentFilter
from tests.services.api.builders import STATION, a_payment


@pytest.mark.parametrize(
    ("where", "found"),
    [
        ({}, True),
        ({"station": STATION, "status": "settled", "psp_ref": "PSP-0815", "session": "s1", "debt": False}, True),
        ({"station": "X"}, False),
        ({"status": "failed"}, False),
        ({"psp_ref": "psp"}, False),
        ({"session": "s2"}, False),
        ({"debt": True}, False),
    ],
)
def test_a_payment_fits_a_filter(where: dict[str, object], found: bool) -> None:
    assert fits(a_payment(), PaymentFilter(**where), LIVE.rules) == found  # type: ignore[arg-type]


def test_a_change_is_an_event_with_the_payment_as_it_is() -> None:
    hub = Hub(clients_limit=1, queue_limit=10)
    followed = hub.subscribe(None, frozenset({"payment"}))
    assert followed is not None

    Teller(CommandMemory(recent_limit=1, waiting_limit=1), hub).heard(a_payment())

    told = followed.drain().decode()
    assert "event: payment\n" in told
    assert '"psp_ref":"psp-0815"' in told

"""What of a certificate fits a filter, and what is told to whoever follows events."""

from datetime import timedelta
from typing import Any

import pytest

from services.api.live.hub import Hub
from services.api.live.matching import fits
from services.api.live.memory import CommandMemory
from services.api.live.teller import Teller
from services.api.signing.live import LIVE
from services.api.signing.rows import IssuedFilter
from tests.services.api.builders import NOON, STATION
from tests.services.api.signing.given import FINGERPRINT, an_issued


@pytest.mark.parametrize(
    ("where", "found"),
    [
        ({}, True),
        ({"station": STATION, "status": "installed", "use": "ChargingStationCertificate"}, True),
        ({"serial_number": "1f", "fingerprint": FINGERPRINT}, True),
        ({"station": "X"}, False),
        ({"use": "V2GCertificate"}, False),
        ({"status": "failed"}, False),
        ({"serial_number": "2f"}, False),
        ({"expires_before": NOON}, False),
        ({"expires_before": NOON + timedelta(days=400)}, True),
    ],
)
def test_a_certificate_fits_a_filter(where: dict[str, Any], found: bool) -> None:
    assert fits(an_issued(), IssuedFilter(**where), LIVE.rules) == found


def test_a_request_without_a_certificate_does_not_expire() -> None:
    assert not fits(an_issued(expires_at=None), IssuedFilter(expires_before=NOON), LIVE.rules)


def test_a_change_is_an_event_with_the_certificate_as_it_is() -> None:
    hub = Hub(clients_limit=1, queue_limit=10)
    followed = hub.subscribe(None, frozenset({"issued-certificate"}))
    assert followed is not None

    Teller(CommandMemory(recent_limit=1, waiting_limit=1), hub).heard(an_issued())

    told = followed.drain().decode()
    assert "event: issued-certificate\n" in told
    assert '"serial_number":"1f"' in told

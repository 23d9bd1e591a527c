"""What of a certificate fits a filter, and what is told to whoever follows events."""

from datetime import timedelta
from typing import Any

import pytest

from services.api.certificates.live import LIVE
from services.api.certificates.rows import CertificateFilter
from services.api.live.hub import Hub
from services.api.live.matching import fits
from services.api.live.memory import CommandMemory
from services.api.live.teller import Teller
from tests.services.api.builders import NOON, STATION, a_certificate


@pytest.mark.parametrize(
    ("where", "found"),
    [
        ({}, True),
        ({"station": STATION, "status": "installed", "use": "ManufacturerRootCertificate"}, True),
        ({"station": "X"}, False),
        ({"use": "CSMSRootCertificate"}, False),
        ({"status": "gone"}, False),
        ({"expires_before": NOON}, False),
        ({"expires_before": NOON + timedelta(days=400)}, True),
    ],
)
def test_a_certificate_fits_a_filter(where: dict[str, Any], found: bool) -> None:
    assert fits(a_certificate(), CertificateFilter(**where), LIVE.rules) == found


def test_one_whose_end_nobody_knows_does_not_expire() -> None:
    where = CertificateFilter(expires_before=NOON)

    assert not fits(a_certificate(expires_at=None), where, LIVE.rules)


def test_a_change_is_an_event_with_the_certificate_as_it_is() -> None:
    hub = Hub(clients_limit=1, queue_limit=10)
    followed = hub.subscribe(None, frozenset({"certificate"}))
    assert followed is not None

    Teller(CommandMemory(recent_limit=1, waiting_limit=1), hub).heard(a_certificate())

    told = followed.drain().decode()
    assert "event: certificate\n" in told
    assert '"subject":"CN=Root"' in told

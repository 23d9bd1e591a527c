"""Saying: a certificate is published when something of it changed, and only then."""

from services.certificates.saying import said
from tests.services.certificates.asking import Asker, asked
from tests.services.moments import at


def test_nothing_is_published_twice() -> None:
    station = Asker(asked())

    state, outputs = said(station.state, at(50))

    assert outputs == []
    assert state == station.state


def test_revisions_count_up() -> None:
    station = Asker()
    station.takes()

    (one,) = station.certificates.values()
    assert one.revision == 3

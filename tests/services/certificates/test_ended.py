"""Ended: what has ended is remembered for a while, without its chain."""

from services.certificates import ended
from tests.services.certificates.asking import Asker
from tests.services.moments import at


def test_an_ended_certificate_keeps_its_name_and_loses_its_chain() -> None:
    station = Asker()
    station.comes_with()

    over = ended.of(station.state.wanted[0], "expired", "", at(9))

    assert (over.issued.chain, over.issued.fingerprint) == ("", "ab1f")
    assert ended.forgotten_at(over) == at(9) + ended.REMEMBERED
    assert ended.forgotten_at(station.state.wanted[0]) is None
    assert ended.forgotten(station.state, over).wanted == ()

"""Changing: one certificate takes the place of its former self; what is in use is never crowded out."""

from msgspec.structs import replace

from services.certificates.changing import MOST, put, same_use
from tests.services.certificates.asking import Asker, asked


def test_a_certificate_in_use_is_not_crowded_out_by_those_that_ended() -> None:
    station = Asker(asked())
    held = station.state.wanted[0]
    for n in range(MOST + 5):
        station.reads(asked(seconds=n + 1, csr="nothing", id=f"n{n}"))

    assert held.id in {one.id for one in station.state.wanted}


def test_no_use_named_is_the_use_between_station_and_csms() -> None:
    state = Asker(asked()).state
    named = state.wanted[0]
    unnamed, other = replace(named, id="2", use=None), replace(named, id="3", use="V2GCertificate")
    state = put(put(state, unnamed), other)

    assert [one.id for one in same_use(state, named)] == ["2"]
    assert list(same_use(state, other)) == []

"""Reporting: security events about a station's own certificate (A02.FR.07; 2.1, A02.FR.29)."""

from services.certificates.reporting import DISCARDED, INVALID
from tests.services.certificates.asking import Asker, event, settled


def test_an_invalid_certificate_is_rejected_with_what_the_station_says_of_it() -> None:
    station = Asker()
    station.reads(settled(station.comes_with(), "rejected"))
    station.reads(event(INVALID, tech_info="wrong issuer"))

    (one,) = station.certificates.values()
    assert (one.status, one.detail) == ("rejected", f"{INVALID}: wrong issuer")


def test_the_event_may_come_before_the_answer() -> None:
    station = Asker()
    command = station.comes_with()
    station.reads(event(INVALID))
    station.reads(settled(command, "rejected", seconds=4))

    assert station.statuses == ["rejected"]


def test_a_station_that_goes_back_to_the_certificate_before_uses_that_one() -> None:
    station = Asker()
    station.takes()
    station.takes(number=1, seconds=100, serial="2f")
    station.reads(event(DISCARDED, seconds=110))

    assert station.statuses == ["installed", "discarded"]


def test_an_event_read_again_changes_nothing() -> None:
    station = Asker()
    station.takes()
    station.takes(number=1, seconds=100, serial="2f")
    station.reads(event(DISCARDED, seconds=110))
    before = station.state

    assert station.reads(event(DISCARDED, seconds=110)) == []
    assert station.state == before


def test_other_events_and_events_before_the_certificate_say_nothing_of_it() -> None:
    station = Asker()
    station.takes(seconds=100)
    before = station.state

    assert station.reads(event("TamperDetectionActivated", seconds=200)) == []
    assert station.reads(event(DISCARDED, seconds=50)) == []
    assert station.state == before

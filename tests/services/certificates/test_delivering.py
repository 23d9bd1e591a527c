"""Delivering: a certificate is sent until the station answers, and what it answers is believed (A02.FR.06, FR.07)."""

import itertools

from schemas.base import Due
from services.certificates.delivering import ATTEMPTS
from tests.services.certificates.asking import STATION, Asker, settled
from tests.services.moments import at


def test_a_station_that_rejects_its_certificate_is_not_sent_it_again() -> None:
    station = Asker()
    command = station.comes_with()
    station.reads(settled(command, "rejected", detail="InvalidCertificate"))
    station.comes_to(86_400)

    (one,) = station.certificates.values()
    assert (one.status, one.detail) == ("rejected", "InvalidCertificate")
    assert len(station.commands) == 1


def test_a_certificate_without_an_answer_is_sent_again_later_and_later_and_given_up_in_the_end() -> None:
    station = Asker()
    station.comes_with()
    sent = []
    while len(station.commands) > len(sent):
        command = station.commands[-1]
        sent.append(command)
        seconds = (command.requested_at - at(0)).total_seconds() + 60
        station.reads(settled(command, "timed_out", seconds=seconds))
        if station.statuses == ["issued"]:
            station.reads(Due(key=STATION, at=station.due, sent_at=station.due))

    pauses = [later.requested_at - sooner.requested_at for sooner, later in itertools.pairwise(sent)]
    assert len(sent) == ATTEMPTS
    assert pauses == sorted(pauses)
    assert station.statuses == ["undelivered"]
    assert len({command.id for command in sent}) == ATTEMPTS


def test_a_command_that_was_lost_on_its_way_is_sent_again() -> None:
    station = Asker()
    station.comes_with()
    station.comes_to(20 * 60)

    assert len(station.commands) == 2


def test_a_station_that_rejects_what_it_may_have_taken_before_is_not_said_to_lack_it() -> None:
    """A02.FR.26: a 2.1 station rejects a request number that it knows no more."""
    station = Asker()
    station.reads(settled(station.comes_with(), "timed_out"))
    station.comes_to(120)
    station.reads(settled(station.commands[-1], "rejected", seconds=121))

    assert station.statuses == ["undelivered"]


def test_a_command_that_never_left_leaves_no_doubt() -> None:
    station = Asker()
    station.reads(settled(station.comes_with(), "expired", sent=False))
    station.comes_to(120)
    station.reads(settled(station.commands[-1], "rejected", seconds=121))

    assert station.statuses == ["rejected"]


def test_an_answer_read_again_changes_nothing() -> None:
    station = Asker()
    command = station.comes_with()
    station.reads(settled(command))
    before = station.state

    assert station.reads(settled(command)) == []
    assert station.state == before


def test_a_late_answer_to_an_older_certificate_does_not_replace_the_newer() -> None:
    station = Asker()
    first = station.comes_with()
    station.takes(number=1, seconds=100, serial="2f")
    station.reads(settled(first, seconds=200))

    assert station.statuses == ["superseded", "installed"]

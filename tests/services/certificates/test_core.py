"""Certificates: what each record makes of them, and what is remembered no longer."""

import pytest

from schemas.base import Poison
from services.certificates.core import FORGOTTEN_AFTER, due
from services.certificates.learning import KEPT_AT_MOST
from tests.roots import ENDS, a_root
from tests.services.certificates.records import Station, deleted, installed, listed, lists, settled
from tests.services.moments import at

DAY = FORGOTTEN_AFTER.total_seconds()
OTHER = a_root("Other", 2)


@pytest.mark.usecase("M05")
def test_a_certificate_is_requested_then_installed_with_what_it_says() -> None:
    station = Station(installed(), settled())

    assert [(one.status, one.revision) for one in station.said] == [("requested", 1), ("installed", 2)]
    assert (station.one.subject, station.one.expires_at, station.one.verified_at) == ("CN=Root", ENDS, None)
    assert station.one.name is not None
    assert (station.one.requested_by, station.one.name.serial_number) == ("operator", "1f")


def test_a_refusal_has_the_stations_word() -> None:
    station = Station(installed(), settled(outcome="rejected", detail="Failed"))

    assert (station.one.status, station.one.detail, station.one.ended_at) == ("refused", "Failed", at(1))


@pytest.mark.usecase("M03")
def test_a_listing_verifies_what_was_installed_and_finds_what_others_installed() -> None:
    station = Station(installed(), settled(), listed(), lists("l1", a_root(), OTHER))

    found = {one.subject: one for one in station.certificates.values()}
    assert (found["CN=Root"].status, found["CN=Root"].verified_at) == ("installed", at(51))
    assert (found[""].status, found[""].requested_at, found[""].verified_at) == ("installed", None, at(51))


@pytest.mark.usecase("M04")
def test_a_deleted_certificate_is_gone_and_may_come_back() -> None:
    station = Station(installed(), settled(), deleted(), settled("d1", seconds=101))
    assert (station.one.status, station.one.ended_at) == ("deleted", at(101))

    station.reads(installed("i2", seconds=200))
    assert station.one.status == "requested"
    station.reads(settled("i2", seconds=201))
    assert (station.one.status, station.one.ended_at) == ("installed", None)


def test_a_certificate_that_the_station_keeps_is_installed_still() -> None:
    station = Station(installed(), settled(), deleted(), settled("d1", "rejected", seconds=101, detail="Failed"))

    assert station.one.status == "installed"


def test_what_was_installed_under_another_algorithm_is_found_in_the_listing() -> None:
    station = Station(installed(), settled(), listed(), lists("l1", a_root(), algorithm="SHA384"))

    assert station.one.name is not None
    assert (station.one.name.hash_algorithm, station.one.verified_at) == ("SHA384", at(51))


def test_a_text_that_is_no_certificate_is_followed_without_what_it_says() -> None:
    station = Station(installed(pem="nonsense"), settled(outcome="rejected", detail="Rejected"))

    assert (station.one.status, station.one.subject, station.one.expires_at) == ("refused", "", None)


def test_a_listing_says_so_once_however_often_it_lacks_it() -> None:
    station = Station(installed(), settled(), listed(), lists("l1"))
    assert (station.one.status, station.one.ended_at) == ("gone", at(51))
    said = len(station.said)

    for record in (listed("l2", seconds=60), lists("l2", seconds=61)):
        station.reads(record)

    assert len(station.said) == said


def test_too_many_certificates_are_put_aside() -> None:
    station = Station(*(installed(f"i{n}", pem=f"text {n}") for n in range(KEPT_AT_MOST)))

    with pytest.raises(Poison):
        station.reads(installed("i-more", pem="one more"))


def test_what_has_ended_is_forgotten_a_day_later_and_what_is_there_never() -> None:
    station = Station(
        installed(), settled(), installed("i2", pem=OTHER), settled("i2"), deleted(), settled("d1", seconds=101)
    )

    station.comes_to(101 + DAY)

    assert [one.content.subject for one in station.state.kept if one.content] == ["CN=Other"]
    assert (station.state.asked, station.state.answers) == ((), ())
    assert due(station.state) is None


def test_a_repeat_changes_nothing() -> None:
    records = (installed(), settled(), listed(), lists("l1", a_root(), OTHER), deleted(), settled("d1", seconds=101))
    station = Station(*records)
    before, said = station.state, len(station.said)

    for record in records:
        station.reads(record)

    assert (station.state, len(station.said)) == (before, said)

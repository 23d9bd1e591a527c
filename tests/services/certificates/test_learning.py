"""What requests and answers say of certificates: which are the same, whose use, and what a listing covers."""

from tests.roots import a_root
from tests.services.certificates.records import Station, answers, deleted, installed, listed, lists, named, settled
from tests.services.moments import at

CSMS = "CSMSRootCertificate"


def test_the_same_certificate_for_two_uses_is_two_and_deleted_as_one() -> None:
    station = Station(installed(), settled(), installed("i2", use=CSMS), settled("i2"))
    assert len(station.certificates) == 2

    for record in (deleted(), settled("d1", seconds=101)):
        station.reads(record)

    assert {one.status for one in station.certificates.values()} == {"deleted"}


def test_a_listing_of_another_use_says_nothing_of_this_one() -> None:
    station = Station(installed(), settled(), listed(uses=(CSMS,)), lists("l1"))

    assert station.one.status == "installed"


def test_16_lists_one_use_which_its_request_names() -> None:
    payload = {"status": "Accepted", "certificateHashData": [named(a_root())]}
    station = Station(listed(uses=(CSMS,)), answers("l1", payload, 51))

    assert (station.one.use, station.one.status) == (CSMS, "installed")


def test_one_that_was_listed_and_is_installed_afterwards_is_the_same() -> None:
    station = Station(listed(), lists("l1", a_root()), installed(seconds=60), settled(seconds=61))

    assert (station.one.status, station.one.subject, station.one.verified_at) == ("installed", "CN=Root", at(51))


def test_one_below_another_names_it() -> None:
    chain = {
        "certificateType": "V2GCertificateChain",
        "certificateHashData": named(a_root()),
        "childCertificateHashData": [named(a_root("Child", 2))],
    }
    station = Station(listed(), answers("l1", {"status": "Accepted", "certificateHashDataChain": [chain]}, 51))

    first, second = sorted(station.certificates.values(), key=lambda one: bool(one.child_of))
    assert second.child_of == first.certificate

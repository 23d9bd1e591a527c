"""Answers to GetInstalledCertificateIds, as stations write them."""

import msgspec
import pytest

from services.certificates.listing import MOST, listed_in
from tests.roots import a_root, named

ROOT, CHILD = named(a_root()), named(a_root("Child", 2))


def read(payload):
    return listed_in(msgspec.Raw(msgspec.json.encode(payload)))


def test_16_lists_names_without_their_use():
    (one,) = read({"status": "Accepted", "certificateHashData": [ROOT]})

    assert (one.use, one.name.serial_number, one.parent) == ("", "1f", None)


@pytest.mark.usecase("M03.FR.05")
def test_2x_lists_chains_and_those_below_them():
    chain = {"certificateType": "V2GCertificateChain", "certificateHashData": ROOT, "childCertificateHashData": [CHILD]}
    first, second = read({"status": "Accepted", "certificateHashDataChain": [chain]})

    assert (first.use, first.parent) == ("V2GCertificateChain", None)
    assert (second.use, second.parent, second.name.serial_number) == ("V2GCertificateChain", first.name, "2")


@pytest.mark.usecase("M03.FR.02")
def test_a_station_that_has_none_lists_nothing():
    assert read({"status": "NotFound"}) == ()


@pytest.mark.parametrize(
    "payload", [None, {"status": "Rejected"}, {"status": "Accepted", "certificateHashData": [{}]}, 7]
)
def test_what_cannot_be_read_says_nothing(payload):
    assert read(payload) is None


def test_a_listing_without_end_is_read_to_a_limit():
    assert len(read({"status": "Accepted", "certificateHashData": [ROOT] * (MOST + 1)})) == MOST

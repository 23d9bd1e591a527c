"""CSR: what a request says, and which may not be signed (A00.FR.501 to FR.511)."""

import pytest

from schemas.csr import BadRequest, key_bytes, load_csr, looks_like_an_address, read_csr
from tests.services.certificates.asking import STATION, csr


def test_a_request_says_who_asks_and_with_what_key() -> None:
    asked = read_csr(csr())

    assert (asked.common_name, asked.organization, asked.key) == (STATION, "Elbtal", "EC 256")
    assert asked.subject == f"CN={STATION},O=Elbtal"


def test_requests_are_told_apart_by_their_bytes() -> None:
    assert read_csr(csr()).digest == read_csr(csr() + "\n").digest != read_csr(csr(number=1)).digest
    assert key_bytes(load_csr(csr())) != key_bytes(load_csr(csr(number=1)))


def test_what_a_request_leaves_out_is_empty() -> None:
    asked = read_csr(csr("", ""))

    assert (asked.common_name, asked.organization) == ("", "")


@pytest.mark.parametrize(
    ("text", "why"),
    [("", "no certificate signing request"), (csr(kind="rsa-1024"), "2048"), (csr(kind="ec-192"), "224")],
)
def test_what_may_not_be_signed_is_named(text: str, why: str) -> None:
    with pytest.raises(BadRequest, match=why):
        read_csr(text)


def test_a_name_in_the_form_of_an_address_is_no_station() -> None:
    """A00.FR.511."""
    assert [
        name for name in ("10.0.0.1", "[::1]", "http://x", "a/b", "DE*ABC*E1", "CP-1") if looks_like_an_address(name)
    ] == [
        *("10.0.0.1", "[::1]", "http://x", "a/b"),
    ]

"""Port: orders are checked against their requests again, and certificates against their orders."""

from pathlib import Path

import pytest
from cryptography import x509

from services.authorities.port import Refused, certificate_of, kind_of_key, request_of
from tests.services.authorities.given import NOW, made, opened, ordered
from tests.services.certificates.asking import csr


def test_a_request_that_names_nobody_is_for_the_name_of_its_order() -> None:
    assert request_of(ordered(csr=csr(""))).is_signature_valid


def test_a_request_for_another_name_is_refused() -> None:
    with pytest.raises(Refused, match="another name"):
        request_of(ordered(csr=csr("ANOTHER")))


async def test_a_certificate_for_another_key_or_name_is_refused(tmp_path: Path) -> None:
    issued = await opened(made(tmp_path / "a")).sign(ordered(), NOW)
    leaf, *issuers = x509.load_pem_x509_certificates(issued.chain.encode())

    for order in (ordered(csr=csr(number=5)), ordered(common_name="ANOTHER")):
        with pytest.raises(Refused, match="another key or name"):
            certificate_of(order, leaf, issuers, authority="stations", now=NOW)
    assert certificate_of(ordered(), leaf, issuers, authority="stations", now=NOW) == issued
    assert kind_of_key(leaf) == "EC 256"


async def test_a_chain_that_no_message_holds_is_refused(tmp_path: Path) -> None:
    issued = await opened(made(tmp_path / "a")).sign(ordered(), NOW)
    leaf, issuing = x509.load_pem_x509_certificates(issued.chain.encode())

    with pytest.raises(Refused, match="a message holds 10000"):
        certificate_of(ordered(), leaf, [issuing] * 20, authority="stations", now=NOW)

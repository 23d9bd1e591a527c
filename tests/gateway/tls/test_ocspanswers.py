"""OCSP answers: believed where the issuer, or its responder, signed them of late."""

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.x509 import ocsp
from hypothesis import given
from hypothesis import strategies as st

from gateway.tls.ocspanswers import LONGEST, BadAnswer, question, read_answer
from tests.gateway.conftest import World
from tests.gateway.tls.responder import answer
from tests.pki import DAY, NOW, Issued


def issuer(world: World) -> bytes:
    return world.stations.certificate.public_bytes(serialization.Encoding.DER)


def said(world: World, own: Issued, content: bytes) -> str:
    return read_answer(content, own.der, issuer(world), NOW).status


@pytest.mark.usecase("A00", "A00.FR.702", "A00.FR.705")
@pytest.mark.parametrize("status", list(ocsp.OCSPCertStatus))
def test_the_issuers_answer_counts(world: World, status: ocsp.OCSPCertStatus) -> None:
    own = world.stations.issue("OCSP-1")
    content = answer(world.stations, own.certificate, status, at=NOW)
    assert said(world, own, content) == status.name.lower()
    assert read_answer(content, own.der, issuer(world), NOW).until == NOW + LONGEST


def test_a_responder_of_the_issuer_counts_and_no_other(world: World) -> None:
    own = world.stations.issue("OCSP-2")
    named = world.stations.issue("responder", responder=True)
    assert said(world, own, answer(world.stations, own.certificate, signer=named, at=NOW)) == "good"
    for forger in (world.stations.issue("no-responder"), world.others.issue("other", responder=True)):
        with pytest.raises(BadAnswer, match="signed by neither"):
            said(world, own, answer(world.stations, own.certificate, signer=forger, at=NOW))


def test_an_answer_about_another_certificate_or_time_does_not_count(world: World) -> None:
    own, other = world.stations.issue("OCSP-3"), world.stations.issue("OCSP-4")
    with pytest.raises(BadAnswer, match="another certificate"):
        said(world, own, answer(world.stations, other.certificate, at=NOW))
    for moment in (NOW - 3 * DAY, NOW + DAY):
        with pytest.raises(BadAnswer, match="time"):
            said(world, own, answer(world.stations, own.certificate, at=moment))


def test_a_refusal_does_not_count(world: World) -> None:
    own = world.stations.issue("OCSP-5")
    refusal = ocsp.OCSPResponseBuilder.build_unsuccessful(ocsp.OCSPResponseStatus.TRY_LATER)
    with pytest.raises(BadAnswer, match="TRY_LATER"):
        said(world, own, refusal.public_bytes(serialization.Encoding.DER))


def test_the_question_names_the_certificate(world: World) -> None:
    own = world.stations.issue("OCSP-6")
    asked = ocsp.load_der_ocsp_request(question(own.der, issuer(world)))
    assert asked.serial_number == own.certificate.serial_number


@given(content=st.binary(max_size=200))
def test_any_bytes_are_refused(world: World, content: bytes) -> None:
    with pytest.raises(BadAnswer):
        read_answer(content, world.ec.der, issuer(world), NOW)

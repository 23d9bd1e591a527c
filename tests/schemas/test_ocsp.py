"""OCSP answers: believed where the issuer, or its responder, signed them of late."""

from dataclasses import dataclass

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.x509 import ocsp
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from schemas.ocsp import LONGEST, BadAnswer, question, question_by_name, read_answer
from schemas.x509 import named_by
from tests.gateway.tls.responder import answer
from tests.pki import DAY, NOW, Authority, Issued, authority


@dataclass(frozen=True)
class World:
    """Two authorities, and a certificate of a third."""

    stations: Authority
    others: Authority
    ec: Issued


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    folder = tmp_path_factory.mktemp("pki")
    return World(authority(folder, "stations"), authority(folder, "others"), authority(folder, "third").issue("x"))


def issuer(world: World) -> bytes:
    return world.stations.certificate.public_bytes(serialization.Encoding.DER)


def said(world: World, own: Issued, content: bytes) -> str:
    return read_answer(content, question(own.der, issuer(world)), issuer(world), NOW).status


@pytest.mark.usecase("A00", "A00.FR.702", "A00.FR.705")
@pytest.mark.parametrize("status", list(ocsp.OCSPCertStatus))
def test_the_issuers_answer_counts(world: World, status: ocsp.OCSPCertStatus) -> None:
    own = world.stations.issue("OCSP-1")
    content = answer(world.stations, own.certificate, status, at=NOW)
    assert said(world, own, content) == status.name.lower()
    assert read_answer(content, question(own.der, issuer(world)), issuer(world), NOW).until == NOW + LONGEST


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


@pytest.mark.usecase("M06")
@pytest.mark.parametrize("algorithm", ["SHA256", "SHA384", "SHA512"])
def test_a_certificate_is_asked_about_by_its_hash_data(world: World, algorithm: str) -> None:
    own = world.stations.issue("OCSP-7")
    name = named_by(world.stations.certificate, own.certificate.serial_number, algorithm)

    asked = question_by_name(name)

    assert asked == by_certificate(world, own, getattr(hashes, algorithm)())
    content = answer(world.stations, own.certificate, at=NOW, algorithm=getattr(hashes, algorithm)())
    assert read_answer(content, asked, issuer(world), NOW).verified
    assert not read_answer(content, asked, None, NOW).verified  # nobody knows the issuer: its signature is not checked


@pytest.mark.parametrize(
    "broken", [{"hash_algorithm": "MD5"}, {"issuer_name_hash": "xx"}, {"issuer_key_hash": "aa"}, {"serial_number": ""}]
)
def test_hash_data_that_cannot_be_used_is_refused(world: World, broken: dict[str, str]) -> None:
    with pytest.raises(ValueError, match=r"\S"):
        question_by_name(replace(named_by(world.stations.certificate, 7), **broken))


def by_certificate(world: World, own: Issued, algorithm: hashes.HashAlgorithm) -> bytes:
    builder = ocsp.OCSPRequestBuilder().add_certificate(own.certificate, world.stations.certificate, algorithm)
    return builder.build().public_bytes(serialization.Encoding.DER)


@given(content=st.binary(max_size=200))
def test_any_bytes_are_refused(world: World, content: bytes) -> None:
    with pytest.raises(BadAnswer):
        read_answer(content, question(world.ec.der, issuer(world)), issuer(world), NOW)

"""Our OCSP responder over HTTP: open, by POST and GET, with answers that were signed before."""

import base64
import datetime as dt
from pathlib import Path
from urllib.parse import quote

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.ocsp import OCSPRequestBuilder, OCSPResponseStatus, load_der_ocsp_response
from httpx import AsyncClient

from services.api.fakes import NOON, World
from services.api.signing.responder import LONGEST_REQUEST, MEDIA_TYPE
from services.authorities.responding import Responding
from tests.services.authorities.given import made, opened, ordered
from tests.services.authorities.test_answers import URL

HOME = "/pki/ocsp"
TYPE = {"Content-Type": "application/ocsp-request"}
STATUS = OCSPResponseStatus


async def a_certificate(folder: Path, world: World) -> tuple[x509.Certificate, x509.Certificate]:
    """A certificate and its issuer; its answers are held."""
    authority = opened(made(folder), ocsp_url=URL)
    issued = await authority.sign(ordered(), NOON)
    for answer in Responding({"stations": authority}, hours=48).first(issued, NOON):
        world.bus.hold(answer)
    leaf, issuer = x509.load_pem_x509_certificates(issued.chain.encode())
    return leaf, issuer


def asked(leaf: x509.Certificate, issuer: x509.Certificate, algorithm: hashes.HashAlgorithm) -> bytes:
    return OCSPRequestBuilder().add_certificate(leaf, issuer, algorithm).build().public_bytes(Encoding.DER)


@pytest.mark.parametrize("algorithm", [hashes.SHA1(), hashes.SHA256()], ids=["SHA1", "SHA256"])
async def test_a_certificate_that_was_signed_here_is_answered_by_post_and_get(
    anybody: AsyncClient, world: World, tmp_path: Path, algorithm: hashes.HashAlgorithm
) -> None:
    leaf, issuer = await a_certificate(tmp_path, world)
    request = asked(leaf, issuer, algorithm)

    posted = await anybody.post(HOME, content=request, headers=TYPE)
    got = await anybody.get(f"{HOME}/{quote(base64.b64encode(request).decode(), safe='')}")

    for answer in (posted, got):
        found = load_der_ocsp_response(answer.content)
        assert (answer.status_code, answer.headers["content-type"]) == (200, MEDIA_TYPE)
        assert (found.response_status, found.serial_number) == (STATUS.SUCCESSFUL, leaf.serial_number)
        assert found.hash_algorithm.name == algorithm.name
        assert "max-age=3600" in answer.headers["cache-control"]


async def test_what_is_not_known_or_cannot_be_read_is_refused_unsigned(
    anybody: AsyncClient, world: World, tmp_path: Path
) -> None:
    leaf, issuer = await a_certificate(tmp_path / "one", world)
    other, other_issuer = await a_certificate(tmp_path / "two", World())
    for request, status in (
        (asked(other, other_issuer, hashes.SHA256()), STATUS.UNAUTHORIZED),
        (asked(leaf, issuer, hashes.SHA384()), STATUS.UNAUTHORIZED),
        (b"junk", STATUS.MALFORMED_REQUEST),
        (b"", STATUS.MALFORMED_REQUEST),
    ):
        answer = await anybody.post(HOME, content=request, headers=TYPE)
        assert load_der_ocsp_response(answer.content).response_status is status
        assert answer.headers["cache-control"] == "no-store"
    assert (
        load_der_ocsp_response((await anybody.get(f"{HOME}/no-base64!")).content).response_status
        is STATUS.MALFORMED_REQUEST
    )
    assert (await anybody.post(HOME, content=b"x" * (LONGEST_REQUEST + 1), headers=TYPE)).status_code == 413


async def test_an_answer_that_has_ended_is_not_served(anybody: AsyncClient, world: World, tmp_path: Path) -> None:
    leaf, issuer = await a_certificate(tmp_path, world)
    world.now += dt.timedelta(days=3)

    answer = await anybody.post(HOME, content=asked(leaf, issuer, hashes.SHA256()), headers=TYPE)

    assert load_der_ocsp_response(answer.content).response_status is STATUS.TRY_LATER

"""What our responder says of a certificate is believed by who asks it, and repeats how it was asked."""

from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding

from schemas.authorities import OcspAnswerMade
from schemas.ocsp import BadAnswer, question, question_by_name, read_answer
from schemas.signing import CertificateIssued
from schemas.x509 import named_by
from services.authorities.answers import ALGORITHMS, About, again
from services.authorities.builtin import BuiltInAuthority
from tests.services.authorities.given import DAY, NOW, made, opened, ordered, revoked

URL = "http://csms.example/pki/ocsp"


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> BuiltInAuthority:
    return opened(made(tmp_path_factory.mktemp("authority")), ocsp_url=URL)


async def issued(authority: BuiltInAuthority, kind: str = "ec") -> tuple[CertificateIssued, x509.Certificate, bytes]:
    """A certificate, and the DER of its issuer."""
    made_now = await authority.sign(ordered(kind), NOW)
    leaf, issuer = x509.load_pem_x509_certificates(made_now.chain.encode())
    return made_now, leaf, issuer.public_bytes(Encoding.DER)


def said(authority: BuiltInAuthority, about: About) -> OcspAnswerMade:
    found = authority.ocsp_answer(about, NOW, NOW + 7 * DAY)
    assert found is not None
    return found


async def test_a_good_certificate_is_good_by_either_algorithm(authority: BuiltInAuthority) -> None:
    record, leaf, issuer = await issued(authority)
    answers = {about.algorithm: said(authority, about) for about in authority.asked_about(record)}

    assert set(answers) == set(ALGORITHMS)
    by_sha1, by_sha256 = (
        question(leaf.public_bytes(Encoding.DER), issuer),
        question_by_name(named_by(x509.load_der_x509_certificate(issuer), leaf.serial_number)),
    )
    for asked, algorithm in ((by_sha1, "SHA1"), (by_sha256, "SHA256")):
        found = read_answer(answers[algorithm].der, asked, issuer, NOW)  # type: ignore[index]
        assert (found.status, found.next_update) == ("good", (NOW + 7 * DAY).replace(microsecond=0))
    with pytest.raises(BadAnswer, match="another certificate"):
        read_answer(answers["SHA1"].der, by_sha256, issuer, NOW)
    assert len({each.answer for each in answers.values()}) == 2
    assert all(each.expires_at == record.expires_at for each in answers.values())


async def test_a_revoked_one_is_revoked_with_when_and_why(authority: BuiltInAuthority) -> None:
    record, leaf, issuer = await issued(authority)
    first = said(authority, authority.asked_about(record)[0])

    found = said(authority, again(first, revoked(record.serial_number, record.issuer)))

    asked = question(leaf.public_bytes(Encoding.DER), issuer)
    assert (found.status, found.answer) == ("revoked", first.answer)
    assert read_answer(found.der, asked, issuer, NOW).status == "revoked"
    parsed = x509.ocsp.load_der_ocsp_response(found.der)
    assert parsed.revocation_reason is x509.ReasonFlags.key_compromise
    assert parsed.revocation_time_utc == (NOW - DAY).replace(microsecond=0)
    plain = said(authority, again(first, revoked(record.serial_number, record.issuer, reason="unspecified")))
    assert x509.ocsp.load_der_ocsp_response(plain.der).revocation_reason is None


async def test_a_certificate_names_the_responder_and_another_authority_says_nothing(
    authority: BuiltInAuthority, tmp_path: Path
) -> None:
    record, leaf, _ = await issued(authority)
    access = leaf.extensions.get_extension_for_class(x509.AuthorityInformationAccess).value

    assert [each.access_location.value for each in access] == [URL]
    about = authority.asked_about(record)[0]
    assert opened(made(tmp_path), ocsp_url=URL).ocsp_answer(about, NOW, NOW + DAY) is None


async def test_an_authority_without_a_responder_has_no_answers(tmp_path: Path) -> None:
    silent = opened(made(tmp_path))
    record, leaf, _ = await issued(silent)

    assert silent.asked_about(record) == ()
    with pytest.raises(x509.ExtensionNotFound):
        leaf.extensions.get_extension_for_class(x509.AuthorityInformationAccess)
    assert hashes.SHA1.name.upper() in ALGORITHMS

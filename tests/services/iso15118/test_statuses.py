"""What an OCSP answer or a list of revoked certificates says of a certificate."""

import base64
import datetime as dt
from pathlib import Path

import pytest
from cryptography.x509.ocsp import OCSPCertStatus

from schemas.ocsp import BadAnswer, question_by_name
from schemas.x509 import HashData
from services.iso15118.statuses import LONGEST, LONGEST_DETAIL, UNDATED, Issuers, failed, of_answer, of_list, read_list
from tests.pki import DAY, NOW, Authority
from tests.services.iso15118.given import a_check, a_list, an_authority, name_of, said

STATUSES = [(OCSPCertStatus.GOOD, "Good"), (OCSPCertStatus.REVOKED, "Revoked"), (OCSPCertStatus.UNKNOWN, "Unknown")]


@pytest.fixture(scope="module")
def v2g(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return an_authority(tmp_path_factory.mktemp("pki"))


@pytest.mark.usecase("M07", "M07.FR.03")
@pytest.mark.parametrize(("status", "word"), STATUSES)
def test_the_status_is_the_responders(v2g: Authority, status: OCSPCertStatus, word: str) -> None:
    own = v2g.issue("leaf")
    check, content = a_check(name_of(v2g, own), "http://r"), said(v2g, own, status)

    found = of_answer(check, question_by_name(check.name), content, Issuers((v2g.certificate,)), NOW)

    assert (found.status, base64.b64decode(found.ocsp), found.detail) == (word, content, "")
    assert found.next_update == (NOW + DAY).replace(microsecond=0)


def test_an_answer_of_an_unknown_issuer_is_kept_and_its_status_does_not_count(v2g: Authority) -> None:
    own = v2g.issue("leaf")
    check = a_check(name_of(v2g, own), "http://r")

    found = of_answer(check, question_by_name(check.name), said(v2g, own), Issuers(), NOW)

    assert found.ocsp
    assert (found.status, "iso15118_issuers_file" in found.detail) == ("Failed", True)


def test_an_answer_that_a_known_issuer_did_not_sign_is_refused(v2g: Authority, tmp_path: Path) -> None:
    own = v2g.issue("leaf")
    forger = an_authority(tmp_path, "forger").issue("forger", responder=True)
    check = a_check(name_of(v2g, own), "http://r")

    with pytest.raises(BadAnswer, match="signed by neither"):
        of_answer(check, question_by_name(check.name), said(v2g, own, signer=forger), Issuers((v2g.certificate,)), NOW)


@pytest.mark.usecase("M07", "M07.FR.04", "M07.FR.06", "M07.FR.07")
def test_a_certificate_is_revoked_where_it_is_on_the_list_and_else_good(v2g: Authority) -> None:
    good, revoked = v2g.issue("good"), v2g.issue("revoked")
    listed = read_list(a_list(v2g, revoked), v2g.certificate, NOW)

    assert listed.until == NOW + LONGEST  # it holds for 30 days, and counts for a week at most
    for own, word in ((good, "Good"), (revoked, "Revoked")):
        found = of_list(a_check(name_of(v2g, own), "http://l", source="CRL"), listed)
        assert (found.source, found.status, found.next_update) == ("CRL", word, listed.until)


def test_a_list_that_is_old_foreign_or_no_list_is_refused(v2g: Authority, tmp_path: Path) -> None:
    content = a_list(v2g)
    with pytest.raises(BadAnswer, match="time"):
        read_list(content, v2g.certificate, NOW + 40 * DAY)
    with pytest.raises(BadAnswer, match="not signed"):
        read_list(content, an_authority(tmp_path, "other").certificate, NOW)
    for junk in (b"", b"-----BEGIN X509 CRL-----\nxx\n", b"\x30\x03abc"):
        with pytest.raises(BadAnswer, match="read"):
            read_list(junk, v2g.certificate, NOW)


def test_why_nothing_was_found_out_is_kept_short() -> None:
    check = a_check(
        HashData(hash_algorithm="SHA256", issuer_name_hash="aa", issuer_key_hash="bb", serial_number="1"), "http://r"
    )
    found = failed(check, "x" * 1_000)
    assert (found.status, len(found.detail), found.next_update) == ("Failed", LONGEST_DETAIL, None)
    assert dt.timedelta(0) < UNDATED < LONGEST

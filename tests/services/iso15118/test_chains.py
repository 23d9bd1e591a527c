"""Chains of contract certificates, judged against a PKI that is made here."""

import datetime as dt
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.emaids import same_contract
from services.iso15118.chains import LONGEST_CHAIN, MOST_CERTIFICATES, UNREADABLE, Judged, judge
from tests.examples import examples
from tests.pki import DAY, EMAID, NOW, Authority, Contracts, Issued, contracts, new_key, pem_of

pytestmark = pytest.mark.usecase("C07", "C07.FR.05", "C07.FR.06")

CONTRACT = "DE8AAC12345678"


@pytest.fixture(scope="module")
def mo(tmp_path_factory: pytest.TempPathFactory) -> Contracts:
    return contracts(tmp_path_factory.mktemp("mo"))


@pytest.fixture(scope="module")
def other(tmp_path_factory: pytest.TempPathFactory) -> Contracts:
    """Another operator's authorities, of the very same names."""
    return contracts(tmp_path_factory.mktemp("other"))


@pytest.fixture(scope="module")
def contract(mo: Contracts) -> Issued:
    return mo.issue()


@pytest.fixture(scope="module")
def made(mo: Contracts, other: Contracts) -> dict[str, Issued]:
    """Contracts of one eMAID: good ones of both operators, one that has expired, and one that is not valid yet."""
    return {
        "good": mo.issue(),
        "other": other.issue(),
        "expired": mo.issue(begins=NOW - 9 * DAY, ends=NOW - DAY),
        "early": mo.issue(begins=NOW + DAY),
    }


def judged(chain: str, *roots: Authority, emaid: str = CONTRACT, now: dt.datetime = NOW) -> Judged:
    return judge(chain, lambda name: same_contract(name, emaid), [root.certificate for root in roots], now)


def resigned(issuer: Authority, issued: x509.Certificate, *more: x509.Extension) -> str:
    """The same certificate with more extensions."""
    builder = x509.CertificateBuilder(
        issued.issuer, issued.subject, issued.public_key(), issued.serial_number, NOW - DAY, NOW + DAY
    )
    for each in more:
        builder = builder.add_extension(each.value, critical=each.critical)
    return builder.sign(issuer.key, hashes.SHA256()).public_bytes(Encoding.PEM).decode()


def extension(value: x509.ExtensionType, *, critical: bool = True) -> x509.Extension:
    return x509.Extension(value.oid, critical, value)


def usage(*, signs: bool) -> x509.Extension:
    return extension(x509.KeyUsage(signs, False, False, False, not signs, False, False, False, False))


# -- what counts ------------------------------------------------------------------------------------------------------


def test_a_chain_below_a_trusted_root_counts_until_its_first_end(mo: Contracts, contract: Issued) -> None:
    found = judged(mo.chain(contract), mo.root)

    assert (found.status, found.detail) == ("Accepted", "")
    assert [link.issuer.subject for link in found.links] == [
        each.certificate.subject for each in (mo.lower, mo.upper, mo.root)
    ]
    assert found.expires_at == contract.certificate.not_valid_after_utc


def test_the_authorities_may_come_in_any_order_and_with_the_root(mo: Contracts, contract: Issued) -> None:
    for above in ((mo.upper, mo.lower), (mo.root, mo.upper, mo.lower), (mo.lower, mo.root, mo.upper, mo.lower)):
        assert judged(contract.pem + "".join(map(pem_of, above)), mo.root).status == "Accepted"


def test_an_authority_below_the_root_may_be_trusted_itself(mo: Contracts, contract: Issued) -> None:
    assert judged(contract.pem, mo.lower).status == "Accepted"
    assert len(judged(mo.chain(contract), mo.root, mo.upper).links) == 2, "the path ends at the first trusted authority"


def test_one_of_several_roots_is_enough(mo: Contracts, other: Contracts, contract: Issued) -> None:
    assert judged(mo.chain(contract), other.root, mo.root).status == "Accepted"


@pytest.mark.parametrize("kind", ["rsa", "ec"])
def test_keys_of_either_kind_count(mo: Contracts, kind: str) -> None:
    assert judged(mo.chain(mo.issue(kind=kind)), mo.root).status == "Accepted"


@pytest.mark.parametrize("emaid", ["DE8AAC12345678", "de-8aa-c12345678", "DE*8AA*C12345678*D", "DE8AAC12345678D"])
def test_the_emaid_may_be_written_in_any_way(mo: Contracts, contract: Issued, emaid: str) -> None:
    assert judged(mo.chain(contract), mo.root, emaid=emaid).status == "Accepted"


# -- what does not ----------------------------------------------------------------------------------------------------


@pytest.mark.usecase("C07.FR.17")
@pytest.mark.parametrize("emaid", ["DE8AAC12345679", "DE8AAC12345678A", "", "NL8AAC12345678"])
def test_the_certificate_of_another_contract_is_no_proof(mo: Contracts, contract: Issued, emaid: str) -> None:
    found = judged(mo.chain(contract), mo.root, emaid=emaid)

    assert found.status == "CertChainError"
    assert "another eMAID" in found.detail
    assert CONTRACT not in found.detail.replace("-", ""), "nobody is named"


@pytest.mark.usecase("C07.FR.17")
def test_a_chain_of_another_root_does_not_count(mo: Contracts, contract: Issued, tmp_path: Path) -> None:
    stranger = contracts(tmp_path, "Stranger")

    assert judged(mo.chain(contract), stranger.root).status == "CertChainError"
    assert judged(mo.chain(contract)).status == "CertChainError", "nothing is trusted"
    assert "No trusted root" in judged(mo.chain(contract), stranger.root).detail


@pytest.mark.usecase("C07.FR.17")
def test_a_missing_authority_is_named(mo: Contracts, contract: Issued) -> None:
    found = judged(contract.pem + pem_of(mo.upper), mo.root)

    assert found.status == "CertChainError"
    assert "MO authority 2" in found.detail


@pytest.mark.usecase("C07.FR.17")
def test_a_signature_by_another_key_is_told(mo: Contracts, other: Contracts, contract: Issued) -> None:
    assert judged(other.issue().pem + pem_of(mo.lower) + pem_of(mo.upper), mo.root).status == "SignatureError"
    assert judged(mo.chain(contract), other.root).status == "SignatureError"


@pytest.mark.usecase("C07.FR.15")
def test_a_certificate_that_has_expired_is_told(mo: Contracts, contract: Issued) -> None:
    expired = mo.issue(begins=NOW - 20 * DAY, ends=NOW - DAY)

    assert judged(mo.chain(expired), mo.root).status == "CertificateExpired"
    assert judged(mo.chain(contract), mo.root, now=NOW + 31 * DAY).status == "CertificateExpired"
    assert (
        judged(mo.chain(mo.issue(ends=NOW + 9_000 * DAY)), mo.root, now=NOW + 4_000 * DAY).status
        == "CertificateExpired"
    )


@pytest.mark.usecase("C07.FR.17")
def test_a_certificate_of_the_future_does_not_count_yet(mo: Contracts) -> None:
    found = judged(mo.chain(mo.issue(begins=NOW + DAY)), mo.root)

    assert found.status == "CertChainError"
    assert "before" in found.detail


@pytest.mark.usecase("C07.FR.17")
def test_nobody_but_an_authority_issues_contracts(mo: Contracts, contract: Issued) -> None:
    lower = mo.lower
    false = Authority(lower.folder, "false", contract.key, contract.certificate, lower)

    assert judged(false.issue(EMAID).pem + mo.chain(contract), mo.root).status == "CertChainError"
    assert judged(pem_of(mo.lower) + pem_of(mo.upper), mo.root, emaid="MO authority 2").status == "CertChainError"


@pytest.mark.usecase("C07.FR.17")
def test_the_uses_of_keys_are_kept_to(mo: Contracts, contract: Issued) -> None:
    above = pem_of(mo.lower) + pem_of(mo.upper)

    assert judged(resigned(mo.lower, contract.certificate, usage(signs=True)) + above, mo.root).status == "Accepted"
    assert (
        judged(resigned(mo.lower, contract.certificate, usage(signs=False)) + above, mo.root).status == "CertChainError"
    )


@pytest.mark.usecase("C07.FR.17")
def test_a_critical_extension_that_nobody_knows_is_refused(mo: Contracts, contract: Issued) -> None:
    above = pem_of(mo.lower) + pem_of(mo.upper)
    unknown = x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.3.4"), b"\x05\x00")

    critical = judged(resigned(mo.lower, contract.certificate, extension(unknown)) + above, mo.root)
    harmless = judged(resigned(mo.lower, contract.certificate, extension(unknown, critical=False)) + above, mo.root)
    assert (critical.status, harmless.status) == ("CertChainError", "Accepted")
    assert "1.2.3.4" in critical.detail


@pytest.mark.usecase("C07.FR.17")
def test_an_authority_may_forbid_others_below_it(mo: Contracts, contract: Issued) -> None:
    only = extension(x509.BasicConstraints(ca=True, path_length=0))
    upper = resigned(mo.root, mo.upper.certificate, only)

    found = judged(contract.pem + pem_of(mo.lower) + upper, mo.root)
    assert found.status == "CertChainError"
    assert "allows 0 authorities" in found.detail


@pytest.mark.usecase("C07.FR.17")
def test_a_certificate_that_signed_itself_is_no_contract(mo: Contracts, contract: Issued) -> None:
    own = Authority(mo.lower.folder, "own", new_key(), contract.certificate)
    itself = resigned(own, contract.certificate)

    assert judged(itself, mo.root).status in ("CertChainError", "SignatureError")


@pytest.mark.usecase("C07.FR.17")
@pytest.mark.parametrize(
    "text",
    [
        "",
        "garbage",
        "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
        "-----BEGIN CERTIFICATE-----",
        "ä\0",
    ],
)
def test_what_is_no_chain_is_refused(mo: Contracts, text: str) -> None:
    assert judged(text, mo.root).status == "CertChainError"


@pytest.mark.usecase("C07.FR.17")
def test_a_chain_that_is_too_large_is_not_read(mo: Contracts, contract: Issued) -> None:
    assert "characters" in judged(mo.chain(contract) + " " * LONGEST_CHAIN, mo.root).detail
    assert "more than" in judged(contract.pem * (MOST_CERTIFICATES + 1), mo.root).detail


@settings(max_examples=examples(300))
@given(st.integers(0, 100_000), st.integers(0, 255))
@pytest.mark.usecase("C07.FR.17")
def test_no_byte_can_be_changed(mo: Contracts, contract: Issued, place: int, byte: int) -> None:
    """Whichever byte of the contract certificate is another, it is another certificate, or none."""
    der = bytearray(contract.der)
    place %= len(der)
    changed = der[place] != byte
    der[place] = byte
    try:
        leaf = x509.load_der_x509_certificate(bytes(der)).public_bytes(Encoding.PEM).decode()
    except UNREADABLE:
        return

    found = judged(leaf + pem_of(mo.lower) + pem_of(mo.upper), mo.root)
    assert (found.status == "Accepted") == (not changed)


@settings(max_examples=examples(200))
@given(st.data())
@pytest.mark.usecase("C07.FR.14", "C07.FR.15", "C07.FR.17")
def test_a_chain_counts_exactly_where_nothing_is_wrong_with_it(
    mo: Contracts, other: Contracts, made: dict[str, Issued], data: st.DataObject
) -> None:
    """Whatever is wrong, together with whatever else, is told by one of OCPP's words, and never accepted."""
    leaf = data.draw(st.sampled_from(sorted(made)))
    above = data.draw(st.lists(st.sampled_from([mo.lower, mo.upper, mo.root, other.lower, other.upper]), max_size=5))
    roots = data.draw(st.sets(st.sampled_from(["mo", "other"])))
    emaid = data.draw(st.sampled_from([CONTRACT, "DE8AAC87654321"]))
    trusted = [{"mo": mo, "other": other}[each].root for each in sorted(roots)]
    whose = other if leaf == "other" else mo

    found = judged(made[leaf].pem + "".join(map(pem_of, above)), *trusted, emaid=emaid)

    complete = {id(each) for each in above} >= {id(whose.lower), id(whose.upper)} and whose.root in trusted
    fine = leaf in ("good", "other") and complete and emaid == CONTRACT
    assert (found.status == "Accepted") == fine
    assert bool(found.detail) == (not fine)
    if leaf == "expired" and complete:
        assert found.status == "CertificateExpired"

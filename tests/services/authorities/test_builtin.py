"""Built-in: certificates as A00.FR.5xx wants them, lists of revoked ones, and keys that do not fit."""

import datetime as dt
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from schemas.settings import BadSetting
from schemas.signing import CertificateIssued
from services.authorities.builtin import BuiltInAuthority, load_key
from services.authorities.config import BuiltIn
from services.authorities.making import ISSUING, ISSUING_KEY, ROOT, ROOT_KEY
from services.authorities.port import Refused
from tests.services.authorities.given import DAY, NOW, URL, made, opened, ordered, revoked
from tests.services.certificates.asking import STATION, csr


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="module")
def authority(folder: Path) -> BuiltInAuthority:
    return opened(folder)


def leaf_of(issued: CertificateIssued) -> x509.Certificate:
    return x509.load_pem_x509_certificates(issued.chain.encode())[0]


@pytest.mark.parametrize("kind", ["ec", "rsa"])
async def test_a_certificate_is_as_ocpp_wants_it(authority: BuiltInAuthority, kind: str) -> None:
    """A00.FR.502 to FR.514."""
    issued = await authority.sign(ordered(kind), NOW)
    leaf = leaf_of(issued)
    usage = leaf.extensions.get_extension_for_class(x509.KeyUsage)

    assert leaf.subject.rfc4514_string() == f"CN={STATION},O=Elbtal"
    assert (usage.critical, usage.value.digital_signature) == (True, True)
    assert (usage.value.key_agreement, usage.value.key_encipherment) == (kind == "ec", kind == "rsa")
    assert not usage.value.key_cert_sign
    assert not leaf.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    for absent in (x509.ExtendedKeyUsage, x509.SubjectAlternativeName):
        with pytest.raises(x509.ExtensionNotFound):
            leaf.extensions.get_extension_for_class(absent)
    points = leaf.extensions.get_extension_for_class(x509.CRLDistributionPoints).value
    assert points[0].full_name is not None
    assert points[0].full_name[0].value == URL
    assert leaf.not_valid_before_utc < NOW - dt.timedelta(minutes=59)  # 2.1, A02.FR.06: clocks of stations are behind
    assert leaf.not_valid_after_utc == (NOW + 365 * DAY).replace(microsecond=0)
    assert (issued.serial_number, issued.expires_at) == (format(leaf.serial_number, "x"), leaf.not_valid_after_utc)


async def test_the_chain_goes_up_to_the_root_without_it(authority: BuiltInAuthority, folder: Path) -> None:
    issued = await authority.sign(ordered(), NOW)
    leaf, issuing, *more = x509.load_pem_x509_certificates(issued.chain.encode())
    (root,) = x509.load_pem_x509_certificates((folder / ROOT).read_bytes())

    leaf.verify_directly_issued_by(issuing)
    issuing.verify_directly_issued_by(root)
    assert more == []
    assert len(issued.chain) < 5_600  # what stations are recommended to take at least (MaxCertificateChainSize)


async def test_serial_numbers_are_random_and_long(authority: BuiltInAuthority) -> None:
    numbers = {leaf_of(await authority.sign(ordered(), NOW)).serial_number for _ in range(20)}

    assert len(numbers) == 20
    assert 110 < max(number.bit_length() for number in numbers) <= 128


async def test_only_the_key_is_taken_from_a_request_but_for_v2g(folder: Path) -> None:
    """ISO 15118 has the country and the domain components in its subjects."""
    both = opened(folder, uses=("ChargingStationCertificate", "V2GCertificate"))
    asks = csr(COUNTRY_NAME="DE", DOMAIN_COMPONENT="CPO", ORGANIZATIONAL_UNIT_NAME="Sneaky")

    plain = leaf_of(await both.sign(ordered(csr=asks), NOW))
    v2g = leaf_of(await both.sign(ordered(csr=asks, use="V2GCertificate"), NOW))

    assert plain.subject.rfc4514_string() == f"CN={STATION},O=Elbtal"
    assert v2g.subject.rfc4514_string() == f"CN={STATION},O=Elbtal,DC=CPO,C=DE"
    assert not v2g.subject.get_attributes_for_oid(NameOID.ORGANIZATIONAL_UNIT_NAME)


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"csr": "nothing"}, "no certificate signing request"),
        ({"common_name": "ANOTHER"}, "another name"),
        ({"use": "V2GCertificate"}, "signs no V2GCertificate"),
    ],
)
async def test_an_order_that_does_not_fit_its_request_is_refused(
    authority: BuiltInAuthority, changes: dict[str, str], why: str
) -> None:
    with pytest.raises(Refused, match=why):
        await authority.sign(ordered(**changes), NOW)


async def test_nothing_is_signed_outside_the_time_of_the_authority(authority: BuiltInAuthority) -> None:
    late = NOW + 6 * 365 * DAY

    with pytest.raises(Refused, match="expired"):
        await authority.sign(ordered(), late)
    assert "expired" in (await authority.announce(late)).problem
    assert "holds from" in (await authority.announce(NOW - DAY)).problem


async def test_a_certificate_does_not_outlive_its_authority(authority: BuiltInAuthority, folder: Path) -> None:
    (issuing,) = x509.load_pem_x509_certificates((folder / ISSUING).read_bytes())
    late = issuing.not_valid_after_utc - 9 * DAY

    assert leaf_of(await authority.sign(ordered(), late)).not_valid_after_utc == issuing.not_valid_after_utc


async def test_an_authority_names_itself_and_its_root(authority: BuiltInAuthority) -> None:
    told = await authority.announce(NOW)

    assert (told.kind, told.key, told.problem) == ("built-in", "EC 256", "")
    assert told.chain.count("BEGIN CERTIFICATE") == 2
    assert [name.hash_algorithm for name in told.roots] == ["SHA256", "SHA384", "SHA512"]
    assert "PRIVATE" not in repr(told)


async def test_a_list_has_what_it_issued_and_has_not_expired(authority: BuiltInAuthority, folder: Path) -> None:
    mine = (await authority.announce(NOW)).subject
    records = [
        revoked("1f", mine),
        revoked("2f", mine, reason="unspecified"),
        revoked("3f", "CN=Others"),
        revoked("4f", mine, expires_at=NOW - DAY),
    ]

    made_list = authority.revocation_list(records, NOW, NOW + 2 * DAY)

    assert made_list is not None
    crl = x509.load_der_x509_crl(made_list.der)
    (issuing,) = x509.load_pem_x509_certificates((folder / ISSUING).read_bytes())
    assert crl.is_signature_valid(issuing.public_key())  # type: ignore[arg-type]
    assert (made_list.entries, {entry.serial_number for entry in crl}) == (2, {0x1F, 0x2F})
    entry = crl.get_revoked_certificate_by_serial_number(0x1F)
    assert entry is not None
    assert entry.extensions.get_extension_for_class(x509.CRLReason).value.reason == x509.ReasonFlags.key_compromise
    assert crl.next_update_utc == (NOW + 2 * DAY).replace(microsecond=0)
    later = authority.revocation_list(records, NOW + dt.timedelta(seconds=1), NOW + 2 * DAY)
    assert later is not None
    assert later.number > made_list.number


def test_a_key_of_another_certificate_is_refused(folder: Path) -> None:
    with pytest.raises(BadSetting, match="is not that of the certificate"):
        opened(folder, key=ROOT_KEY)


async def test_a_certificate_that_may_not_sign_is_refused(folder: Path, tmp_path: Path) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Leaf")])
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    leaf = builder.serial_number(1).not_valid_before(NOW).not_valid_after(NOW + DAY)
    from cryptography.hazmat.primitives.hashes import SHA256

    (tmp_path / "leaf.pem").write_bytes(leaf.sign(key, SHA256()).public_bytes(Encoding.PEM))
    (tmp_path / "leaf.key").write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))

    with pytest.raises(BadSetting, match="may not sign others"):
        BuiltInAuthority("x", BuiltIn(uses=("V2GCertificate",), certificate="leaf.pem", key="leaf.key"), tmp_path)


def test_an_encrypted_key_needs_its_password(tmp_path: Path) -> None:
    (tmp_path / "password").write_text("correct horse\n")
    folder = made(tmp_path / "authority", password_file=str(tmp_path / "password"))
    (tmp_path / "wrong").write_text("battery staple")

    assert load_key(folder / ISSUING_KEY, tmp_path / "password")
    assert b"ENCRYPTED" in (folder / ISSUING_KEY).read_bytes()
    for password in (None, tmp_path / "wrong"):
        with pytest.raises(BadSetting, match="cannot be used"):
            load_key(folder / ISSUING_KEY, password)
    with pytest.raises(BadSetting, match="cannot be read"):
        load_key(folder / "no.key", None)
    (tmp_path / "text").write_text("no key")
    with pytest.raises(BadSetting, match="cannot be used"):
        load_key(tmp_path / "text", None)


async def test_an_rsa_authority_signs_by_pss(tmp_path: Path) -> None:
    """A00.FR.505."""
    key = rsa.generate_private_key(65537, 2048)
    from cryptography.hazmat.primitives.hashes import SHA256

    from services.authorities.profiles import usage

    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "RSA CA")])
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    builder = builder.serial_number(1).not_valid_before(NOW - DAY).not_valid_after(NOW + 999 * DAY)
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    own = builder.add_extension(usage(signs=True), critical=True).sign(key, SHA256())
    (tmp_path / "ca.pem").write_bytes(own.public_bytes(Encoding.PEM))
    (tmp_path / "ca.key").write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    config = BuiltIn(uses=("ChargingStationCertificate",), certificate="ca.pem", key="ca.key")

    leaf = leaf_of(await BuiltInAuthority("rsa", config, tmp_path).sign(ordered(), NOW))

    assert isinstance(leaf.signature_algorithm_parameters, padding.PSS)
    leaf.verify_directly_issued_by(own)

"""Making: a root and an intermediate for operators who have none, as files; the root's key can be taken offline afterwards."""

import datetime as dt
import os
import secrets
from pathlib import Path
from typing import Annotated, get_args

import msgspec
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    KeySerializationEncryption,
    NoEncryption,
    PrivateFormat,
)
from cryptography.x509.oid import NameOID

from schemas.settings import BadSetting
from schemas.signing import SigningUse
from services.authorities import chains
from services.authorities.builtin import load_key
from services.authorities.config import BuiltIn, write
from services.authorities.profiles import SERIAL_BITS, Key, authority_key, hash_for, padding_for, usage

ROOT, ROOT_KEY = "root.pem", "root.key"
ISSUING, ISSUING_KEY = "intermediate.pem", "intermediate.key"
CONFIG = "authorities.json"
ORGANIZATION_LONGEST = 64
OF_STATIONS: tuple[SigningUse, ...] = ("ChargingStationCertificate",)


class Making(msgspec.Struct, frozen=True, kw_only=True):
    """What is made. `password_file`: keys are encrypted by its text; `revocation_list_url`: written into certificates."""

    folder: Path
    organization: str
    name: str = "stations"
    root_years: int = 20
    years: int = 5
    validity_days: int = 365
    uses: tuple[SigningUse, ...] = OF_STATIONS
    password_file: str = ""
    revocation_list_url: str = ""


def uses_in(text: str) -> tuple[SigningUse, ...]:
    """The uses in a text, with commas between. Raises BadSetting."""
    words = [word.strip() for word in text.split(",") if word.strip()]
    try:
        uses: tuple[SigningUse, ...] = msgspec.convert(
            words, Annotated[tuple[SigningUse, ...], msgspec.Meta(min_length=1)]
        )
    except msgspec.ValidationError as error:
        raise BadSetting(f"--uses {text!r}: name one or more of {', '.join(get_args(SigningUse))}") from error
    return uses


def make(what: Making, now: dt.datetime) -> list[Path]:
    """Make root, intermediate and the file that names them; the files that were written. Raises BadSetting where one is there."""
    folder = what.folder
    folder.mkdir(parents=True, exist_ok=True)
    key = ec.generate_private_key(ec.SECP256R1())
    name = _name(what.organization, "Root CA")
    root = _authority(name, key, _Signing(key=key), now, years=what.root_years, below=1)
    written = [
        _written(folder / ROOT_KEY, _private(key, _encryption(what)), secret=True),
        _written(folder / ROOT, chains.pem([root]).encode()),
    ]
    return [*written, *intermediate(what, now), _config(what)]


def intermediate(what: Making, now: dt.datetime) -> list[Path]:
    """Make an intermediate below the root in the folder, whose key must be there for the time. Raises BadSetting."""
    folder = what.folder
    by_key = load_key(folder / ROOT_KEY, Path(what.password_file) if what.password_file else None)
    (by,) = chains.load(_read(folder / ROOT))
    key = ec.generate_private_key(ec.SECP256R1())
    name = _name(what.organization, f"Issuing CA {now:%Y-%m-%d}")
    own = _authority(name, key, _Signing(key=by_key, issuer=by), now, years=what.years, below=0)
    return [
        _written(folder / ISSUING_KEY, _private(key, _encryption(what)), secret=True),
        _written(folder / ISSUING, chains.pem([own]).encode()),
    ]


class _Signing(msgspec.Struct, frozen=True, kw_only=True):
    """By which key a certificate is signed, and whose that is; no issuer: its own."""

    key: Key
    issuer: x509.Certificate | None = None


def _config(what: Making) -> Path:
    password = str(Path(what.password_file).absolute()) if what.password_file else ""
    one = BuiltIn(
        uses=what.uses,
        certificate=ISSUING,
        key=ISSUING_KEY,
        key_password_file=password,
        root=ROOT,
        validity_days=what.validity_days,
        revocation_list_url=what.revocation_list_url,
    )
    return _written(what.folder / CONFIG, write({what.name: one}).encode())


def _authority(
    name: x509.Name, key: Key, signed: _Signing, now: dt.datetime, *, years: int, below: int
) -> x509.Certificate:
    issuer = signed.issuer
    ends = now + dt.timedelta(days=365 * years)
    if issuer is not None:
        ends = min(ends, issuer.not_valid_after_utc)
    public = key.public_key()
    builder = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name if issuer is None else issuer.subject)
        .public_key(public)
        .serial_number(secrets.randbits(SERIAL_BITS) or 1)
        .not_valid_before(now - dt.timedelta(hours=1))
        .not_valid_after(ends)
        .add_extension(x509.BasicConstraints(ca=True, path_length=below), critical=True)
        .add_extension(usage(signs=True), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
    )
    if issuer is not None:
        builder = builder.add_extension(authority_key(issuer), critical=False)
    return builder.sign(signed.key, hash_for(signed.key), rsa_padding=padding_for(signed.key))


def _name(organization: str, common_name: str) -> x509.Name:
    if not 0 < len(organization) <= ORGANIZATION_LONGEST or not organization.isprintable():
        raise BadSetting(f"organization={organization!r}: give 1 to {ORGANIZATION_LONGEST} printable characters")
    return x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, organization),
            x509.NameAttribute(NameOID.COMMON_NAME, f"{organization} {common_name}"[-64:].strip()),
        ]
    )


def _encryption(what: Making) -> KeySerializationEncryption:
    if not what.password_file:
        return NoEncryption()
    password = _read(Path(what.password_file)).strip()
    if not password:
        raise BadSetting(f"password_file={what.password_file!r} is empty")
    return BestAvailableEncryption(password)


def _private(key: ec.EllipticCurvePrivateKey, encryption: KeySerializationEncryption) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, encryption)


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise BadSetting(f"{path} cannot be read: {error.strerror}") from error


def _written(path: Path, data: bytes, *, secret: bool = False) -> Path:
    """Write a new file; one that is there stays as it is. Raises BadSetting."""
    try:
        file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600 if secret else 0o644)
    except FileExistsError as error:
        raise BadSetting(f"{path} is there already: move it away first") from error
    except OSError as error:
        raise BadSetting(f"{path} cannot be written: {error.strerror}") from error
    with os.fdopen(file, "wb") as open_file:
        open_file.write(data)
    return path


def fingerprint_of(path: Path) -> str:
    """The SHA-256 of a certificate in a file, for people to compare."""
    (found,) = chains.load(_read(path))
    return found.fingerprint(SHA256()).hex(":")

"""The mobility operator of the local product: a root, and an authority below it, of which simulated EVs have contracts.

The root's key is thrown away once it has signed the authority. The simulated fleet has the authority's (`loadtest`, `--contracts`).
"""

import datetime as dt
import shutil
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from deploy.local.checks import CannotStart

FOLDER, ROOT, AUTHORITY, KEY = "mobility-operator", "root.pem", "authority.pem", "authority.key"
ORGANIZATION = "Elbtal Mobility"
VALIDITY = dt.timedelta(days=3_650)

Key = ec.EllipticCurvePrivateKey


def mobility_operator(folder: Path) -> Path:
    """Return the folder with the operator's files. They are made at the first start, readable by their owner alone."""
    home = folder / FOLDER
    if all((home / name).exists() for name in (ROOT, AUTHORITY, KEY)):
        return home
    if home.exists():
        raise CannotStart(f"{home} lacks {ROOT}, {AUTHORITY} or {KEY}: move that folder away, then others are made")
    made = home.with_name(f"{FOLDER}.new")
    shutil.rmtree(made, ignore_errors=True)
    made.mkdir(mode=0o700)
    root_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    root = _certificate("root", root_key, issuer="root", issuer_key=root_key)
    authority = _certificate("authority", key, issuer="root", issuer_key=root_key)
    (made / ROOT).write_bytes(root.public_bytes(Encoding.PEM))
    (made / AUTHORITY).write_bytes(authority.public_bytes(Encoding.PEM))
    (made / KEY).touch(mode=0o600)
    (made / KEY).write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    made.rename(home)
    return home


def root_of(folder: Path) -> str:
    """The root in PEM; empty where none was made."""
    path = folder / FOLDER / ROOT
    return path.read_text() if path.exists() else ""


def _certificate(name: str, key: Key, *, issuer: str, issuer_key: Key) -> x509.Certificate:
    now = dt.datetime.now(dt.UTC)
    builder = x509.CertificateBuilder().subject_name(_name(name)).issuer_name(_name(issuer))
    builder = builder.public_key(key.public_key()).serial_number(x509.random_serial_number())
    builder = builder.not_valid_before(now - dt.timedelta(days=60)).not_valid_after(now + VALIDITY)
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    return builder.sign(issuer_key, SHA256())


def _name(name: str) -> x509.Name:
    parts = ((NameOID.ORGANIZATION_NAME, ORGANIZATION), (NameOID.COMMON_NAME, f"{ORGANIZATION} {name}"))
    return x509.Name([x509.NameAttribute(oid, value) for oid, value in parts])

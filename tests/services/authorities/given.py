"""An authority in a folder of its own, and orders for it."""

import datetime as dt
from functools import cache
from pathlib import Path
from typing import Any

from schemas.revocations import CertificateRevoked
from schemas.signing import SigningOrdered
from services.authorities.builtin import BuiltInAuthority
from services.authorities.config import BuiltIn, read
from services.authorities.making import CONFIG, Making, make
from tests.services.certificates.asking import STATION, csr

NOW = dt.datetime(2026, 3, 28, 12, 0, 0, 250_000, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)
URL = "http://csms.example/pki/stations.crl"


def made(folder: Path, **changes: Any) -> Path:
    """A root and an intermediate in the folder."""
    members: dict[str, Any] = {"folder": folder, "organization": "Elbtal", "revocation_list_url": URL}
    make(Making(**members | changes), NOW)
    return folder


def opened(folder: Path, **changes: Any) -> BuiltInAuthority:
    """The authority of a folder, its settings changed."""
    config = read((folder / CONFIG).read_bytes())["stations"]
    assert isinstance(config, BuiltIn)
    members = {name: getattr(config, name) for name in config.__struct_fields__}
    return BuiltInAuthority("stations", BuiltIn(**members | changes), folder)


@cache
def _order_csr(kind: str) -> str:
    return csr(kind=kind)


def ordered(kind: str = "ec", **changes: Any) -> SigningOrdered:
    members: dict[str, Any] = {
        "id": "order1",
        "station": STATION,
        "authority": "stations",
        "use": "ChargingStationCertificate",
        "csr": _order_csr(kind),
        "common_name": STATION,
        "organization": "Elbtal",
        "ordered_at": NOW,
        "expires_at": NOW + dt.timedelta(seconds=60),
    }
    return SigningOrdered(**members | changes)


def revoked(serial_number: str, issuer: str, **changes: Any) -> CertificateRevoked:
    members: dict[str, Any] = {
        "fingerprint": serial_number * 4,
        "serial_number": serial_number,
        "issuer": issuer,
        "reason": "keyCompromise",
        "expires_at": NOW + 90 * DAY,
        "revoked_at": NOW - DAY,
    }
    return CertificateRevoked(**members | changes)

"""Builders: certificates that a station asked for, an authority and its list, in the world of the API."""

import datetime as dt
from typing import Any

from schemas.authorities import AuthorityAnnounced, RevocationListMade
from schemas.signing import IssuedCertificateChanged
from services.api.fakes import NOON, World
from services.api.signing.rows import issued_of
from tests.services.api.builders import STATION

DAY = dt.timedelta(days=1)
FINGERPRINT = "ab" * 32


def an_issued(**changes: Any) -> IssuedCertificateChanged:
    members: dict[str, Any] = {
        "id": "1",
        "certificate": "ic1",
        "station": STATION,
        "revision": 1,
        "use": "ChargingStationCertificate",
        "status": "installed",
        "subject": f"CN={STATION},O=Elbtal",
        "key": "EC 256",
        "authority": "stations",
        "issuer": "CN=Issuing,O=Elbtal",
        "serial_number": "1f",
        "fingerprint": FINGERPRINT,
        "valid_from": NOON - DAY,
        "expires_at": NOON + 90 * DAY,
        "asked_at": NOON - DAY,
        "command_id": "c1",
        "installed_at": NOON - DAY,
        "changed_at": NOON - DAY,
    }
    return IssuedCertificateChanged(**members | changes)


def an_authority(**changes: Any) -> AuthorityAnnounced:
    members: dict[str, Any] = {
        "authority": "stations",
        "kind": "built-in",
        "uses": ("ChargingStationCertificate",),
        "subject": "CN=Issuing,O=Elbtal",
        "key": "EC 256",
        "expires_at": NOON + 900 * DAY,
        "chain": "-----BEGIN CERTIFICATE-----\n",
        "validity_days": 365,
        "announced_at": NOON,
    }
    return AuthorityAnnounced(**members | changes)


def a_list(**changes: Any) -> RevocationListMade:
    members: dict[str, Any] = {
        "authority": "stations",
        "number": 7,
        "der": b"\x30\x00",
        "entries": 3,
        "made_at": NOON,
        "next_at": NOON + DAY,
    }
    return RevocationListMade(**members | changes)


def hold(world: World, **changes: Any) -> None:
    record = an_issued(**changes)
    world.reads.issued_rows[record.certificate] = issued_of(record)

"""Certificates in ClickHouse: which of them each station has, and what stations requested of the CSMS. PURE."""

from collections.abc import Callable
from typing import Any

from schemas.base import Timestamp
from schemas.certificates import CERTIFICATE_STATES, CERTIFICATES, CertificateChanged
from schemas.signing import SignatureAsked
from schemas.x509 import HashData
from services.metering.cells import EPOCH, LATEST, MICROSECOND, us
from services.metering.feeds import FACTS, STATES
from services.metering.table import MeteringNoun, table

_NEVER = LATEST - MICROSECOND
"""A certificate is valid from and until any time; earlier and later ones than the column holds are its first and its last."""


def _held(at: Timestamp | None) -> int | None:
    return None if at is None else us(min(max(at, EPOCH), _NEVER))


def _named(member: str) -> Callable[[CertificateChanged], Any]:
    return lambda record: "" if record.name is None else getattr(record.name, member)


NOUN = MeteringNoun(
    kept_elsewhere=frozenset({SignatureAsked}),  # issued_certificates has what was asked for, and what became of it
    topics={FACTS: (CERTIFICATES,), STATES: (CERTIFICATE_STATES,)},
    tables=(
        table(
            "certificates",
            key="station certificate",
            columns="station certificate use status detail child_of hash_algorithm issuer_name_hash issuer_key_hash serial_number"
            " subject issuer valid_from expires_at fingerprint requested_at requested_by verified_at ended_at revision id changed_at",
            rows={
                CertificateChanged: {
                    **{name: _named(name) for name in HashData.__struct_fields__},
                    "valid_from": lambda r: _held(r.valid_from),
                    "expires_at": lambda r: _held(r.expires_at),
                }
            },
        ),
    ),
)

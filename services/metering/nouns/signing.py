"""Certificates that stations asked to have signed, in ClickHouse. PURE."""

from schemas.base import Timestamp
from schemas.signing import ISSUED_CERTIFICATES, IssuedCertificateChanged
from services.metering.cells import EPOCH, LATEST, MICROSECOND, us
from services.metering.feeds import STATES
from services.metering.table import MeteringNoun, table

_NEVER = LATEST - MICROSECOND
"""An authority elsewhere may name any time; earlier and later ones than the column holds are its first and its last."""


def _held(at: Timestamp | None) -> int | None:
    return None if at is None else us(min(max(at, EPOCH), _NEVER))


NOUN = MeteringNoun(
    topics={STATES: (ISSUED_CERTIFICATES,)},
    tables=(
        table(
            "issued_certificates",
            key="station certificate",
            columns="station certificate use status detail subject key authority issuer serial_number fingerprint valid_from"
            " expires_at asked_at command_id installed_at ended_at renewal_asked_at revision id changed_at",
            rows={
                IssuedCertificateChanged: {
                    "use": lambda r: r.use or "",
                    "valid_from": lambda r: _held(r.valid_from),
                    "expires_at": lambda r: _held(r.expires_at),
                }
            },
        ),
    ),
)

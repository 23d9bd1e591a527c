"""Certificates that stations asked for, as they change: their events, and their reads as new as Kafka. PURE."""

from schemas.signing import ISSUED_CERTIFICATES, IssuedCertificateChanged
from services.api.live.declaring import LiveNoun
from services.api.live.merging import Order
from services.api.signing.rows import IssuedCertificate, IssuedFilter, issued_of
from services.api.web.paging import Position, micros

LIVE = LiveNoun(
    kind="issued-certificate",
    topic=ISSUED_CERTIFICATES,
    record=IssuedCertificateChanged,
    id="certificate",
    row=issued_of,
    many="issued_certificates",
    one="issued_certificate",
    filter=IssuedFilter,
    rules={
        "station": lambda one, station: one.station == station,
        "status": lambda one, status: one.status == status,
        "use": lambda one, use: one.use == use,
        "serial_number": lambda one, serial_number: one.serial_number == serial_number,
        "fingerprint": lambda one, fingerprint: one.fingerprint == fingerprint,
        "expires_before": lambda one, before: one.expires_at is not None and one.expires_at < before,
    },
    order=Order[IssuedCertificate](place=lambda row: Position(micros(row.asked_at), row.certificate)),
)

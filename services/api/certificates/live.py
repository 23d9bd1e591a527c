"""Certificates as they change: their events, and their reads as new as Kafka. PURE."""

from schemas.certificates import CERTIFICATE_STATES, CertificateChanged
from services.api.certificates.rows import Certificate, CertificateFilter, certificate_of
from services.api.live.declaring import LiveNoun
from services.api.live.merging import Order
from services.api.web.paging import Position, micros

LIVE = LiveNoun(
    kind="certificate",
    topic=CERTIFICATE_STATES,
    record=CertificateChanged,
    id="certificate",
    row=certificate_of,
    many="certificates",
    one="certificate",
    filter=CertificateFilter,
    rules={
        "station": lambda one, station: one.station == station,
        "use": lambda one, use: one.use == use,
        "status": lambda one, status: one.status == status,
        "expires_before": lambda one, before: one.expires_at is not None and one.expires_at < before,
    },
    order=Order[Certificate](place=lambda row: Position(micros(row.changed_at), row.certificate)),
)

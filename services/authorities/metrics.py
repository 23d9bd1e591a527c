"""Metrics of `authorities`."""

from prometheus_client import Counter, Gauge, Histogram

SIGNED = Counter(
    "voltbus_services_certificate_orders_total",
    "Orders of certificates by what came of them: signed, refused, or given up because the authority could not be asked in time.",
    ("authority", "outcome"),
)
SECONDS = Histogram(
    "voltbus_services_certificate_signing_seconds",
    "How long an authority took to sign, its failures and waits left out.",
    ("authority",),
    buckets=(0.001, 0.005, 0.02, 0.1, 0.5, 2, 10),
)
TROUBLE = Counter(
    "voltbus_services_certificate_authority_failures_total",
    "Times that an authority could not be asked.",
    ("authority",),
)
EXPIRES = Gauge(
    "voltbus_services_certificate_authority_expires_seconds",
    "How long the certificate by which an authority signs still holds.",
    ("authority",),
)
READY = Gauge("voltbus_services_certificate_authority_ready", "1 when an authority can sign.", ("authority",))
LIST_ENDS = Gauge(
    "voltbus_services_revocation_list_ends_seconds",
    "How long the newest list of revoked certificates of an authority still holds.",
    ("authority",),
)
OCSP_ANSWERS = Counter(
    "voltbus_services_ocsp_answers_made_total",
    "OCSP answers about certificates of stations that were made again: because they were old, or the certificate was revoked.",
)
OCSP_ANSWERS_END = Gauge(
    "voltbus_services_ocsp_answers_end_seconds",
    "How long the OCSP answer that ends first still holds.",
)

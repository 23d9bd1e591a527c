"""Metrics of `certificates`."""

from prometheus_client import Counter

CHANGES = Counter(
    "voltbus_services_issued_certificates_total",
    "Certificates that stations asked for, by the status that they came to (refused, failed, installed ...); repeats after a restart"
    " included.",
    ("status",),
)
RENEWALS = Counter(
    "voltbus_services_certificate_renewals_total",
    "Stations that were asked to renew a certificate; repeats after a restart included.",
)

"""Metrics of `securityoperations`."""

from prometheus_client import Counter

OPERATIONS = Counter(
    "voltbus_services_security_operations_total",
    "Security operations of stations that came to an end, by kind and status; repeats after a restart included.",
    ("kind", "status"),
)

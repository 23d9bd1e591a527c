"""Metrics of `iso15118`."""

from prometheus_client import Counter, Histogram

REQUESTS = Counter(
    "voltbus_services_iso15118_requests_total",
    "Requests of stations by kind (certificate-status, chain-status, contract-certificate) and outcome: accepted, failed, late.",
    ("kind", "outcome"),
)
SECONDS = Histogram(
    "voltbus_services_iso15118_request_seconds",
    "How long it took from a station's request until its answer was decided.",
    ("kind",),
    buckets=(0.01, 0.05, 0.2, 0.5, 1, 2, 3, 4, 5, 10),
)
STATUSES = Counter(
    "voltbus_services_certificate_statuses_total",
    "Certificates whose state was asked for, by source (OCSP, CRL) and where the answer came from: fetched, cached, failed.",
    ("source", "how"),
)
POOL_FAILURES = Counter(
    "voltbus_services_contract_pool_failures_total",
    "Times that the contract pool could not be asked, or answered what cannot be used. A pool that has no contract does not count.",
)
CONTRACTS = Counter(
    "voltbus_services_contracts_judged_total",
    "Contract certificates of EVs by what was said of them (OCPP's certificateStatus; whether the token was accepted is not in it).",
    ("status",),
)
CONTRACT_SECONDS = Histogram(
    "voltbus_services_contract_judging_seconds",
    "How long it took from a station's Authorize until the contract certificate was judged.",
    buckets=(0.01, 0.05, 0.2, 0.5, 1, 2, 3, 5, 10),
)

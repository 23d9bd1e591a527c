"""Metrics of `billing`."""

from prometheus_client import Counter, Histogram

CDRS = Counter(
    "voltbus_services_cdrs_total",
    "Charge detail records issued; kind: first, correction, credit; price: rated, or why there is none."
    " Repeats after a restart included.",
    ("kind", "price"),
)
UNCORRECTED = Counter(
    "voltbus_services_cdrs_uncorrected_total",
    "Changes of sessions that were billed too long ago to be remembered: their bills stand; each is in quarantine.",
)
CDR_SECONDS = Histogram(
    "voltbus_services_cdr_seconds",
    "Time from the fact that caused a charge detail record, as transactions heard it, until billing issued it.",
    buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 30.0, 300.0),
)
RUNNING_COSTS = Counter(
    "voltbus_services_running_costs_total",
    "Costs of running sessions told to stations; way: answer, command.",
    ("way",),
)

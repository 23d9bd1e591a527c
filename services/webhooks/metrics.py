"""Metrics of `webhooks`. There are few webhooks, so their names are labels."""

from prometheus_client import Counter, Gauge, Histogram

ATTEMPTS = Counter(
    "voltbus_services_webhook_attempts_total",
    "Attempts to deliver an event to a webhook; result: delivered, retrying, dead. Repeats after a restart included.",
    ("webhook", "result"),
)
ATTEMPT_SECONDS = Histogram(
    "voltbus_services_webhook_attempt_seconds",
    "How long receivers take to answer a delivery, failures included.",
    ("webhook",),
    buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 20.0),
)
OPEN = Gauge("voltbus_services_webhook_open", "Deliveries in memory that are still to be made.", ("webhook",))
OLDEST_SECONDS = Gauge(
    "voltbus_services_webhook_oldest_seconds", "Age of the oldest event that is not delivered; 0: none.", ("webhook",)
)
LAG = Gauge(
    "voltbus_services_webhook_lag_records",
    "Records on the webhook's partitions of this process that it has not read, those that it is not about included.",
    ("webhook",),
)
EVERY = (OPEN, OLDEST_SECONDS, LAG)
"""The gauges that end with their webhook."""


def forget(webhook: str) -> None:
    """The webhook is not delivered to by this process any more."""
    for gauge in EVERY:
        gauge.labels(webhook)  # removing what was never set is an error
        gauge.remove(webhook)

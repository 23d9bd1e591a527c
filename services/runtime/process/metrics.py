"""Metrics of every service process, declared once with their meaning. No key of any station is a label.

Those of one noun are in `services/<noun>/metrics.py`.
"""

from collections import Counter as Counted
from typing import Any

from prometheus_client import Counter, Gauge, Histogram

from services.runtime.loop.batch import Applied

EVENTS = Counter(
    "voltbus_services_events_total",
    "Records applied by a stateful service; result: applied, dead-lettered.",
    ("service", "record", "result"),
)
OUTPUTS = Counter("voltbus_services_outputs_total", "Records a service has sent, acknowledged.", ("service", "record"))
DEAD_LETTERS = Counter(
    "voltbus_services_dead_letters_total", "Records put aside as unreadable or not applicable.", ("service", "topic")
)
STEP_SECONDS = Histogram(
    "voltbus_services_step_seconds",
    "Time to step the records of one batch, without any waiting for Kafka.",
    ("service",),
    buckets=(0.0001, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0),
)
BATCH_SECONDS = Histogram(
    "voltbus_services_batch_seconds",
    "Time from taking a batch until its outputs are acknowledged, or what a sink made of it.",
    ("service",),
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0, 30.0),
)
BATCH_RECORDS = Histogram(
    "voltbus_services_batch_records",
    "Records in one batch.",
    ("service",),
    buckets=(1, 2, 5, 10, 25, 50, 100, 250, 500, 1000, 5000, 10000),
)
LAG = Gauge("voltbus_services_lag_records", "Records that wait on the service's assigned partitions.", ("service",))
PARTITIONS = Gauge("voltbus_services_assigned_partitions", "Input partitions this process owns.", ("service",))
STATE_KEYS = Gauge("voltbus_services_state_keys", "Keys with a state in this process.", ("service",))
STATES_DECODED = Gauge(
    "voltbus_services_states_decoded", "States held decoded beside their bytes, at most state_cache_keys.", ("service",)
)
DUE_TIMERS = Gauge("voltbus_services_due_timers", "Keys that wait for a moment in time.", ("service",))
OUTAGES = Counter(
    "voltbus_services_outages_total",
    "Times that a service had to pause for a neighbour; neighbour: kafka, sink.",
    ("service", "neighbour"),
)
READY = Gauge("voltbus_services_ready", "1 when the worker can do its work now.", ("service",))
REFERENCE_KEYS = Gauge("voltbus_services_reference_keys", "Keys of a compacted topic held in memory.", ("topic",))
FIRSTS_GIVEN_UP = Counter(
    "voltbus_services_firsts_given_up_total",
    "Times that records were applied though reference data before them could not be read to its end in 30 s.",
    ("service",),
)
SINK_ROWS = Counter("voltbus_services_sink_rows_total", "Rows inserted into ClickHouse, repeats included.", ("table",))
CLICKHOUSE_CALLS = Gauge("voltbus_services_clickhouse_calls", "Calls to ClickHouse that run or wait for a connection.")
CLICKHOUSE_REFUSED = Counter(
    "voltbus_services_clickhouse_refused_total", "Calls to ClickHouse given up because too many were waiting."
)


def count_batch(service: str, applied: Applied[Any], *, records: int, stepped_s: float, took_s: float) -> None:
    """One batch of a stateful service is sent and saved."""
    STEP_SECONDS.labels(service).observe(stepped_s)
    BATCH_SECONDS.labels(service).observe(took_s)
    BATCH_RECORDS.labels(service).observe(records)
    for labels, number in applied.counts.items():
        EVENTS.labels(*labels).inc(number)
    for (part, record), number in Counted(
        (sent.service, sent.record) for sent in (*applied.outputs, *applied.acts)
    ).items():
        OUTPUTS.labels(part, record).inc(number)
    for dead in applied.dead:
        DEAD_LETTERS.labels(dead.service, dead.message.topic).inc()

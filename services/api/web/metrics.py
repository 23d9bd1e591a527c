"""Metrics of the API, declared once with their meaning. Routes are templates, so that no id becomes a label."""

from collections import Counter as Counted
from collections.abc import Iterable

from prometheus_client import Counter, Gauge, Histogram

from schemas.base import Record
from schemas.campaigns import CampaignChanged

REQUESTS = Counter(
    "voltbus_api_requests_total",
    "Requests answered; route: the path's template, `unmatched` where no route or method fits.",
    ("route", "method", "status"),
)
REQUEST_SECONDS = Histogram(
    "voltbus_api_request_seconds",
    "Time from a request's arrival at its route to the first byte of its answer (waiting for a station included).",
    ("route", "method"),
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0),
)
LOGINS = Counter("voltbus_api_logins_total", "Console logins; result: accepted, refused, throttled.", ("result",))
RATES_REFUSED = Counter(
    "voltbus_api_rate_refused_total", "Requests answered 429 because their key or user asks too often."
)
QUOTAS_REFUSED = Counter(
    "voltbus_api_quota_refused_total",
    "Requests refused because a quota of their tenant is used; quota: as tenants have them (`GET /api/v1/tenants` says whose).",
    ("quota",),
)
QUOTA_USED = Gauge(
    "voltbus_api_quota_used_ratio",
    "Of each quota the greatest share that a tenant uses at this process now; 1: it is used up (`GET /api/v1/tenants` says whose).",
    ("quota",),
)
TURNS_WORKING = Gauge(
    "voltbus_api_turns_working", "Requests in progress at this process, but for those that only wait or stream."
)
TURNS_WAITING = Gauge(
    "voltbus_api_turns_waiting",
    "Requests that wait because others of their tenant are in progress, or because it presses.",
)
AUDIT_ENTRIES = Counter("voltbus_api_audit_entries_total", "Entries of the audit log that Kafka has.")
AUDIT_PENDING = Gauge(
    "voltbus_api_audit_pending_entries",
    "Entries of the audit log that Kafka did not confirm; they are published with the next.",
)
SSE_CLIENTS = Gauge("voltbus_api_sse_clients", "Clients that follow /api/v1/events now.")
SSE_EVENTS = Counter(
    "voltbus_api_sse_events_total", "Events handed to clients' queues; kind as on the wire.", ("kind",)
)
SSE_LAGGED = Counter(
    "voltbus_api_sse_lagged_total", "Times a slow client's queue was emptied and it was told to reload."
)
SSE_REFUSED = Counter("voltbus_api_sse_refused_total", "Clients refused because too many follow already.")
WAITING_COMMANDS = Gauge("voltbus_api_waiting_commands", "Commands whose outcome a request waits for now.")
WAITS_REFUSED = Counter(
    "voltbus_api_waits_refused_total", "Requests answered `pending` at once because too many wait already."
)
COMMAND_ROUND_TRIP_SECONDS = Histogram(
    "voltbus_api_command_round_trip_seconds",
    "Time from a command's request to its outcome, as seen by a waiting request.",
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0, 60.0),
)
FLEET_COMMAND_STATIONS = Counter(
    "voltbus_api_fleet_command_stations_total",
    "Stations of requests to many stations; result: sent, repeated (sent before, with the same key), unable.",
    ("result",),
)
RECENT_COMMANDS = Gauge("voltbus_api_recent_commands", "Commands remembered in memory.")
OUTAGES = Counter("voltbus_api_outages_total", "Requests answered 503 because a neighbour is away.")
FEED_UNREADABLE = Counter("voltbus_api_feed_unreadable_total", "Live records that could not be read.", ("topic",))
VIEW_WAITS_EXPIRED = Counter(
    "voltbus_api_view_waits_expired_total", "Writes answered before this process read them back from Kafka."
)
OVERLAY_HELD = Gauge(
    "voltbus_api_overlay_records",
    "Sessions, commands and stations held because ClickHouse may not have them yet.",
    ("noun",),
)
OVERLAY_EVICTED = Counter(
    "voltbus_api_overlay_evicted_total",
    "Things forgotten because too many were held; state: stored (ClickHouse has them), not-stored (reads miss them until it has).",
    ("noun", "state"),
)
OVERLAY_BEHIND = Gauge(
    "voltbus_api_overlay_unstored_records",
    "Records that the sink of ClickHouse has not committed yet, of those that are overlaid.",
)
FRESH_WAITS = Counter(
    "voltbus_api_fresh_waits_total",
    "Reads that first caught up with Kafka; result: caught-up, late (answered with what was known), away (Kafka was not asked).",
    ("result",),
)
FIRMWARE_CAMPAIGNS = Gauge("voltbus_api_firmware_campaigns", "Firmware campaigns by status.", ("status",))
FIRMWARE_STATIONS = Gauge(
    "voltbus_api_firmware_stations",
    "Stations of firmware campaigns that are not over, by the state of their update.",
    ("state",),
)

CERTIFICATES_IN_USE = Gauge("voltbus_api_certificates_in_use", "Certificates signed for stations that these use.")
CERTIFICATES_EXPIRING = Gauge(
    "voltbus_api_certificates_expiring", "Those of them that expire within 7 or 30 days.", ("within",)
)


def count_campaigns(campaigns: Iterable[Record]) -> None:
    """Set the gauges of firmware campaigns."""
    statuses, states = Counted[str](), Counted[str]()
    for campaign in campaigns:
        if isinstance(campaign, CampaignChanged):
            statuses[campaign.status] += 1
            if campaign.status not in ("finished", "cancelled"):
                states.update(campaign.counts)
    for gauge, label, counted in ((FIRMWARE_CAMPAIGNS, "status", statuses), (FIRMWARE_STATIONS, "state", states)):
        gauge.clear()
        for word, number in counted.items():
            gauge.labels(**{label: word}).set(number)

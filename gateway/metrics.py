"""Metrics of the gateway process, declared once with their meaning. No station is ever a label."""

from collections.abc import Callable
from typing import Any

from prometheus_client import Counter, Gauge, Histogram

CONNECTIONS = Gauge("voltbus_gateway_connections", "Stations connected, by OCPP version.", ("version",))
ACCEPTED = Counter("voltbus_gateway_connections_accepted_total", "Connections accepted.")
REFUSED = Counter("voltbus_gateway_handshakes_refused_total", "Handshakes refused, by HTTP status.", ("status",))
HELD_OFF = Counter(
    "voltbus_gateway_handshakes_held_off_total",
    "Handshakes answered 503 because too many came: connections of one station that replace each other (replacements), stations "
    "that nobody provisioned (unknown), wrong passwords of one address (passwords).",
    ("because",),
)
SUPERSEDED = Counter(
    "voltbus_gateway_connections_superseded_total", "Connections closed because their station has a newer one."
)
REVOKED = Counter(
    "voltbus_gateway_connections_revoked_total",
    "Connections closed because their station was removed or rejected, or its credential was changed.",
)
SILENT = Counter("voltbus_gateway_connections_silent_total", "Connections cut off because no ping was answered.")
BROKEN = Counter(
    "voltbus_gateway_connections_broken_total", "Connections ended by a bug of ours; the log has the trace."
)
FRAMES = Counter(
    "voltbus_gateway_frames_total",
    "Frames; direction in or out; result: ok, refused, repeated, unexpected (an answer to nothing), malformed. "
    "`action` is `unknown` where no version has it.",
    ("direction", "kind", "action", "result"),
)
MALFORMED = Counter(
    "voltbus_gateway_frames_malformed_total",
    "Frames that cannot be used, by what is wrong; too-large, utf-8 and websocket also end the connection.",
    ("flaw",),
)
BENT = Counter(
    "voltbus_gateway_frames_bent_total",
    "Frames that break a rule of framing and are taken all the same, by rule: control-characters, lone-surrogate, no-number, padding, "
    "long-id, surplus-elements, binary.",
    ("how",),
)
DEVIATIONS = Counter(
    "voltbus_gateway_deviations_total",
    "Messages that break their schema and were read all the same, by the rule that was needed (`schemas.deviations`).",
    ("rule", "action", "version"),
)
SECURITY_EVENTS = Counter(
    "voltbus_gateway_security_events_total",
    "SecurityEventNotifications received, by type (`other`: of no list of OCPP) and by whether OCPP calls it critical: yes, no, unknown.",
    ("type", "critical"),
)
SESSION_EVENTS = Counter(
    "voltbus_gateway_session_events_total",
    "late-decision: it answers nothing any more; fallback: no decision came in time; unstorable: the bus will never take it.",
    ("what",),
)
DELIVERIES = Counter("voltbus_gateway_deliveries_total", "Dispatched commands reported, by result.", ("result",))
STORED_SECONDS = Histogram(
    "voltbus_gateway_stored_seconds",
    "Time from a record given to the bus until all replicas have it.",
    buckets=(0.001, 0.002, 0.003, 0.005, 0.0075, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0, 30.0),
)
DECISION_SECONDS = Histogram(
    "voltbus_gateway_decision_seconds",
    "Time from a CALL received until a service's decision on it.",
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0),
)
INFLIGHT_RECORDS = Gauge(
    "voltbus_gateway_inflight_records", "Facts, reports and lifecycle records on their way to the bus."
)
INFLIGHT_BYTES = Gauge("voltbus_gateway_inflight_bytes", "The same in bytes.")
INFLIGHT_FRAME_LOGS = Gauge("voltbus_gateway_inflight_frame_logs", "Frames of the OCPP log on their way to the bus.")
WAITING_CALLS = Gauge("voltbus_gateway_waiting_calls", "CALLs of stations that wait for the bus or for a decision.")
WAITING_COMMANDS = Gauge("voltbus_gateway_waiting_commands", "Commands in flight to stations or queued behind.")
ROUTE_LAG = Gauge("voltbus_gateway_route_lag_records", "Records on this gateway's route that it has not read yet.")
HELD_BACK = Counter(
    "voltbus_gateway_held_back_total",
    "Times a connection was not read because something is full: the way to the bus (bus), its unanswered CALLs (calls), its write buffer "
    "(writing), or its tenant's quota of messages (tenant).",
    ("because",),
)
FRAME_LOGS_DROPPED = Counter("voltbus_gateway_frame_logs_dropped_total", "Frames missing in the OCPP log.")
SEEN_DROPPED = Counter("voltbus_gateway_seen_dropped_total", "Signs of life not told, as the bus was full.")
RECORDS_REJECTED = Counter("voltbus_gateway_records_rejected_total", "Records the bus will never take.", ("reason",))
PRODUCER_RESTARTS = Counter(
    "voltbus_gateway_producer_restarts_total", "Times the producer was opened anew after a failure."
)
ROUTED = Counter(
    "voltbus_gateway_routed_total", "Records that came over this gateway's route, by what became of them.", ("what",)
)
POISON = Counter("voltbus_gateway_poison_total", "Records from the bus that cannot be read; skipped.", ("topic",))
REFERENCES = Gauge("voltbus_gateway_reference_stations", "Provisioned stations held in memory.")
HEARD_OF = Gauge("voltbus_gateway_heard_of_stations", "Stations that were here or elsewhere before, held in memory.")
LATE_TOKENS = Gauge(
    "voltbus_gateway_late_tokens", "Tokens lately accepted here, for starts whose decision does not come in time."
)

UNKNOWN = "unknown"


class Children:
    """A metric's children by their label values, looked up once: `labels` takes locks on the hot path."""

    def __init__(self, metric: Counter) -> None:
        self._metric = metric
        self._children: dict[tuple[str, ...], Callable[[], Any]] = {}

    def count(self, *values: str) -> None:
        """One more with these label values."""
        inc = self._children.get(values)
        if inc is None:
            inc = self._children[values] = self._metric.labels(*values).inc
        inc()


class Makes:
    """A counter by rule, vendor, model and firmware. Stations make up their words, so only so many are told apart; the rest is `other`."""

    def __init__(self, metric: Counter, *, most: int) -> None:
        self._children = Children(metric)
        self._known: set[tuple[str, str, str]] = set()
        self._most = most

    def count(self, rule: str, vendor: str, model: str, firmware_version: str) -> None:
        """One more of a station of this make; empty words where it did not boot on this connection."""
        make = (vendor, model, firmware_version)
        if make not in self._known:
            if len(self._known) >= self._most:
                make = (OTHER, OTHER, OTHER)
            else:
                self._known.add(make)
        self._children.count(rule, *make)


OTHER = "other"
MAKES = Makes(
    Counter(
        "voltbus_gateway_deviations_by_make_total",
        "The same by the make of the station, as it said when it booted on that connection (empty: it did not); beyond the first 500 "
        "makes of a process `other`.",
        ("rule", "vendor", "model", "firmware"),
    ),
    most=500,
)

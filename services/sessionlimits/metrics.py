"""Metrics of `sessionlimits`."""

from prometheus_client import Counter

STOPS = Counter(
    "voltbus_services_limit_stops_total",
    "Stops that stations were asked for because a session had reached its limit; attempt: first, again."
    " Repeats after a restart included.",
    ("attempt",),
)
LIMITED = Counter(
    "voltbus_services_limited_sessions_total",
    "Limited sessions that were settled; status: stopped, kept (no limit was reached), not-stopped (the station did not stop);"
    " reached: cost, energy, time, soc, currency, or nothing.",
    ("status", "reached"),
)

"""Metrics of `firmware` and `firmware-campaigns`."""

from prometheus_client import Counter, Histogram

UPDATES = Counter(
    "voltbus_services_firmware_updates_total",
    "Stations' updates that came to a state; repeats after a restart included.",
    ("state",),
)
UPDATE_SECONDS = Histogram(
    "voltbus_services_firmware_update_seconds",
    "Time from a station's first turn to its final state.",
    ("state",),
    buckets=(10, 30, 60, 120, 300, 600, 1800, 3600, 7200, 21_600, 86_400, 604_800),
)
CAMPAIGNS = Counter(
    "voltbus_services_firmware_campaigns_total",
    "Firmware campaigns that came to a status (halted: by themselves); repeats after a restart included.",
    ("status",),
)

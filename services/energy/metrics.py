"""Metrics of `energy`."""

from prometheus_client import Counter, Histogram

DECISIONS = Counter(
    "voltbus_services_energy_decisions_total",
    "Records by which a site was looked at anew; cause: the record's name.",
    ("cause",),
)
COMMANDS = Counter(
    "voltbus_services_energy_commands_total",
    "Commands to stations of sites; what: limit, pause, fallback, schedule (read back), clear. Repeats after a restart included.",
    ("what",),
)
EXCEEDED = Counter(
    "voltbus_services_energy_exceeded_seconds_total",
    "Seconds in which the measured load of a site was above one of its limits, of all sites together.",
)
ALERTS = Counter(
    "voltbus_services_energy_alerts_total",
    "Alerts that began; what: disobeys, exceeded, meter-silent, unconfirmed.",
    ("what",),
)
REACTION = Histogram(
    "voltbus_services_energy_reaction_seconds",
    "From the arrival of a site meter's reading to the commands that follow from it leaving the core.",
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)

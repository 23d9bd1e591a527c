"""Metrics of `boottemplates`."""

from prometheus_client import Counter

RUNS = Counter(
    "voltbus_services_boot_runs_total",
    "Runs of boot templates that came to an end, by their status; repeats after a restart included.",
    ("status",),
)
COMMANDS = Counter(
    "voltbus_services_boot_run_commands_total",
    "Commands of boot templates that left for their stations; repeats after a restart included.",
)

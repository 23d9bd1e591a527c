"""Runs of boot templates in ClickHouse: what each is now, with the outcome of each command. PURE."""

import msgspec

from schemas.boottemplates import BOOT_RUNS, BootRunChanged
from services.metering.feeds import STATES
from services.metering.table import MeteringNoun, table

NOUN = MeteringNoun(
    topics={STATES: (BOOT_RUNS,)},
    tables=(
        table(
            "boot_runs",
            key="station run",
            columns="station run template title template_revision cause status why boot_reason booted_at steps"
            " requested_at requested_by started_at ended_at revision id changed_at",
            rows={BootRunChanged: {"steps": lambda r: msgspec.json.encode(r.steps).decode()}},
        ),
    ),
)

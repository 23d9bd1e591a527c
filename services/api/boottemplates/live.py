"""Runs of boot templates as they change: their events, and their reads as new as Kafka. PURE."""

from schemas.boottemplates import BOOT_RUNS, BootRunChanged
from services.api.boottemplates.rows import BootRun, RunFilter, run_of
from services.api.live.declaring import LiveNoun
from services.api.live.merging import Order
from services.api.web.paging import Position, micros

LIVE = LiveNoun(
    kind="boot-run",
    topic=BOOT_RUNS,
    record=BootRunChanged,
    id="run",
    row=run_of,
    many="boot_runs",
    one="boot_run",
    filter=RunFilter,
    rules={
        "station": lambda run, station: run.station == station,
        "template": lambda run, template: run.template == template,
        "status": lambda run, status: run.status == status,
    },
    order=Order[BootRun](place=lambda row: Position(micros(row.requested_at), row.run)),
)

"""Metrics of `boottemplates`: ended runs by status, and commands that left."""

from prometheus_client import REGISTRY

from schemas.base import Due
from schemas.commands import CommandRequested, CommandSettled
from services.boottemplates.app import counted
from services.boottemplates.core import due, step
from tests.services.boottemplates.stations import STATION, Fleet, setting, template
from tests.services.moments import at


def counts() -> tuple[float, float]:
    ended = REGISTRY.get_sample_value("voltbus_services_boot_runs_total", {"status": "done"})
    return ended or 0, REGISTRY.get_sample_value("voltbus_services_boot_run_commands_total") or 0


def test_runs_that_end_and_commands_that_leave_are_counted() -> None:
    before, there = counts(), Fleet(template("t", setting("A")))
    there.boots()
    moment = due(there.state)
    assert moment is not None
    counting = counted(step)
    state, outputs = counting(
        there.state, Due(key=STATION, at=moment, sent_at=moment), references=there.references, spread_s=0
    )
    (request,) = (each for each in outputs if isinstance(each, CommandRequested))
    settled = CommandSettled(id="1", command_id=request.id, station=STATION, outcome="accepted", settled_at=at(200))

    counting(state, settled, references=there.references, spread_s=0)

    assert tuple(after - was for after, was in zip(counts(), before, strict=True)) == (1, 1)

"""Boot runs in ClickHouse: the newest change of each, by station, template and status."""

from datetime import timedelta

from schemas.boottemplates import BootStep
from schemas.commands import ItemOutcome
from services.api.boottemplates.reads import boot_run, boot_runs
from services.api.boottemplates.rows import RunFilter, run_of
from services.api.fakes import NOON
from services.runtime.clickhouse import ClickHouse
from tests.services.api.builders import STATION, a_boot_run
from tests.services.feeding import feed


async def test_the_newest_change_is_the_run_with_the_outcome_of_each_command(db: ClickHouse) -> None:
    items = (ItemOutcome(name="Light", status="Rejected", reason="ReadOnly"),)
    steps = (
        BootStep(
            command="SetConfiguration", status="partial", command_id="c9", attempts=2, items=items, settled_at=NOON
        ),
        BootStep(command="SetChargingProfile"),
    )
    newest = a_boot_run(revision=3, status="running", steps=steps, ended_at=None, id="3")
    await feed(db, newest, a_boot_run(status="waiting", started_at=None))

    assert await boot_run(db, "run-1") == run_of(newest)
    assert await boot_run(db, "none") is None


async def test_each_filter_finds_its_own_and_pages_have_each_once(db: ClickHouse) -> None:
    await feed(
        db,
        *(a_boot_run(run=f"d{n}", requested_at=NOON + timedelta(minutes=n), template="t") for n in range(3)),
        a_boot_run(run="d3", station="OTHER", template="t"),
        a_boot_run(run="d4", status="partial", template="t"),
        a_boot_run(run="d5", template="u"),
    )
    where = RunFilter(station=STATION, template="t", status="done")

    first = await boot_runs(db, where, limit=2)
    rest = await boot_runs(db, where, cursor=first.next_cursor, limit=2)

    assert [row.run for row in (*first.items, *rest.items)] == ["d2", "d1", "d0"]

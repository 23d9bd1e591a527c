"""A fake of the reads of boot runs, in memory."""

from services.api.boottemplates.rows import ALL_RUNS, BootRun, RunFilter
from services.api.history.fakes import FakeHistory
from services.api.web.paging import Page


class FakeBoots(FakeHistory):
    """Runs of boot templates."""

    def __init__(self) -> None:
        super().__init__()
        self.boot_run_rows: dict[str, BootRun] = {}

    async def boot_runs(
        self, where: RunFilter = ALL_RUNS, *, cursor: str | None = None, limit: int = 50
    ) -> Page[BootRun]:
        """The runs of the filter's template, whatever else it names."""
        self._ask("boot_runs", where, cursor, limit, cursor=cursor)
        rows = (row for row in self.boot_run_rows.values() if where.template in (None, row.template))
        return Page(tuple(rows)[:limit])

    async def boot_run(self, run: str) -> BootRun | None:
        """The run's row."""
        self._ask("boot_run", run)
        return self.boot_run_rows.get(run)

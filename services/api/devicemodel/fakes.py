"""A fake of the reads of variables, in memory."""

from services.api.devicemodel.rows import ALL_VARIABLES, Variable, VariableFilter
from services.api.history.fakes import FakeHistory
from services.api.web.paging import Page


class FakeVariables(FakeHistory):
    """Variables, and what they were."""

    def __init__(self) -> None:
        super().__init__()
        self.variable_rows: dict[str, Variable] = {}
        self.variable_changes: list[Variable] = []

    async def variables(
        self, where: VariableFilter = ALL_VARIABLES, *, cursor: str | None = None, limit: int = 50
    ) -> Page[Variable]:
        """Every variable, whatever the filter."""
        self._ask("variables", where, cursor, limit, cursor=cursor)
        return Page(tuple(self.variable_rows.values())[:limit])

    async def variable(self, variable_id: str) -> Variable | None:
        """The variable's row."""
        self._ask("variable", variable_id)
        return self.variable_rows.get(variable_id)

    async def variable_history(
        self, station: str, key: str | None = None, *, cursor: str | None = None, limit: int = 50
    ) -> Page[Variable]:
        """Every change, whatever is asked for."""
        self._ask("variable_history", station, key, cursor, limit, cursor=cursor)
        return Page(tuple(self.variable_changes)[:limit])

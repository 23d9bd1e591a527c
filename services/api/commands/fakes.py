"""A fake of the reads of commands, in memory."""

from collections.abc import Mapping

from services.api.commands.rows import CommandView
from services.api.history.fakes import FakeHistory
from services.api.web.paging import Page


class FakeCommands(FakeHistory):
    """Commands with their outcomes."""

    def __init__(self) -> None:
        super().__init__()
        self.command_rows: dict[str, CommandView] = {}

    async def command(self, command_id: str) -> CommandView | None:
        """The command's row."""
        self._ask("command", command_id)
        return self.command_rows.get(command_id)

    async def commands(
        self, station: str | None = None, *, cursor: str | None = None, limit: int = 50
    ) -> Page[CommandView]:
        """Every command."""
        self._ask("commands", station, limit, cursor=cursor)
        return Page(tuple(self.command_rows.values())[:limit])

    async def commands_called(self, stations: Mapping[str, str]) -> dict[str, CommandView]:
        """The rows of these ids."""
        self._ask("commands_called", dict(stations))
        return {id_: self.command_rows[id_] for id_ in stations if id_ in self.command_rows}

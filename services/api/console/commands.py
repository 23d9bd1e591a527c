"""The commands' pages: what was asked of stations lately, and one command with its outcome."""

from typing import Any

from litestar import Request, get, post

from services.api.console.pages import Asked, Page, Part, command_url
from services.api.console.rendering import Rendered, Shown, asked_of
from services.api.models import Given
from services.api.ports import Ports
from services.api.problems import not_found
from services.api.readmodel import CommandView
from services.api.readmodel import Page as Rows
from services.api.rest.commands import CommandPath, cancel_command, find_command
from services.api.views import PENDING, StationDetails, with_outcome

PAGE_SIZE = 50


async def rows(asked: Asked) -> Rows[CommandView]:
    """Commands, newest first, of one station or of all, each with an outcome that was heard since."""
    subject = asked.subject
    station = subject.station if isinstance(subject, StationDetails) else asked.get("station")
    found = await asked.ports.reads.commands(station, cursor=asked.get("cursor"), limit=PAGE_SIZE)
    return Rows(tuple(_newest(asked.ports, row) for row in found.items), found.next_cursor)


def _newest(ports: Ports, row: CommandView) -> CommandView:
    remembered = ports.commands.find(row.command_id)
    return row if remembered is None or row.outcome != PENDING else with_outcome(row, remembered.settled)


async def outcome(asked: Asked) -> CommandView:
    """One command."""
    command: CommandView = asked.subject
    return command


PAGE = Page(
    title="Commands",
    nav="commands",
    template="commands.html",
    parts=(Part(name="rows", template="commands/rows.html", load=rows, on="outcome", poll_s=15),),
)
ONE = Page(
    title="Command",
    nav="commands",
    template="command.html",
    parts=(
        Part(name="outcome", template="commands/outcome.html", load=outcome, on="outcome", poll_s=5, each="command_id"),
    ),
)


@get("/commands")
async def listed(request: Request[Any, Any, Any], ports: Given, show: Shown) -> Rendered:
    """Commands to all stations."""
    return await show.page(PAGE, asked_of(request, ports))


@get("/commands/{command_id:str}")
async def shown(request: Request[Any, Any, Any], command_id: CommandPath, ports: Given, show: Shown) -> Rendered:
    """One command."""
    found = await find_command(ports, command_id)
    if found is None:
        raise not_found(f"There is no command {command_id!r}.")
    return await show.page(ONE, asked_of(request, ports, found), title=words_of(found))


@post("/commands/{command_id:str}/cancel", status_code=200)
async def cancel(request: Request[Any, Any, Any], command_id: CommandPath, ports: Given, show: Shown) -> Any:
    """Cancel a command that has not left yet."""
    command: CommandView = await cancel_command.fn(command_id, ports)
    told = {
        PENDING: "Cancelling was asked for; the command may have left already.",
        "cancelled": "The command was cancelled.",
    }.get(command.outcome, f"The command was over already: {command.outcome.replace('_', ' ')}.")
    return show.notice(request, told, then=command_url(command_id))


def words_of(command: CommandView) -> str:
    """What was asked: the command's name, or the raw action's."""
    if command.command == "RawCall" and isinstance(command.arguments, dict):
        return str(command.arguments.get("action", "RawCall"))
    return command.command or "Command"


def is_pending(command: CommandView) -> bool:
    """Whether it has no outcome yet."""
    return command.outcome == PENDING


HANDLERS = (listed, shown, cancel)

"""The commands' pages: what was asked of stations lately, and one command with its outcome."""

from typing import Any

from litestar import Request, get, post

from services.api.commands import usecases
from services.api.commands.routes import CommandPath
from services.api.commands.rows import CommandView
from services.api.commands.views import PENDING, action_of, with_outcome
from services.api.console.pages import PageRequest, Part, Screen, command_url
from services.api.console.rendering import Rendered, Shown, page_request
from services.api.ports import Ports
from services.api.stations.views import StationDetails
from services.api.web.paging import Page
from services.api.web.parameters import Given

PAGE_SIZE = 50


async def rows(part_request: PageRequest) -> Page[CommandView]:
    """Commands, newest first, of one station or of all, each with its outcome where that is known by now."""
    subject = part_request.subject
    station = subject.station if isinstance(subject, StationDetails) else part_request.get("station")
    found = await part_request.ports.reads.commands(station, cursor=part_request.get("cursor"), limit=PAGE_SIZE)
    return Page(tuple(_newest(part_request.ports, row) for row in found.items), found.next_cursor)


def _newest(ports: Ports, row: CommandView) -> CommandView:
    remembered = ports.commands.find(row.command_id)
    return row if remembered is None or row.outcome != PENDING else with_outcome(row, remembered.settled)


async def outcome(part_request: PageRequest) -> CommandView:
    """One command."""
    command: CommandView = part_request.subject
    return command


PAGE = Screen(
    title="Commands",
    nav="commands",
    template="commands/page.html",
    parts=(Part(name="rows", template="commands/rows.html", load=rows, on="outcome", poll_s=15),),
)
ONE = Screen(
    title="Command",
    nav="commands",
    template="commands/one.html",
    parts=(
        Part(
            name="outcome",
            template="commands/outcome.html",
            load=outcome,
            on="outcome report",
            poll_s=5,
            each="command_id",
        ),
    ),
)


@get("/commands")
async def listed(request: Request[Any, Any, Any], ports: Given, show: Shown) -> Rendered:
    """Commands to all stations."""
    return await show.page(PAGE, page_request(request, ports))


@get("/commands/{command_id:str}")
async def shown(request: Request[Any, Any, Any], command_id: CommandPath, ports: Given, show: Shown) -> Rendered:
    """One command."""
    found = await usecases.known_command(ports, command_id)
    return await show.page(ONE, page_request(request, ports, found), title=words_of(found))


@post("/commands/{command_id:str}/cancel", status_code=200)
async def cancel(request: Request[Any, Any, Any], command_id: CommandPath, ports: Given, show: Shown) -> Any:
    """Cancel a command that has not left yet."""
    command = await usecases.cancel(ports, command_id)
    sentences = {
        PENDING: "Cancelling was asked for; the command may have left already.",
        "cancelled": "The command was cancelled.",
    }.get(command.outcome, f"The command was over already: {command.outcome.replace('_', ' ')}.")
    return show.notice(request, sentences, then=command_url(command_id))


def words_of(command: CommandView) -> str:
    """What was asked: the command's name, or the raw action's."""
    return action_of(command) or "Command"


HANDLERS = (listed, shown, cancel)

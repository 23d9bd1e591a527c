"""Logs in the console: those of a station with their files, and the form that asks for one."""

from collections.abc import Mapping
from typing import Any

import msgspec
from litestar import Request, get, post

from services.api.commands.views import PENDING
from services.api.console import forms
from services.api.console.pages import PageRequest, Part, Screen, station_url
from services.api.console.rendering import Rendered, Shown, page_request
from services.api.diagnostics.rows import AskedLog, AskForLog, Log, LogFilter
from services.api.diagnostics.usecases import ask_for_log
from services.api.stations.rows import StationPath
from services.api.stations.tabs import HEAD, of_station
from services.api.stations.usecases import known_station
from services.api.stations.views import StationDetails
from services.api.web.paging import Page
from services.api.web.parameters import Given

PAGE_SIZE = 25


class Asking(msgspec.Struct, frozen=True, kw_only=True):
    """The form; `here`: files can be uploaded to this deployment."""

    station: StationDetails
    here: bool


async def rows(part_request: PageRequest) -> Page[Log]:
    """The station's logs, newest first."""
    where = LogFilter(station=part_request.subject.station)
    return await part_request.ports.reads.logs(where, cursor=part_request.get("cursor"), limit=PAGE_SIZE)


async def offered(part_request: PageRequest) -> Asking:
    """The form for this station."""
    config = part_request.ports.config
    return Asking(
        station=part_request.subject, here=bool(part_request.ports.files and config.public_url and config.upload_key)
    )


OF_STATION = Screen(
    title="Logs",
    nav="stations",
    template="diagnostics/tab.html",
    parts=(
        HEAD,
        Part(name="rows", template="diagnostics/rows.html", load=rows, on="log", poll_s=30),
        Part(name="form", template="diagnostics/form.html", load=offered),
    ),
)


@get("/stations/{station:str}/logs")
async def shown(request: Request[Any, Any, Any], station: StationPath, ports: Given, show: Shown) -> Rendered:
    """A station's logs, and the form."""
    part_request = page_request(request, ports, await known_station(ports, station))
    return await show.page(OF_STATION, part_request, title=station, live=of_station(station))


@post("/stations/{station:str}/logs", status_code=200)
async def save(request: Request[Any, Any, Any], station: StationPath, ports: Given, show: Shown) -> Any:
    """Ask for a log."""
    log = await ask_for_log(ports, station, wanted(await forms.posted(request)))
    return show.notice(request, sentence(log), then=station_url(station, "logs"))


def sentence(made: AskedLog) -> str:
    """A sentence on the request that was made."""
    log, outcome = made.log, made.command.outcome
    if outcome == PENDING:
        return f"{log.station} was asked for its {log.type}; it has not answered yet."
    word = f" ({log.detail})" if log.detail else ""
    return f"{log.station} was asked for its {log.type}: the command is {outcome}{word}."


def wanted(given: Mapping[str, str]) -> AskForLog:
    """The form as the API's body. Raises Problem."""
    members = {
        "type": given.get("type", ""),
        "since": forms.moment("since", given["since"]) if given.get("since") else None,
        "until": forms.moment("until", given["until"]) if given.get("until") else None,
        "location": given.get("location", "").strip(),
    }
    return forms.body({name: value for name, value in members.items() if value is not None}, AskForLog)


HANDLERS = (shown, save)

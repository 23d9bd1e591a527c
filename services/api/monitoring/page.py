"""A station's monitoring in the console: events of its variables, its monitors and streams, and the buttons that read and clear them."""

from typing import Any

import msgspec
from litestar import Request, get, post

from services.api.commands.bodies import Asking, SendCommand
from services.api.commands.rows import CommandView
from services.api.commands.usecases import ask
from services.api.console import forms
from services.api.console.pages import PageRequest, Part, Screen, station_url
from services.api.console.rendering import Rendered, Shown, page_request
from services.api.monitoring.rows import Event, EventFilter, EventStream, ReportedMonitor, StreamValue
from services.api.stations.rows import StationPath
from services.api.stations.tabs import HEAD, of_station
from services.api.stations.usecases import known_station
from services.api.web.paging import Page
from services.api.web.parameters import Given
from services.api.web.problems import invalid

EVENTS, MONITORS, STREAMS = 50, 200, 10
WAIT_S = 10.0


class Monitors(msgspec.Struct, frozen=True, kw_only=True):
    """A page of monitors of a station."""

    station: str
    items: tuple[ReportedMonitor, ...]


class Stream(msgspec.Struct, frozen=True, kw_only=True):
    """A stream, and the newest value that came in it, if any."""

    of: EventStream
    newest: StreamValue | None


async def events(asked: PageRequest) -> Page[Event]:
    """Events of its variables, newest first."""
    where = EventFilter(station=asked.subject.station)
    page: Page[Event] = await asked.ports.reads.variable_events(where, cursor=asked.get("cursor"), limit=EVENTS)
    return page


async def monitors(asked: PageRequest) -> Monitors:
    """Its monitors, as it last reported them."""
    station = asked.subject.station
    page: Page[ReportedMonitor] = await asked.ports.reads.variable_monitors(station, limit=MONITORS)
    return Monitors(station=station, items=page.items)


async def streams(asked: PageRequest) -> tuple[Stream, ...]:
    """Its streams of values, each with its newest one."""
    reads, station = asked.ports.reads, asked.subject.station
    page: Page[EventStream] = await reads.event_streams(station, limit=STREAMS)
    newest = [(await reads.stream_values(station, one.stream_id, limit=1)).items for one in page.items]
    return tuple(Stream(of=one, newest=next(iter(found), None)) for one, found in zip(page.items, newest, strict=True))


OF_STATION = Screen(
    title="Monitoring",
    nav="stations",
    template="monitoring/tab.html",
    parts=(
        HEAD,
        Part(name="events", template="monitoring/events.html", load=events, on="connector", every_s=3, poll_s=10),
        Part(name="monitors", template="monitoring/monitors.html", load=monitors, on="report outcome", poll_s=10),
        Part(name="streams", template="monitoring/streams.html", load=streams, poll_s=20),
    ),
)


@get("/stations/{station:str}/monitoring")
async def shown(request: Request[Any, Any, Any], station: StationPath, ports: Given, show: Shown) -> Rendered:
    """A station's events and monitors."""
    asked = page_request(request, ports, await known_station(ports, station))
    return await show.page(OF_STATION, asked, title=station, live=of_station(station))


@post("/stations/{station:str}/monitoring/read", status_code=200)
async def read(request: Request[Any, Any, Any], station: StationPath, ports: Given, show: Shown) -> Any:
    """Have the station report its monitors."""
    command = await ask(ports, station, _sent("GetMonitoringReport"))
    what = f"Reading the monitors of {station}"
    return show.notice(request, told_of(what, command), then=station_url(station, "monitoring"))


@post("/stations/{station:str}/monitoring/clear", status_code=200)
async def clear(request: Request[Any, Any, Any], station: StationPath, ports: Given, show: Shown) -> Any:
    """Remove one monitor."""
    given = await forms.posted(request)
    number = forms.whole("monitor_id", given.get("monitor_id", ""))
    if number is None:
        raise invalid("monitor_id", "name the monitor")
    command = await ask(ports, station, _sent("ClearVariableMonitoring", ids=[number]))
    return show.notice(request, told_of(f"Clearing monitor {number}", command), then=station_url(station, "monitoring"))


def told_of(what: str, command: CommandView) -> str:
    """What became of it, in a sentence."""
    word = next((item.status for item in command.items), "") or command.detail or command.error_code
    return f"{what}: {command.outcome}{f' ({word})' if word and word != 'Accepted' else ''}."


def _sent(command: str, **arguments: Any) -> SendCommand:
    usual = Asking()
    return SendCommand(command=command, arguments=arguments, wait_s=WAIT_S, ttl_s=usual.ttl_s)


HANDLERS = (shown, read, clear)

"""Demand response: events are ordered, changed, cancelled and looked at; sites opt out; grid operators dim."""

from http import HTTPStatus
from typing import Annotated

from litestar import Response, Router, delete, get, post, put
from litestar.params import Body, HeaderParameter, PathParameter, QueryParameter
from litestar.response import Stream

from schemas.demandresponse import DEMAND_EVENTS, EventStatus, StationStatus
from services.api.demandresponse import exporting, usecases
from services.api.demandresponse.reporting import Report
from services.api.demandresponse.rows import (
    DemandEvent,
    DemandStation,
    DemandStationFilter,
    OptOut,
    OrderDimming,
    OrderEvent,
    event_of,
)
from services.api.ports import Ports
from services.api.web.changing import IfMatch, IfNoneMatch, condition, etag
from services.api.web.paging import Page
from services.api.web.parameters import Cursor, Given, Limit
from services.api.web.problems import documented

EVENTS, DIMMING = "/demand-response/events", "/demand-response/dimming"

IdempotencyKey = Annotated[
    str | None,
    HeaderParameter(
        name="Idempotency-Key", description="Chosen by the caller. A request repeated with it is done once."
    ),
]
EventPath = Annotated[str, PathParameter(min_length=1, max_length=64, description="The event's id.")]
SitePath = Annotated[str, PathParameter(description="The site.")]


@post(EVENTS, summary="Order a demand-response event", status_code=HTTPStatus.ACCEPTED, responses=documented(409, 422))
async def order_demand_event(
    data: Annotated[OrderEvent, Body(description="What is asked for, where, and when.")],
    ports: Given,
    idempotency_key: IdempotencyKey = None,
) -> DemandEvent:
    """Every station in its scope that is in no site's tree is told by itself; what became of it is below `/stations`."""
    return await usecases.order(ports, data, key=idempotency_key)


@get(EVENTS, summary="List demand-response events", responses=documented(422))
async def list_demand_events(
    ports: Given,
    status: Annotated[EventStatus | None, QueryParameter(description="Only those of this status.")] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[DemandEvent]:
    """Events, the latest beginning first."""
    await ports.reference.caught_up()
    return usecases.event_page(ports, status=status, cursor=cursor, limit=limit)


@get(EVENTS + "/{event:str}", summary="Get a demand-response event", responses=documented(404))
async def get_demand_event(event: EventPath, ports: Given) -> Response[DemandEvent]:
    """An event as it is now; the `ETag` names this state for `If-Match`."""
    await ports.reference.caught_up()
    return Response(event_of(usecases.known(ports, event)), headers=_etag(ports, event))


@put(
    EVENTS + "/{event:str}",
    summary="Order or change a demand-response event",
    status_code=HTTPStatus.ACCEPTED,
    responses=documented(409, 412, 422),
)
async def put_demand_event(
    event: EventPath,
    data: Annotated[OrderEvent, Body(description="What is asked for now, as a whole.")],
    ports: Given,
    if_match: IfMatch = None,
    if_none_match: IfNoneMatch = None,
) -> DemandEvent:
    """An event of the caller's own id: ordered where there is none, else changed, and its stations are told anew."""
    return await usecases.order(ports, data, event=event, given=condition(if_match, if_none_match))


@delete(
    EVENTS + "/{event:str}",
    summary="Cancel a demand-response event",
    status_code=HTTPStatus.ACCEPTED,
    responses=documented(404, 409),
)
async def cancel_demand_event(event: EventPath, ports: Given) -> DemandEvent:
    """What stations were told is taken back; one that is away is told when it comes back."""
    return await usecases.cancel(ports, event)


@put(
    EVENTS + "/{event:str}/sites/{site:str}",
    summary="Take a site out of an event",
    status_code=HTTPStatus.ACCEPTED,
    responses=documented(404, 409, 422),
)
async def opt_out_of_demand_event(
    event: EventPath, site: SitePath, data: Annotated[OptOut, Body(description="Whether it is out.")], ports: Given
) -> DemandEvent:
    """A site that is out of an event is not limited by it. It can come back while the event is not over."""
    return await usecases.opt(ports, event, site, out=data.out)


@get(EVENTS + "/{event:str}/counts", summary="Stations of an event by status", responses=documented(404))
async def count_demand_stations(event: EventPath, ports: Given) -> dict[str, int]:
    """How many stations are in which status; about two seconds old."""
    await ports.reference.caught_up()
    return dict(await ports.reads.demand_counts(usecases.known(ports, event).event))


@get(EVENTS + "/{event:str}/stations", summary="List the stations of an event", responses=documented(404, 422))
async def list_stations_of_demand_event(
    event: EventPath,
    ports: Given,
    *,
    status: Annotated[StationStatus | None, QueryParameter(description="Only those of this status.")] = None,
    site: Annotated[str | None, QueryParameter(description="At this site.")] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[DemandStation]:
    """What became of the event at each station."""
    where = DemandStationFilter(event=event, status=status, site=site)
    return await ports.reads.demand_stations(where, cursor=cursor, limit=limit)


@get("/stations/{station:str}/demand-response", summary="List the events of a station", responses=documented(422))
async def list_demand_events_of_station(
    station: Annotated[str, PathParameter(description="The station.")],
    ports: Given,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[DemandStation]:
    """What became of events at the station, newest first."""
    return await ports.reads.demand_stations(DemandStationFilter(station=station), cursor=cursor, limit=limit)


@post(
    DIMMING,
    summary="Dim a connection (par. 14a EnWG)",
    status_code=HTTPStatus.ACCEPTED,
    responses=documented(404, 422),
)
async def order_dimming(
    data: Annotated[OrderDimming, Body(description="The grid operator's order.")],
    ports: Given,
    idempotency_key: IdempotencyKey = None,
) -> DemandEvent:
    """An event of kind `dimming`. A limit below what the rule leaves to so many charging points is refused (422)."""
    return await usecases.dim(ports, data, key=idempotency_key)


@get(EVENTS + "/{event:str}/report", summary="What an event brought", responses=documented(404))
async def get_demand_report(event: EventPath, ports: Given) -> Report:
    """Baseline, metered power, ordered and delivered reduction by site and minute; as far as a running event has gone."""
    return await exporting.report(ports, event)


@get(EVENTS + "/{event:str}/report/export", summary="Export an event's report", responses=documented(404))
async def export_demand_report(event: EventPath, ports: Given) -> Stream:
    """The report as CSV, a line a site and minute. A text that a spreadsheet would take for a formula is preceded by an apostrophe."""
    text = exporting.report_csv(await exporting.report(ports, event))
    headers = {"Content-Disposition": 'attachment; filename="report.csv"'}
    return Stream(iter([text.encode()]), media_type="text/csv", headers=headers)


@get(EVENTS + "/{event:str}/proof", summary="Export the proof of an event", responses=documented(404))
async def export_demand_proof(event: EventPath, ports: Given) -> Stream:
    """CSV, a line a station and minute: the limit, whether it was at the station, what was metered at the end of the minute."""
    lines = await exporting.proof(ports, event)
    headers = {"Content-Disposition": 'attachment; filename="proof.csv"'}
    return Stream(lines, media_type="text/csv", headers=headers)


def _etag(ports: Ports, event: str) -> dict[str, str]:
    return etag(ports.reference.get(DEMAND_EVENTS, event))


def router() -> Router:
    """Demand response."""
    handlers = [
        *(order_demand_event, list_demand_events, get_demand_event, put_demand_event, cancel_demand_event),
        *(opt_out_of_demand_event, count_demand_stations, list_stations_of_demand_event, list_demand_events_of_station),
        *(get_demand_report, export_demand_report, export_demand_proof, order_dimming),
    ]
    return Router(path="/", route_handlers=handlers)

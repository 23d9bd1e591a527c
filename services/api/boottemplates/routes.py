"""Boot templates: write, list, remove, see which stations fit; their runs, and order one."""

from http import HTTPStatus
from typing import Annotated

from litestar import Response, Router, delete, get, post, put
from litestar.params import Body, PathParameter, QueryParameter

from schemas.boottemplates import RunStatus
from services.api.boottemplates import usecases
from services.api.boottemplates.rows import (
    BootRun,
    BootTemplates,
    BootTemplateView,
    OrderRun,
    Preview,
    ProvisionBootTemplate,
    RunFilter,
    template_view,
)
from services.api.stations.rows import StationPath
from services.api.stations.usecases import known_station
from services.api.web.changing import IfMatch, IfNoneMatch, condition, etag
from services.api.web.paging import Page
from services.api.web.parameters import Cursor, Given, Limit
from services.api.web.problems import documented

TEMPLATES = "/boot-templates"
RUNS = "/boot-runs"

TemplatePath = Annotated[
    str,
    PathParameter(
        description="The template's name: letters, digits and `._-`.", pattern="^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$"
    ),
]
RunPath = Annotated[str, PathParameter(description="The run's id.")]
ByTemplate = Annotated[str | None, QueryParameter(description="Of this template.")]
ByStatus = Annotated[RunStatus | None, QueryParameter(description="Only those of this status.")]


@get(TEMPLATES, summary="List boot templates")
async def list_boot_templates(ports: Given) -> BootTemplates:
    """All templates, in the order in which they run at a station that several fit: by priority, then by name."""
    await ports.reference.caught_up()
    return BootTemplates(items=usecases.templates(ports))


@get(TEMPLATES + "/{template:str}", summary="Get a boot template", responses=documented(404))
async def get_boot_template(template: TemplatePath, ports: Given) -> Response[BootTemplateView]:
    """A template, its secrets shown as `***`. The `ETag` names its state for `If-Match`."""
    await ports.reference.caught_up()
    record = usecases.written_template(ports, template)
    return Response(template_view(record), headers=etag(record))


@put(TEMPLATES + "/{template:str}", summary="Write a boot template", responses=documented(409, 412, 422))
async def put_boot_template(
    template: TemplatePath,
    data: Annotated[ProvisionBootTemplate, Body(description="Which stations get which commands, and when.")],
    ports: Given,
    if_match: IfMatch = None,
    if_none_match: IfNoneMatch = None,
) -> Response[BootTemplateView]:
    """Have a template stand. A run under way is not disturbed; the next boot of a station runs what stands then."""
    record = await usecases.save_template(ports, template, data, given=condition(if_match, if_none_match))
    return Response(template_view(record), headers=etag(record))


@delete(TEMPLATES + "/{template:str}", summary="Remove a boot template", responses=documented(404, 412))
async def delete_boot_template(template: TemplatePath, ports: Given, if_match: IfMatch = None) -> None:
    """Forget a template. What it did at stations stays there, and a run under way goes on."""
    await usecases.remove_template(ports, template, given=condition(if_match))


@get(TEMPLATES + "/{template:str}/preview", summary="List the stations that fit", responses=documented(404, 422))
async def preview_boot_template(
    template: TemplatePath, ports: Given, cursor: Cursor = None, limit: Limit = 50
) -> Preview:
    """The stations that the template would run at, were they to boot now, by id. Reasons of boots are not known before."""
    await ports.reference.caught_up()
    return usecases.preview(ports, template, cursor=cursor, limit=limit)


@get(RUNS, summary="List boot runs", responses=documented(422))
async def list_boot_runs(
    ports: Given,
    *,
    station: Annotated[str | None, QueryParameter(description="At this station.")] = None,
    template: ByTemplate = None,
    status: ByStatus = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[BootRun]:
    """Runs of all stations by the boot or the order that they follow from, newest first."""
    where = RunFilter(station=station, template=template, status=status)
    return await ports.reads.boot_runs(where, cursor=cursor, limit=limit)


@get(RUNS + "/{run:str}", summary="Get a boot run", responses=documented(404))
async def get_boot_run(run: RunPath, ports: Given) -> BootRun:
    """A run with the outcome of each command."""
    return await usecases.known_run(ports, run)


@get("/stations/{station:str}/boot-runs", summary="List a station's boot runs", responses=documented(404, 422))
async def list_boot_runs_of_station(
    station: StationPath,
    ports: Given,
    *,
    template: ByTemplate = None,
    status: ByStatus = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[BootRun]:
    """What the station was sent after its boots, newest first."""
    known = await known_station(ports, station)
    where = RunFilter(station=known.station, template=template, status=status)
    return await ports.reads.boot_runs(where, cursor=cursor, limit=limit)


@post(
    "/stations/{station:str}/boot-runs",
    summary="Run a boot template",
    status_code=HTTPStatus.ACCEPTED,
    responses=documented(404, 409, 422),
)
async def order_boot_run(
    station: StationPath,
    data: Annotated[OrderRun, Body(description="The template; it need not be enabled, but must fit the station.")],
    ports: Given,
) -> BootRun:
    """Run a template at a station now, or as soon as it is connected. 409 says why it cannot be."""
    return await usecases.order_run(ports, station, data.template)


def router() -> Router:
    """Boot templates, their runs, and those of a station."""
    handlers = [
        *(list_boot_templates, get_boot_template, put_boot_template, delete_boot_template, preview_boot_template),
        *(list_boot_runs, get_boot_run, list_boot_runs_of_station, order_boot_run),
    ]
    return Router(path="/", route_handlers=handlers)

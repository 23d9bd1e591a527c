"""Loads of sites: now, over time, and what needs a person."""

from datetime import timedelta
from typing import Annotated

from litestar import Router, get
from litestar.params import QueryParameter

from services.api.energy import watching
from services.api.energy.loadrows import Alert, AlertFilter, LoadFilter, LoadHistory, SiteLoad
from services.api.energy.routes import SITES
from services.api.energy.rows import Need, SitePath
from services.api.energy.usecases import written_site
from services.api.web.paging import Page
from services.api.web.parameters import Cursor, From, Given, Limit, To, in_time
from services.api.web.problems import documented

DAY_S = 86_400

Exceeded = Annotated[bool | None, QueryParameter(description="Only those where a limit is exceeded, or where none is.")]
Over = Annotated[bool | None, QueryParameter(description="Only those that are over, or only those that are not.")]
OfSite = Annotated[str | None, QueryParameter(description="Only those of this site.")]
NodeQuery = Annotated[
    str | None,
    QueryParameter(
        description="The node; null: the grid connection. What an EVSE draws is in the readings of its session."
    ),
]
StepS = Annotated[
    int | None, QueryParameter(ge=1, le=DAY_S, description="Seconds of a step; null: what suits the time.")
]


@get("/site-loads", summary="List the loads of sites", responses=documented(422))
async def list_site_loads(
    ports: Given, exceeded: Exceeded = None, cursor: Cursor = None, limit: Limit = 50
) -> Page[SiteLoad]:
    """Sites of which a load is known, by name, each as it is now."""
    return await ports.reads.site_loads(LoadFilter(exceeded=exceeded), cursor=cursor, limit=limit)


@get(SITES + "/{site:str}/load", summary="Get the load of a site", responses=documented(404))
async def get_site_load(site: SitePath, ports: Given) -> SiteLoad:
    """What flows at a site now, what may, and what each EVSE was told. Follow it by the events `site-load`."""
    await ports.reference.caught_up()
    return await watching.load_now(ports, site)


@get(SITES + "/{site:str}/load/history", summary="Get the load of a node over time", responses=documented(404, 422))
async def get_load_history(
    site: SitePath, ports: Given, *, node: NodeQuery = None, since: From = None, until: To = None, step_s: StepS = None
) -> LoadHistory:
    """A node by steps: the greatest loads in each, and the smallest limits. Without times: the last day.

    Each change is kept for a week, minutes for 400 days.
    """
    in_time(since, until)
    end = until or ports.clock()
    await ports.reference.caught_up()
    return await watching.history(ports, site, node, since=since or end - timedelta(days=1), until=end, step_s=step_s)


@get(SITES + "/{site:str}/needs", summary="List what drivers need", responses=documented(404))
async def list_needs(site: SitePath, ports: Given) -> tuple[Need, ...]:
    """What was stated last of each EVSE. ClickHouse has a statement some seconds after it was taken."""
    await ports.reference.caught_up()
    written_site(ports, site)
    return await ports.reads.site_needs(site)


@get("/site-alerts", summary="List alerts of sites", responses=documented(422))
async def list_site_alerts(
    ports: Given, site: OfSite = None, over: Over = None, cursor: Cursor = None, limit: Limit = 50
) -> Page[Alert]:
    """What needs a person: a station that disobeys, a limit that is exceeded, a meter that is silent. The newest first."""
    return await ports.reads.site_alerts(AlertFilter(site=site, over=over), cursor=cursor, limit=limit)


def router() -> Router:
    """Everything that is only read."""
    return Router(
        path="/",
        route_handlers=[list_site_loads, get_site_load, get_load_history, list_needs, list_site_alerts],
    )

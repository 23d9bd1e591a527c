"""Sites: their trees, written, read and removed."""

from typing import Annotated

from litestar import Response, Router, delete, get, put
from litestar.params import Body

from services.api.energy import usecases
from services.api.energy.rows import ProvisionSite, Site, SitePath, SiteSummary, site_of
from services.api.web.changing import IfMatch, IfNoneMatch, condition, etag
from services.api.web.importing import DryRun
from services.api.web.paging import Page
from services.api.web.parameters import Cursor, Given, Limit
from services.api.web.problems import documented

SITES = "/sites"


@get(SITES, summary="List sites", responses=documented(422))
async def list_sites(ports: Given, cursor: Cursor = None, limit: Limit = 50) -> Page[SiteSummary]:
    """Sites that have a tree, by name."""
    await ports.reference.caught_up()
    return usecases.sites(ports, cursor=cursor, limit=limit)


@get(SITES + "/{site:str}", summary="Get a site", responses=documented(404))
async def get_site(site: SitePath, ports: Given) -> Response[Site]:
    """A site with its tree. The `ETag` names its state for `If-Match`."""
    await ports.reference.caught_up()
    record = usecases.written_site(ports, site)
    return Response(site_of(record), headers=etag(record))


@put(SITES + "/{site:str}", summary="Write the tree of a site", responses=documented(409, 412, 422))
async def put_site(
    site: SitePath,
    data: Annotated[ProvisionSite, Body(description="The whole tree; it replaces the one before.")],
    ports: Given,
    if_match: IfMatch = None,
    if_none_match: IfNoneMatch = None,
    *,
    dry_run: DryRun = False,
) -> Response[Site]:
    """Have a tree stand for a site: from now on limits are kept by it. 422 names everything that is wrong with it at once.

    With `dry_run` nothing is changed: the answer is what would stand, or what is wrong.
    """
    record = await usecases.save_site(ports, site, data, given=condition(if_match, if_none_match), dry_run=dry_run)
    return Response(site_of(record), headers={} if dry_run else etag(record))


@delete(SITES + "/{site:str}", summary="Remove the tree of a site", responses=documented(404, 412))
async def delete_site(site: SitePath, ports: Given, if_match: IfMatch = None) -> None:
    """Forget the tree: nothing is steered there any more. The stations stay, and charge as they do without limits from here."""
    await usecases.remove_site(ports, site, given=condition(if_match))


def router() -> Router:
    """Everything about trees."""
    return Router(path="/", route_handlers=[list_sites, get_site, put_site, delete_site])

"""Trees as files: the nodes of a site as CSV, out and in, and its tree as the JSON that `PUT` takes."""

from typing import Annotated, Any, Literal

import msgspec
from litestar import Request, Response, Router, get, post
from litestar.params import QueryParameter
from msgspec.structs import replace

from schemas.energy import REF_SITES, SiteProvisioned
from schemas.sitetrees import Node, SiteTree
from services.api.energy.routes import SITES
from services.api.energy.rows import Site, SitePath, site_of
from services.api.energy.sheets import COLUMNS, csv_of, nodes_of
from services.api.energy.usecases import save_tree, written_site
from services.api.ports import Ports
from services.api.web.changing import WHATEVER, Condition, IfMatch, condition, etag
from services.api.web.importing import CSV, LARGEST, DryRun, media_type_of, rows_of
from services.api.web.parameters import Given
from services.api.web.problems import FieldError, Problem, documented, invalid_fields

JSON = "application/json"
_ENCODER = msgspec.json.Encoder(decimal_format="number")

Form = Annotated[
    Literal["json", "csv"],
    QueryParameter(description="`json`: the tree, as PUT takes it; `csv`: its nodes, as the import takes them."),
]


def json_of(tree: SiteTree) -> str:
    """A tree as `PUT` takes it, for people: indented, its numbers as numbers."""
    return msgspec.json.format(_ENCODER.encode(tree), indent=2).decode()


def sheet(body: bytes) -> tuple[Node, ...]:
    """The nodes of a file of CSV. Raises Problem naming everything that cannot be read."""
    found = nodes_of([row.members for row in rows_of(body, CSV, COLUMNS)])
    if found.faults:
        raise invalid_fields([FieldError(field=fault.member, detail=fault.detail) for fault in found.faults])
    return found.nodes


async def import_sheet(
    ports: Ports, site: str, body: bytes, *, given: Condition = WHATEVER, dry_run: bool = False
) -> SiteProvisioned:
    """Have the nodes of a file stand for a site; its other members stay, or have their defaults. Raises Problem, Outage."""
    nodes = sheet(body)
    await ports.reference.caught_up()
    before = ports.reference.get(REF_SITES, site)
    known = before.tree if isinstance(before, SiteProvisioned) else None
    tree = SiteTree(nodes=nodes) if known is None else replace(known, nodes=nodes)
    return await save_tree(ports, site, tree, given=given, dry_run=dry_run)


@get(SITES + "/{site:str}/export", summary="Export the tree of a site", responses=documented(404))
async def export_site(site: SitePath, ports: Given, format: Form = "json") -> Response[bytes]:
    """The tree as a file. CSV has a node a row, and what a spreadsheet would take for a formula is preceded by an apostrophe."""
    await ports.reference.caught_up()
    record = written_site(ports, site)
    text, media_type = (csv_of(record.tree.nodes), CSV) if format == "csv" else (json_of(record.tree), JSON)
    headers = etag(record) | {"Content-Disposition": f'attachment; filename="site.{format}"'}
    return Response(text.encode(), media_type=media_type, headers=headers)


@post(
    SITES + "/{site:str}/node-imports",
    summary="Import the nodes of a site",
    status_code=200,
    request_max_body_size=LARGEST,
    responses=documented(409, 412, 413, 415, 422),
)
async def import_nodes(
    request: Request[Any, Any, Any], site: SitePath, ports: Given, if_match: IfMatch = None, *, dry_run: DryRun = False
) -> Response[Site]:
    """Replace the nodes of a site by a file of CSV, as the export gives it; its label, time zone, voltage and meters stay.

    All of them or none: 422 names everything that is wrong. `nodes[3]` is the fourth row below the header.
    """
    if media_type_of(request) != CSV:
        raise Problem(415, f"Send {CSV}; a tree as JSON is written with PUT.")
    record = await import_sheet(ports, site, await request.body(), given=condition(if_match), dry_run=dry_run)
    return Response(site_of(record), headers={} if dry_run else etag(record))


def router() -> Router:
    """Trees as files."""
    return Router(path="/", route_handlers=[export_site, import_nodes])

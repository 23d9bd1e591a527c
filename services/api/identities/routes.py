"""Identities over HTTP: who stands behind a pseudonym, export and erasure."""

from litestar import Router, delete, get
from litestar.response import Stream

from services.api.identities import usecases
from services.api.identities.rows import Erased, Identity, IdentityPath
from services.api.web.importing import JSON_LINES
from services.api.web.parameters import Given
from services.api.web.problems import documented


@get("/{identity:str}", summary="Get a person", responses=documented(404, 409))
async def get_identity(identity: IdentityPath, ports: Given) -> Identity:
    """Who stands behind a pseudonym, or the pseudonym of a token or a customer."""
    return await usecases.identity(ports, identity)


@get("/{identity:str}/export", summary="Export what is known of a person", responses=documented(404, 409))
async def export_identity(identity: IdentityPath, ports: Given) -> Stream:
    """The person, its token and credit, its authorizations, sessions, CDRs, reservations, limits and battery swaps, as JSON lines.

    Each line has a `kind` and a `content`, as the API gives it elsewhere.
    """
    lines = await usecases.export(ports, identity)
    headers = {"Content-Disposition": 'attachment; filename="person.jsonl"'}
    return Stream(lines, media_type=JSON_LINES, headers=headers)


@delete("/{identity:str}", summary="Erase a person", status_code=200, responses=documented(404, 409))
async def erase_identity(identity: IdentityPath, ports: Given) -> Erased:
    """Remove the token, then the only key by which its pseudonyms can be read, from now on and everywhere.

    Sessions and CDRs keep the pseudonym, so that sums stay; the audit log names it alone. Who is named again later is another person.
    """
    return await usecases.erase(ports, identity)


def router() -> Router:
    """Everything below /identities."""
    return Router(path="/identities", route_handlers=[get_identity, export_identity, erase_identity])

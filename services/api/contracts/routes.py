"""Contracts: the roots below which contract certificates of Plug & Charge count."""

from typing import Annotated

from litestar import Response, Router, delete, get, post
from litestar.params import Body

from services.api.contracts import usecases
from services.api.contracts.rows import ContractRoot, RootPath, TrustRoot, root_of
from services.api.web.changing import IfMatch, condition, etag
from services.api.web.parameters import Given
from services.api.web.problems import documented


@get("/contract-roots", summary="List roots of contracts")
async def list_contract_roots(ports: Given) -> tuple[ContractRoot, ...]:
    """Every root below which contract certificates count. How single certificates were judged: `GET /authorizations`."""
    await ports.reference.caught_up()
    return tuple(map(root_of, usecases.roots(ports)))


@post("/contract-roots", summary="Trust a root of contracts", responses=documented(409, 422))
async def trust_contract_root(data: Annotated[TrustRoot, Body()], ports: Given) -> Response[ContractRoot]:
    """Have contract certificates below a root count, within a second. One that is trusted already is changed."""
    record = await usecases.trust(ports, data)
    return Response(root_of(record), headers=etag(record))


@get("/contract-roots/{root:str}", summary="Get a root of contracts", responses=documented(404))
async def get_contract_root(root: RootPath, ports: Given) -> Response[ContractRoot]:
    """A root; the `ETag` names this state for `If-Match`."""
    await ports.reference.caught_up()
    record = usecases.known_root(ports, root)
    return Response(root_of(record), headers=etag(record))


@delete("/contract-roots/{root:str}", summary="Remove a root of contracts", responses=documented(404, 412))
async def remove_contract_root(root: RootPath, ports: Given, if_match: IfMatch = None) -> None:
    """Have contract certificates below a root count no longer: they are answered CertChainError. Sessions that run go on."""
    await ports.reference.caught_up()
    await usecases.remove(ports, root, given=condition(if_match))


def router() -> Router:
    """Roots of contracts."""
    handlers = [list_contract_roots, trust_contract_root, get_contract_root, remove_contract_root]
    return Router(path="/", route_handlers=handlers)

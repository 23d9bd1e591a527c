"""Tariffs: what charging costs, version by version, and what past sessions would have cost."""

import heapq
from typing import Annotated

from litestar import Router, delete, get, post, put
from litestar.params import Body
from msgspec.structs import replace

from schemas.tariffs import MAX_EARLIER, Tariff, TariffAssigned, TariffProvisioned, TariffRemoved
from schemas.topics import REF_TARIFF_ASSIGNMENTS, REF_TARIFFS
from services.api.billmodel import Rated
from services.api.bills import simulated
from services.api.models import Cursor, Given, Limit
from services.api.paging import Place, cursor_of, place_of
from services.api.ports import Ports
from services.api.problems import Problem, documented, invalid, not_found
from services.api.readmodel import Page, Session
from services.api.tariffmodels import ProvisionTariff, Simulate, SimulateDraft, TariffPath, drafted, tariff_id
from services.billing.tariff import versions_of

OPERATOR = "operator"
DRAFT = "draft"


@get("/", summary="List tariffs", responses=documented(422))
async def list_tariffs(ports: Given, cursor: Cursor = None, limit: Limit = 50) -> Page[Tariff]:
    """Tariffs by id, each in its current version, a page at a time."""
    behind = place_of(cursor).id if cursor is not None else ""
    known = ports.reference.all(REF_TARIFFS).items()
    there = (record for key, record in known if key > behind and isinstance(record, TariffProvisioned))
    found = heapq.nsmallest(limit + 1, there, key=lambda record: record.tariff)
    page = found[:limit]
    more = len(found) > limit
    return Page(
        items=tuple(record.current for record in page),
        next_cursor=cursor_of(Place(0, page[-1].tariff)) if more else None,
    )


@get("/{tariff:str}", summary="Get a tariff", responses=documented(404))
async def get_tariff(tariff: TariffPath, ports: Given) -> Tariff:
    """A tariff in its current version."""
    return _known(ports, tariff).current


@get("/{tariff:str}/versions", summary="The versions of a tariff", responses=documented(404))
async def list_versions(tariff: TariffPath, ports: Given) -> tuple[Tariff, ...]:
    """The versions of a tariff that sessions may still be rated by, the newest first."""
    known = _known(ports, tariff)
    return versions_of(known)


@put("/{tariff:str}", summary="Provision a tariff", responses=documented(422))
async def put_tariff(tariff: TariffPath, data: Annotated[ProvisionTariff, Body()], ports: Given) -> Tariff:
    """Say what a tariff is. A change is a new version: sessions that have started keep the one they started with."""
    known = ports.reference.get(REF_TARIFFS, tariff_id(tariff))
    version, earlier = 1, versions_of(known)[:MAX_EARLIER]
    if isinstance(known, TariffProvisioned):
        version = known.current.version + 1
    elif isinstance(known, TariffRemoved):
        version = known.last_version + 1
    current = drafted(tariff, data, version=version, at=ports.clock(), by=OPERATOR)
    if isinstance(known, TariffProvisioned) and _says(known.current) == _says(current):
        return known.current
    record = TariffProvisioned(tariff=tariff, current=current, earlier=earlier)
    await ports.publisher.publish(record)
    await ports.reference.read_back(record)
    return current


def _says(tariff: Tariff) -> Tariff:
    return replace(tariff, version=0, provisioned_by="", provisioned_at=tariff.provisioned_at.min)


@delete("/{tariff:str}", summary="Remove a tariff", responses=documented(404, 409))
async def delete_tariff(tariff: TariffPath, ports: Given) -> None:
    """Forget a tariff that is assigned to nothing. What was billed by it stands; sessions that run by it still are."""
    known = _known(ports, tariff)
    assigned = sorted(
        record.target
        for record in ports.reference.all(REF_TARIFF_ASSIGNMENTS).values()
        if isinstance(record, TariffAssigned) and tariff in record.tariffs
    )
    if assigned:
        raise Problem(409, f"It is assigned to {', '.join(assigned[:5])}{' and others' if assigned[5:] else ''}.")
    record = TariffRemoved(
        tariff=tariff,
        last_version=known.current.version,
        removed_at=ports.clock(),
        removed_by=OPERATOR,
        earlier=versions_of(known),
    )
    await ports.publisher.publish(record)
    await ports.reference.read_back(record)


@post(
    "/{tariff:str}/simulate",
    status_code=200,
    summary="What a past session would have cost",
    responses=documented(404, 422),
)
async def simulate(tariff: TariffPath, data: Annotated[Simulate, Body()], ports: Given) -> Rated:
    """Work a session out by this tariff, whether or not it was valid then. Nothing is billed."""
    known = _known(ports, tariff)
    versions = {version.version: version for version in versions_of(known)}
    wanted = versions.get(known.current.version if data.version is None else data.version)
    if wanted is None:
        raise invalid("version", f"known are {', '.join(str(number) for number in sorted(versions))}")
    return await simulated(ports, await _session(ports, data.session), wanted)


@post("/simulate", status_code=200, summary="What a past session would cost by a draft", responses=documented(422))
async def simulate_draft(data: Annotated[SimulateDraft, Body()], ports: Given) -> Rated:
    """Work a session out by a tariff that is not provisioned. Nothing is kept."""
    draft = drafted(DRAFT, data.tariff, version=0, at=ports.clock(), by=OPERATOR, within="tariff.")
    return await simulated(ports, await _session(ports, data.session), draft)


async def _session(ports: Ports, session: str) -> Session:
    found = await ports.reads.session(session)
    if found is None:
        raise invalid("session", f"there is no session {session!r}")
    return found


def _known(ports: Ports, tariff: str) -> TariffProvisioned:
    known = ports.reference.get(REF_TARIFFS, tariff)
    if not isinstance(known, TariffProvisioned):
        raise not_found(f"No tariff {tariff!r} is provisioned.")
    return known


def router() -> Router:
    """Everything below /tariffs."""
    handlers = [
        list_tariffs,
        get_tariff,
        list_versions,
        put_tariff,
        delete_tariff,
        simulate,
        simulate_draft,
    ]
    return Router(path="/tariffs", route_handlers=handlers, tags=["tariffs"])

"""Tariffs: what charging costs, version by version, and what past sessions would have cost."""

from typing import Annotated

from litestar import Response, Router, delete, get, post, put
from litestar.params import Body

from schemas.tariffchoice import versions_of
from schemas.tariffs import Tariff, TariffProvisioned
from services.api.cdrs.rows import Rated
from services.api.tariffs.rows import ProvisionTariff, Simulate, SimulateDraft, TariffPath
from services.api.tariffs.usecases import (
    known_tariff,
    rate_by_draft,
    rate_by_version,
    remove_tariff,
    save_tariff,
    tariff_page,
)
from services.api.web.changing import IfMatch, IfNoneMatch, condition, etag
from services.api.web.paging import Page
from services.api.web.parameters import Cursor, Given, Limit
from services.api.web.problems import documented


@get("/", summary="List tariffs", responses=documented(422))
async def list_tariffs(ports: Given, cursor: Cursor = None, limit: Limit = 50) -> Page[Tariff]:
    """Tariffs by id, each in its current version, a page at a time."""
    return await tariff_page(ports, cursor=cursor, limit=limit)


@get("/{tariff:str}", summary="Get a tariff", responses=documented(404))
async def get_tariff(tariff: TariffPath, ports: Given) -> Response[Tariff]:
    """A tariff in its current version; the `ETag` names this state for `If-Match`."""
    await ports.reference.caught_up()
    return _answer(known_tariff(ports, tariff))


@get("/{tariff:str}/versions", summary="The versions of a tariff", responses=documented(404))
async def list_versions(tariff: TariffPath, ports: Given) -> tuple[Tariff, ...]:
    """The versions of a tariff that sessions may still be rated by, the newest first."""
    record = known_tariff(ports, tariff)
    return versions_of(record)


@put("/{tariff:str}", summary="Provision a tariff", responses=documented(409, 412, 422))
async def put_tariff(
    tariff: TariffPath,
    data: Annotated[ProvisionTariff, Body()],
    ports: Given,
    if_match: IfMatch = None,
    if_none_match: IfNoneMatch = None,
) -> Response[Tariff]:
    """Say what a tariff is. A change is a new version: sessions that have started keep the one they started with.

    Versions are numbered in one place, whoever asks: two changes at once are two versions, or one of them 412.
    """
    return _answer(await save_tariff(ports, tariff, data, given=condition(if_match, if_none_match)))


def _answer(record: TariffProvisioned) -> Response[Tariff]:
    return Response(record.current, headers=etag(record))


@delete("/{tariff:str}", summary="Remove a tariff", responses=documented(404, 409, 412))
async def delete_tariff(tariff: TariffPath, ports: Given, if_match: IfMatch = None) -> None:
    """Forget a tariff that is assigned to nothing. What was billed by it stands; sessions that run by it still are."""
    await remove_tariff(ports, tariff, given=condition(if_match))


@post(
    "/{tariff:str}/simulate",
    status_code=200,
    summary="What a past session would have cost",
    responses=documented(404, 422),
)
async def simulate(tariff: TariffPath, data: Annotated[Simulate, Body()], ports: Given) -> Rated:
    """Work a session out by this tariff, whether or not it was valid then. Nothing is billed."""
    return await rate_by_version(ports, tariff, data)


@post("/simulate", status_code=200, summary="What a past session would cost by a draft", responses=documented(422))
async def simulate_draft(data: Annotated[SimulateDraft, Body()], ports: Given) -> Rated:
    """Work a session out by a tariff that is not provisioned. Nothing is kept."""
    return await rate_by_draft(ports, data)


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
    return Router(path="/tariffs", route_handlers=handlers)

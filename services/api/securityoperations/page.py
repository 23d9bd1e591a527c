"""Security operations in the console: those of all stations, batches with their waves, and the form that orders one."""

from collections.abc import Mapping
from typing import Any, get_args

import msgspec
from litestar import Request, get, post

from schemas.base import OcppVersion
from schemas.securityoperations import KINDS, OperationStatus
from services.api.console import forms
from services.api.console.pages import PageRequest, Part, Screen
from services.api.console.rendering import Rendered, Shown, page_request
from services.api.securityoperations.routes import ActionPath, BatchPath, OperationPath
from services.api.securityoperations.rows import OperationFilter, OrderBatch, SecurityBatch, SecurityOperation
from services.api.securityoperations.stationpage import members_of
from services.api.securityoperations.usecases import (
    STEERABLE,
    Action,
    batch_page,
    cancel,
    known_batch,
    order_batch,
    steer,
)
from services.api.web.paging import Page
from services.api.web.parameters import Given

HOME, BATCHES = "/security-operations", "/security-batches"
PAGE_SIZE, BATCHES_SHOWN = 50, 20


class Filters(msgspec.Struct, frozen=True, kw_only=True):
    """What the filters offer."""

    kinds: tuple[str, ...] = KINDS
    statuses: tuple[str, ...] = get_args(OperationStatus)


class Making(msgspec.Struct, frozen=True, kw_only=True):
    """What the form of a batch offers."""

    versions: tuple[str, ...] = get_args(OcppVersion)


class OneBatch(msgspec.Struct, frozen=True, kw_only=True):
    """A batch, and what can be done about it."""

    batch: SecurityBatch
    actions: tuple[Action, ...]


async def filters(_: PageRequest) -> Filters:
    """The filters of the list."""
    return Filters()


async def making(_: PageRequest) -> Making:
    """The form for a batch."""
    return Making()


async def operations(asked: PageRequest) -> Page[SecurityOperation]:
    """Operations of all stations, newest first."""
    where = OperationFilter(
        station=asked.get("station") or None, kind=asked.get("kind") or None, status=asked.get("status") or None
    )
    return await asked.ports.reads.security_operations(where, cursor=asked.get("operations"), limit=PAGE_SIZE)


async def batches(asked: PageRequest) -> Page[SecurityBatch]:
    """Batches, newest first."""
    return batch_page(asked.ports, cursor=asked.get("batches"), limit=BATCHES_SHOWN)


async def batch(asked: PageRequest) -> OneBatch:
    """The batch as it is now."""
    found = known_batch(asked.ports, asked.subject)
    return OneBatch(
        batch=found, actions=tuple(action for action, statuses in STEERABLE.items() if found.status in statuses)
    )


async def operations_of_batch(asked: PageRequest) -> Page[SecurityOperation]:
    """The batch's operations."""
    where = OperationFilter(batch=asked.subject, status=asked.get("status") or None)
    return await asked.ports.reads.security_operations(where, cursor=asked.get("operations"), limit=PAGE_SIZE)


LIST = Screen(
    title="Credentials and security profiles",
    nav="securityoperations",
    template="securityoperations/page.html",
    parts=(
        Part(name="batches", template="securityoperations/batches.html", load=batches, poll_s=5),
        Part(name="filters", template="securityoperations/filters.html", load=filters),
        Part(
            name="operations",
            template="securityoperations/rows.html",
            load=operations,
            on="security-operation",
            every_s=2,
            poll_s=30,
        ),
        Part(name="form", template="securityoperations/form.html", load=making),
    ),
)

ONE = Screen(
    title="Batch of security operations",
    nav="securityoperations",
    template="securityoperations/one.html",
    parts=(
        Part(name="batch", template="securityoperations/batch.html", load=batch, poll_s=5),
        Part(
            name="operations",
            template="securityoperations/rows.html",
            load=operations_of_batch,
            on="security-operation",
            every_s=2,
            poll_s=30,
        ),
    ),
)


@get(HOME)
async def listed(request: Request[Any, Any, Any], ports: Given, show: Shown) -> Rendered:
    """The operations of all stations, and the batches."""
    return await show.page(LIST, page_request(request, ports))


@get(BATCHES + "/{batch:str}")
async def shown(request: Request[Any, Any, Any], batch: BatchPath, ports: Given, show: Shown) -> Rendered:
    """A batch."""
    await ports.reference.caught_up()
    found = known_batch(ports, batch)
    return await show.page(ONE, page_request(request, ports, batch), title=found.title or "Batch")


@post(BATCHES, status_code=200)
async def make(request: Request[Any, Any, Any], ports: Given, show: Shown) -> Any:
    """Order a batch."""
    ordered = await order_batch(ports, batch_of_form(await forms.posted(request)))
    text = f"Ordered at {ordered.stations} stations; the first wave begins now."
    return show.notice(request, text, then=f"{BATCHES}/{ordered.batch}")


@post(BATCHES + "/{batch:str}/{action:str}", status_code=200)
async def steered(
    request: Request[Any, Any, Any], batch: BatchPath, action: ActionPath, ports: Given, show: Shown
) -> Any:
    """Pause, resume or stop a batch."""
    await steer(ports, batch, action)
    return show.notice(request, DONE[action], then=f"{BATCHES}/{batch}")


@post(HOME + "/{operation:str}/cancel", status_code=200)
async def cancelled(request: Request[Any, Any, Any], operation: OperationPath, ports: Given, show: Shown) -> Any:
    """Cancel an operation."""
    found = await cancel(ports, operation)
    text = f"The operation at {found.station} is taken back, if nothing was sent that the station acts on by itself."
    return show.notice(request, text, then=HOME)


DONE: Mapping[str, str] = {
    "pause": "Nothing new begins until the batch is resumed.",
    "resume": "The batch goes on.",
    "cancel": "What has not begun does not begin any more.",
}


def batch_of_form(given: Mapping[str, str]) -> OrderBatch:
    """The batch of a form. Raises Problem."""
    numbers = {
        name: forms.whole(name, given.get(name, ""))
        for name in ("first", "wave", "wave_within_s", "spread_s", "max_failures")
    }
    criteria: dict[str, Any] = {
        name: text
        for name in ("vendor", "model", "firmware", "station")
        if (text := given.get(f"of_{name}", "").strip())
    }
    criteria["versions"] = tuple(each for each in get_args(OcppVersion) if f"version-{each}" in given)
    criteria["sites"] = tuple(filter(None, map(str.strip, given.get("of_sites", "").split(","))))
    members = members_of(given) | {name: value for name, value in numbers.items() if value is not None}
    if not given.get("max_failures", "").strip():
        members["max_failures"] = None
    members |= {"title": given.get("title", "").strip(), "criteria": criteria}
    return forms.body(members, OrderBatch)


HANDLERS = (listed, shown, make, steered, cancelled)

"""Tenants in the console: what each uses of its quotas, and the form that sets them."""

from math import isfinite
from typing import Any

import msgspec
from litestar import Request, get, post

from schemas.tenants import Quotas
from services.api.console import forms
from services.api.console.pages import PageRequest, Part, Screen
from services.api.console.rendering import Rendered, Shown, page_request
from services.api.tenants import usecases
from services.api.tenants.quotas import SAYS
from services.api.tenants.rows import ProvisionTenant, Tenant
from services.api.web.changing import tag_of
from services.api.web.parameters import Given
from services.api.web.problems import invalid

HERE = "/tenants"


class Rows(msgspec.Struct, frozen=True, kw_only=True):
    """Every tenant that the reader may see. `limited`: he is limited to them, and sets no quotas."""

    rows: tuple[Tenant, ...]
    limited: bool
    says: dict[str, str]


class Editing(msgspec.Struct, frozen=True, kw_only=True):
    """The form: the tenant that it changes, in which state; empty: a new one. `limited`: there is no form."""

    tenant: str
    title: str
    note: str
    quotas: Quotas
    etag: str
    limited: bool
    says: dict[str, str]


async def rows(asked: PageRequest) -> Rows:
    """The list."""
    limited = asked.ports.principal.limited
    return Rows(rows=usecases.tenants(asked.ports), limited=limited, says=dict(SAYS))


async def editing(asked: PageRequest) -> Editing:
    """What the form begins with."""
    name = asked.get("tenant") or ""
    record = usecases.written(asked.ports, name) if name else None
    return Editing(
        tenant=name,
        title=record.title if record else "",
        note=record.note if record else "",
        quotas=record.quotas if record else Quotas(),
        etag=tag_of(record),
        limited=asked.ports.principal.limited,
        says=dict(SAYS),
    )


PAGE = Screen(
    title="Tenants",
    nav="tenants",
    template="tenants/page.html",
    parts=(
        Part(name="rows", template="tenants/rows.html", load=rows, poll_s=10),
        Part(name="form", template="tenants/form.html", load=editing),
    ),
)


@get(HERE)
async def listed(request: Request[Any, Any, Any], ports: Given, show: Shown) -> Rendered:
    """Tenants with their quotas and what they use."""
    await ports.reference.caught_up()
    return await show.page(PAGE, page_request(request, ports))


@post(HERE, status_code=200)
async def save(request: Request[Any, Any, Any], ports: Given, show: Shown) -> Any:
    """Set a tenant's quotas."""
    given = await forms.posted(request)
    name = given.get("tenant", "").strip()
    figures = {quota: _figure(quota, given.get(quota, "")) for quota in SAYS}
    members = {"title": given.get("title", "").strip(), "note": given.get("note", "").strip(), "quotas": figures}
    saved = await usecases.save_tenant(ports, name, forms.body(members, ProvisionTenant), given=forms.meant(given))
    return show.notice(
        request, f"The quotas of {name} are saved.", then=HERE, etag=tag_of(saved) if given.get("etag") else ""
    )


def _figure(quota: str, text: str) -> float | int | None:
    """A quota as the form has it; None for a blank one. Raises Problem."""
    if quota not in ("requests_per_s", "messages_per_s"):
        return forms.whole(quota, text)
    try:
        figure = float(text) if text.strip() else None
    except ValueError as error:
        raise invalid(quota, "write a number, as 2.5") from error
    if figure is not None and not isfinite(figure):
        raise invalid(quota, "write a number, as 2.5")
    return figure


@post("/tenants/remove", status_code=200)
async def remove(request: Request[Any, Any, Any], ports: Given, show: Shown) -> Any:
    """Lift a tenant's quotas."""
    name = (await forms.posted(request)).get("tenant", "")
    await usecases.remove_tenant(ports, name)
    return show.notice(request, f"{name} has no quotas any more.", then=HERE)


HANDLERS = (listed, save, remove)

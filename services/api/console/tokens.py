"""The tokens' page: who may charge; add, block, remove."""

from collections.abc import Mapping
from typing import Any

import msgspec
from litestar import Request, get, post

from services.api.console import forms
from services.api.console.pages import Asked, Page, Part
from services.api.console.rendering import Rendered, Shown, asked_of
from services.api.models import Given, ProvisionToken, Token
from services.api.readmodel import Page as Rows
from services.api.rest.tokens import delete_token, get_token, list_tokens, put_token

PAGE_SIZE = 50


class Editing(msgspec.Struct, frozen=True, kw_only=True):
    """The token that is being changed; None where a new one is added."""

    token: Token | None


async def rows(asked: Asked) -> Rows[Token]:
    """Tokens in order."""
    found: Rows[Token] = await list_tokens.fn(
        asked.ports, search=asked.get("search"), cursor=asked.get("cursor"), limit=PAGE_SIZE
    )
    return found


async def editing(asked: Asked) -> Editing:
    """What the form begins with."""
    token = asked.get("edit")
    return Editing(token=await get_token.fn(token, asked.ports) if token is not None else None)


PAGE = Page(
    title="Tokens",
    nav="tokens",
    template="tokens.html",
    parts=(
        Part(name="rows", template="tokens/rows.html", load=rows, poll_s=30),
        Part(name="form", template="tokens/form.html", load=editing),
    ),
)


@get("/tokens")
async def listed(request: Request[Any, Any, Any], ports: Given, show: Shown) -> Rendered:
    """Who may charge."""
    return await show.page(PAGE, asked_of(request, ports))


# a token may have any printable character, '/' too: it travels in the form, not in the path


@post("/tokens", status_code=200)
async def save(request: Request[Any, Any, Any], ports: Given, show: Shown) -> Any:
    """Add or change a token."""
    given = await forms.posted(request)
    saved: Token = await put_token.fn(given.get("token", ""), wanted(given), ports)
    return show.notice(request, f"{saved.token} is saved: {saved.status.lower()}.", then="/tokens")


@post("/tokens/status", status_code=200)
async def change_status(request: Request[Any, Any, Any], ports: Given, show: Shown) -> Any:
    """Block a token, or let it charge again."""
    given = await forms.posted(request)
    known: Token = await get_token.fn(given.get("token", ""), ports)
    kept = {name: getattr(known, name) for name in ("expires_at", "group", "concurrent_sessions", "label")}
    body = forms.body({**kept, "status": given.get("status", "")}, ProvisionToken)
    await put_token.fn(known.token, body, ports)
    told = "may charge again" if body.status == "Accepted" else "is blocked"
    return show.notice(request, f"{known.token} {told}.", then="/tokens")


@post("/tokens/remove", status_code=200)
async def remove(request: Request[Any, Any, Any], ports: Given, show: Shown) -> Any:
    """Forget a token."""
    token = (await forms.posted(request)).get("token", "")
    await delete_token.fn(token, ports)
    return show.notice(request, f"{token} was removed.", then="/tokens")


def wanted(given: Mapping[str, str]) -> ProvisionToken:
    """The form as the API's body. Raises Problem."""
    members = {
        "status": given.get("status", "Accepted"),
        "expires_at": forms.moment("expires_at", given.get("expires_at", "")),
        "group": given.get("group", "").strip(),
        "concurrent_sessions": "concurrent_sessions" in given,
        "label": given.get("label", "").strip(),
    }
    return forms.body(members, ProvisionToken)


HANDLERS = (listed, save, change_status, remove)

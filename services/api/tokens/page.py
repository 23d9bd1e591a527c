"""The tokens' page: who may charge; add, block, remove."""

from collections.abc import Mapping
from typing import Any

import msgspec
from litestar import Request, get, post

from schemas.provisioning import revision_of
from services.api.console import forms
from services.api.console.pages import PageRequest, Part, Screen
from services.api.console.rendering import Rendered, Shown, page_request
from services.api.tokens.rows import ProvisionToken, Token
from services.api.tokens.usecases import known_token, remove_token, save_token, token_page, token_row
from services.api.web.changing import Condition, tag_of
from services.api.web.paging import Page
from services.api.web.parameters import Given

PAGE_SIZE = 50


class Editing(msgspec.Struct, frozen=True, kw_only=True):
    """The token that is being changed, in which state; None where a new one is added."""

    token: Token | None
    etag: str = ""


async def rows(part_request: PageRequest) -> Page[Token]:
    """Tokens in order."""
    return await token_page(
        part_request.ports, search=part_request.get("search"), cursor=part_request.get("cursor"), limit=PAGE_SIZE
    )


async def editing(part_request: PageRequest) -> Editing:
    """What the form begins with."""
    token = part_request.get("edit")
    if token is None:
        return Editing(token=None)
    record = known_token(part_request.ports, token)
    return Editing(token=token_row(record), etag=tag_of(record))


PAGE = Screen(
    title="Tokens",
    nav="tokens",
    template="tokens/page.html",
    parts=(
        Part(name="rows", template="tokens/rows.html", load=rows, poll_s=30),
        Part(name="form", template="tokens/form.html", load=editing),
    ),
)


@get("/tokens")
async def listed(request: Request[Any, Any, Any], ports: Given, show: Shown) -> Rendered:
    """Who may charge."""
    return await show.page(PAGE, page_request(request, ports))


# a token may have any printable character, '/' too: it travels in the form, not in the path


@post("/tokens", status_code=200)
async def save(request: Request[Any, Any, Any], ports: Given, show: Shown) -> Any:
    """Add or change a token."""
    given = await forms.posted(request)
    saved = await save_token(ports, given.get("token", ""), wanted(given), given=forms.meant(given))
    return show.notice(
        request,
        f"{saved.token} is saved: {saved.status.lower()}.",
        then="/tokens",
        etag=tag_of(saved) if given.get("etag") else "",
    )


@post("/tokens/status", status_code=200)
async def change_status(request: Request[Any, Any, Any], ports: Given, show: Shown) -> Any:
    """Block a token, or let it charge again."""
    given = await forms.posted(request)
    token_record = known_token(ports, given.get("token", ""))
    members = {name: getattr(token_record, name) for name in ("expires_at", "group", "concurrent_sessions", "label")}
    body = forms.body({**members, "status": given.get("status", "")}, ProvisionToken)
    await save_token(ports, token_record.token, body, given=Condition(tags=frozenset({revision_of(token_record)})))
    sentence = "may charge again" if body.status == "Accepted" else "is blocked"
    return show.notice(request, f"{token_record.token} {sentence}.", then="/tokens")


@post("/tokens/remove", status_code=200)
async def remove(request: Request[Any, Any, Any], ports: Given, show: Shown) -> Any:
    """Forget a token."""
    token = (await forms.posted(request)).get("token", "")
    await remove_token(ports, token)
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

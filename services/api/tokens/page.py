"""The tokens' page: who may charge, by what rules; add, block, top up, remove."""

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any, get_args

import msgspec
from litestar import Request, get, post

from schemas.evsetypes import spelled
from schemas.provisioning import revision_of
from schemas.tokens import TokenType
from services.api.console import forms
from services.api.console.pages import PageRequest, Part, Screen
from services.api.console.rendering import Rendered, Shown, page_request
from services.api.tokens import credits
from services.api.tokens.lines import hour_lines, hours_of, place_lines, places_of
from services.api.tokens.rows import ProvisionToken, Token, TokenLimits, TopUp
from services.api.tokens.usecases import known_token, limits_of, remove_token, save_token, token_page, token_row
from services.api.web.changing import Condition, tag_of
from services.api.web.paging import Page
from services.api.web.parameters import Given
from services.api.web.problems import invalid

PAGE_SIZE = 50


class Editing(msgspec.Struct, frozen=True, kw_only=True):
    """The token that is being changed, in which state; None where a new one is added."""

    token: Token | None
    etag: str = ""
    places: str = ""
    hours: str = ""
    types: tuple[str, ...] = get_args(TokenType)


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
    return Editing(
        token=token_row(part_request.ports, record),
        etag=tag_of(record),
        places=place_lines(record.places),
        hours=hour_lines(record.hours),
    )


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
    members = {name: getattr(token_record, name) for name in ProvisionToken.__struct_fields__ if name != "status"}
    body = forms.body({"status": given.get("status", "")}, ProvisionToken)
    body = msgspec.structs.replace(body, **{**members, "limits": limits_of(token_record)})
    await save_token(ports, token_record.token, body, given=Condition(tags=frozenset({revision_of(token_record)})))
    sentence = "may charge again" if body.status == "Accepted" else "is blocked"
    return show.notice(request, f"{token_record.token} {sentence}.", then="/tokens")


@post("/tokens/top-up", status_code=200)
async def top_up(request: Request[Any, Any, Any], ports: Given, show: Shown) -> Any:
    """Put money on a prepaid token."""
    given = await forms.posted(request)
    members = {
        "amount": _decimal("amount", given.get("amount", "")),
        "currency": given.get("currency", "").strip().upper(),
        "reference": given.get("reference", "").strip(),
    }
    done = await credits.top_up(ports, given.get("token", ""), forms.body(members, TopUp))
    sentence = f"{done.credit.left} {done.credit.currency} are left." if done.applied else "It will show in a moment."
    return show.notice(request, f"The credit is topped up. {sentence}", then="/tokens")


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
        "concurrent_sessions": "concurrent_sessions" in given,
        "shared": "shared" in given,
        **forms.owner(given),
        "prepaid": given.get("prepaid", "").strip().upper(),
        "types": tuple(each for each in get_args(TokenType) if f"type-{each}" in given),
        "cache_s": forms.whole("cache_s", given.get("cache_s", "")),
        "priority": _priority(given.get("priority", "")),
        **{name: given.get(name, "").strip() for name in _TEXTS},
    }
    body = forms.body(members, ProvisionToken)
    return msgspec.structs.replace(
        body,
        limits=forms.body(limit_members(given), TokenLimits),
        places=places_of(given.get("places", "")),
        evse_types=forms.body({"evse_types": _evse_types(given.get("evse_types", ""))}, ProvisionToken).evse_types,
        hours=_valid_hours(given.get("hours", "")),
    )


def _evse_types(text: str) -> list[str]:
    return [spelled(each) for each in text.replace(",", " ").split()]


_TEXTS = ("group", "label", "time_zone", "language", "language2", "message")


def limit_members(given: Mapping[str, str]) -> dict[str, Any]:
    """The limits in a form as the API's members, in the units that people use there. Raises Problem."""
    energy_kwh = _decimal("max_energy_kwh", given.get("max_energy_kwh", ""))
    minutes = forms.whole("max_time_min", given.get("max_time_min", ""))
    return {
        "max_cost": _decimal("max_cost", given.get("max_cost", "")),
        "max_energy_wh": None if energy_kwh is None else energy_kwh * 1000,
        "max_time_s": None if minutes is None else minutes * 60,
        "max_soc_percent": forms.whole("max_soc_percent", given.get("max_soc_percent", "")),
    }


def _valid_hours(text: str) -> tuple[Any, ...]:
    hours = [msgspec.to_builtins(each) for each in hours_of(text)]
    return forms.body({"hours": hours}, ProvisionToken).hours


def _decimal(name: str, text: str) -> Decimal | None:
    """A number, None where the field is blank. Raises Problem."""
    text = text.strip().replace(",", ".")
    try:
        number = Decimal(text) if text else None
    except InvalidOperation as error:
        raise invalid(name, f"{text!r} is no number") from error
    if number is not None and not number.is_finite():
        raise invalid(name, f"{text!r} is no number")
    return number


def _priority(text: str) -> int:
    try:
        return int(text.strip() or "0")
    except ValueError as error:
        raise invalid("priority", "a whole number from -9 to 9") from error


HANDLERS = (listed, save, change_status, top_up, remove)

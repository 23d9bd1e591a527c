"""Use cases of tokens: list, find, provision, remove. Routes and pages call them."""

import base64
import heapq

from schemas.authorization import REF_TOKENS, TokenProvisioned, TokenRemoved, token_key
from schemas.base import Record
from services.api.ports import Ports
from services.api.tokens.rows import ProvisionToken, Token
from services.api.web.changing import WHATEVER, Condition, changed
from services.api.web.paging import BadCursor, Page
from services.api.web.parameters import in_utc
from services.api.web.problems import invalid, not_found

OPERATOR = "operator"

LONGEST_TOKEN = 255  # OCPP 2.1 IdTokenType; 36 in 2.0.1, 20 in 1.6


def _cursor(token: str) -> str:
    return base64.urlsafe_b64encode(token.encode()).decode().rstrip("=")


def _behind(cursor: str) -> str:
    """The token that the next page begins behind. Raises BadCursor."""
    try:
        return base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True).decode()
    except ValueError as error:
        raise BadCursor(f"{cursor!r} is no cursor: take `next_cursor` of the page before") from error


def _matches(record: TokenProvisioned, wanted: str) -> bool:
    return any(wanted in text.casefold() for text in (record.token, record.label, record.group))


async def token_page(ports: Ports, *, search: str | None, cursor: str | None, limit: int) -> Page[Token]:
    """A page of tokens in order; `search`: part of token, label or group, any case. Raises BadCursor."""
    behind = _behind(cursor) if cursor is not None else ""
    wanted = (search or "").casefold()
    matching = (
        record
        for key, record in ports.reference.all(REF_TOKENS).items()
        if key > behind and isinstance(record, TokenProvisioned) and _matches(record, wanted)
    )
    found = heapq.nsmallest(limit + 1, matching, key=lambda record: record.token)
    page, more = found[:limit], len(found) > limit
    return Page(
        items=tuple(token_row(record) for record in page),
        next_cursor=_cursor(page[-1].token) if more else None,
    )


async def save_token(
    ports: Ports, token: str, data: ProvisionToken, *, given: Condition = WHATEVER
) -> TokenProvisioned:
    """Have the operator's word on a token stand. Raises Problem, Outage."""
    key = token_key(token)
    if not 1 <= len(key) <= LONGEST_TOKEN or not key.isprintable():
        raise invalid("token", f"1 to {LONGEST_TOKEN} printable characters")
    record = TokenProvisioned(
        token=key,
        status=data.status,
        expires_at=in_utc("expires_at", data.expires_at),
        group=data.group,
        concurrent_sessions=data.concurrent_sessions,
        label=data.label,
        provisioned_at=ports.clock(),
        provisioned_by=OPERATOR,
    )

    async def made(_: Record | None) -> TokenProvisioned:
        return record

    return await changed(ports, REF_TOKENS, key, made, given=given)


async def remove_token(ports: Ports, token: str, *, given: Condition = WHATEVER) -> None:
    """Forget a token. Raises Problem, Outage."""

    async def made(_: Record | None) -> TokenRemoved:
        before = known_token(ports, token)
        return TokenRemoved(token=before.token, removed_at=ports.clock(), removed_by=OPERATOR)

    await changed(ports, REF_TOKENS, token_key(token), made, given=given)


def known_token(ports: Ports, token: str) -> TokenProvisioned:
    """What is provisioned of a token. Raises Problem: 404."""
    record = ports.reference.get(REF_TOKENS, token_key(token))
    if not isinstance(record, TokenProvisioned):
        raise not_found(f"No token {token!r} is provisioned.")
    return record


def token_row(record: TokenProvisioned) -> Token:
    """The record as the API gives it."""
    return Token(**{name: getattr(record, name) for name in Token.__struct_fields__})

"""Tokens: who may charge, as the operator provisions it."""

import base64
import heapq
from datetime import UTC
from typing import Annotated

from litestar import Router, delete, get, put
from litestar.params import Body, PathParameter, QueryParameter

from schemas.authorization import TokenProvisioned, TokenRemoved, token_key
from schemas.topics import REF_TOKENS
from services.api.models import Cursor, Given, Limit, ProvisionToken, Token
from services.api.paging import BadCursor
from services.api.ports import Ports
from services.api.problems import documented, invalid, not_found
from services.api.readmodel import Page

OPERATOR = "operator"
LONGEST_TOKEN = 255  # OCPP 2.1 IdTokenType; 36 in 2.0.1, 20 in 1.6

TokenPath = Annotated[str, PathParameter(description="The token; upper and lower case are the same.")]


@get("/", summary="List tokens", responses=documented(422))
async def list_tokens(
    ports: Given,
    search: Annotated[str | None, QueryParameter(description="Part of token, label or group, any case.")] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[Token]:
    """Tokens in order, a page at a time."""
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
        items=tuple(_row(record) for record in page),
        next_cursor=_cursor(page[-1].token) if more else None,
    )


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


@get("/{token:str}", summary="Get a token", responses=documented(404))
async def get_token(token: TokenPath, ports: Given) -> Token:
    """What is known of a token."""
    return _row(_known(ports, token))


@put("/{token:str}", summary="Provision a token", responses=documented(422))
async def put_token(token: TokenPath, data: Annotated[ProvisionToken, Body()], ports: Given) -> Token:
    """Say what is known of a token. Answered when it is durable; authorization follows within a second."""
    key = token_key(token)
    if not 1 <= len(key) <= LONGEST_TOKEN or not key.isprintable():
        raise invalid("token", f"1 to {LONGEST_TOKEN} printable characters")
    record = TokenProvisioned(
        token=key,
        status=data.status,
        expires_at=data.expires_at.astimezone(UTC) if data.expires_at is not None else None,
        group=data.group,
        concurrent_sessions=data.concurrent_sessions,
        label=data.label,
        provisioned_at=ports.clock(),
        provisioned_by=OPERATOR,
    )
    await ports.publisher.publish(record)
    await ports.reference.read_back(record)
    return _row(record)


@delete("/{token:str}", summary="Remove a token", responses=documented(404))
async def delete_token(token: TokenPath, ports: Given) -> None:
    """Forget a token: what happens to it then is the deployment's policy for unknown tokens."""
    known = _known(ports, token)
    record = TokenRemoved(token=known.token, removed_at=ports.clock(), removed_by=OPERATOR)
    await ports.publisher.publish(record)
    await ports.reference.read_back(record)


def _known(ports: Ports, token: str) -> TokenProvisioned:
    known = ports.reference.get(REF_TOKENS, token_key(token))
    if not isinstance(known, TokenProvisioned):
        raise not_found(f"No token {token!r} is provisioned.")
    return known


def _row(record: TokenProvisioned) -> Token:
    return Token(**{name: getattr(record, name) for name in Token.__struct_fields__})


def router() -> Router:
    """Everything below /tokens."""
    return Router(path="/tokens", route_handlers=[list_tokens, get_token, put_token, delete_token], tags=["tokens"])

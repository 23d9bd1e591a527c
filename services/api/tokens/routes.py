"""Tokens: who may charge, as the operator provisions it, and the credit of those that are prepaid."""

from http import HTTPStatus
from typing import Annotated

from litestar import Response, Router, delete, get, post, put
from litestar.params import Body, PathParameter, QueryParameter

from schemas.authorization import TokenProvisioned
from services.api.commands.routes import IdempotencyKey
from services.api.ports import Ports
from services.api.tokens.credits import top_up
from services.api.tokens.rows import CreditChange, CreditFilter, ProvisionToken, Token, TokenCredit, TopUp
from services.api.tokens.usecases import known_token, remove_token, save_token, token_page, token_row
from services.api.web.changing import IfMatch, IfNoneMatch, condition, etag
from services.api.web.paging import Page
from services.api.web.parameters import Cursor, Given, Limit
from services.api.web.problems import documented

TokenPath = Annotated[str, PathParameter(description="The token; upper and lower case are the same.")]


@get("/", summary="List tokens", responses=documented(422))
async def list_tokens(
    ports: Given,
    search: Annotated[str | None, QueryParameter(description="Part of token, label or group, any case.")] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[Token]:
    """Tokens in order, a page at a time."""
    return await token_page(ports, search=search, cursor=cursor, limit=limit)


@get("/{token:str}", summary="Get a token", responses=documented(404))
async def get_token(token: TokenPath, ports: Given) -> Response[Token]:
    """What is known of a token; the `ETag` names this state for `If-Match`."""
    await ports.reference.caught_up()
    return _answer(ports, known_token(ports, token))


@put("/{token:str}", summary="Provision a token", responses=documented(409, 412, 422))
async def put_token(
    token: TokenPath,
    data: Annotated[ProvisionToken, Body()],
    ports: Given,
    if_match: IfMatch = None,
    if_none_match: IfNoneMatch = None,
) -> Response[Token]:
    """Say what is known of a token. Answered when it is durable; authorization follows within a second."""
    return _answer(ports, await save_token(ports, token, data, given=condition(if_match, if_none_match)))


@delete("/{token:str}", summary="Remove a token", responses=documented(404, 409, 412))
async def delete_token(token: TokenPath, ports: Given, if_match: IfMatch = None) -> None:
    """Forget a token: what happens to it then is the deployment's policy for unknown tokens."""
    await remove_token(ports, token, given=condition(if_match))


@post(
    "/{token:str}/top-ups",
    summary="Top up a token's credit",
    status_code=HTTPStatus.OK,
    responses=documented(404, 409, 422),
)
async def post_top_up(
    token: TokenPath,
    data: Annotated[TopUp, Body()],
    ports: Given,
    idempotency_key: IdempotencyKey = None,
) -> Response[TokenCredit]:
    """Put money on a prepaid token, or take some back. 200 with the credit that has it; 202 where that takes longer than
    `api_order_wait_s`, or where this Idempotency-Key had its top-up before. Sessions that run may then cost more."""
    done = await top_up(ports, token, data, key=idempotency_key)
    return Response(done.credit, status_code=HTTPStatus.OK if done.applied else HTTPStatus.ACCEPTED)


@get("/{token:str}/credit-changes", summary="Changes of a token's credit", responses=documented(422))
async def list_credit_changes(
    token: TokenPath,
    ports: Given,
    *,
    running: Annotated[
        bool, QueryParameter(description="With each change of what running sessions cost so far, too.")
    ] = False,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[CreditChange]:
    """Top-ups and bills of a token, newest first, with the balance after each."""
    where = CreditFilter(token=token, running=running)
    return await ports.reads.credit_changes(where, cursor=cursor, limit=limit)


def _answer(ports: Ports, record: TokenProvisioned) -> Response[Token]:
    return Response(token_row(ports, record), headers=etag(record))


def router() -> Router:
    """Everything below /tokens."""
    handlers = [list_tokens, get_token, put_token, delete_token, post_top_up, list_credit_changes]
    return Router(path="/tokens", route_handlers=handlers)

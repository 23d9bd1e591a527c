"""Entrance: every request is recognised and judged by its route's policy before anything of it is done."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection, Mapping
from contextlib import AbstractContextManager, nullcontext
from http import HTTPStatus
from typing import Any, Protocol
from urllib.parse import quote

from litestar import Litestar, Request
from litestar.datastructures import Cookie, MutableScopeHeaders
from litestar.enums import ScopeType
from litestar.middleware import ASGIMiddleware
from litestar.response import Redirect
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from services.api.audit.writing import Trail
from services.api.web.auth import OPEN, PROGRAMS, Admitted, Doorkeeper, address_of
from services.api.web.formtokens import STATE as FORM_TOKEN
from services.api.web.formtokens import require_form_token
from services.api.web.policy import POLICY, READING, NounPolicy, Principal, owner, refusal
from services.api.web.problems import Problem
from services.api.web.requestids import request_id_of

PRINCIPAL = "voltbus_principal"
"""Where a request's state has who it is."""

TRAIL = "voltbus_trail"

TURN = "voltbus_turn"
"""Where a request's state has its turn."""

REASON = "x-reason"
"""The header in which a caller says why, for the audit log."""

LONGEST_REASON, LONGEST_PATH = 500, 500

DOCUMENT = "/schema"
"""The OpenAPI document needs a login and no role."""

log = logging.getLogger(__name__)

Used = Callable[[str, str], Awaitable[None]]
"""Hears that an API key was used, from which address."""


class Quotas(Protocol):
    """What tenants may use of this process."""

    def request(self, tenants: Collection[str]) -> None:
        """A request of a principal that is limited to these tenants. Raises Problem: 429."""

    def press(self, tenants: Collection[str]) -> None:
        """A request of whom these tenants limit was answered 429."""

    def transfer(self, tenants: Collection[str]) -> AbstractContextManager[None]:
        """An export or an import, until it is over. Raises Problem: 429."""


class Turn(Protocol):
    """A request in progress."""

    def end(self) -> None:
        """It is over, or does nothing but wait from now on; a second time it does nothing."""


class Door(Protocol):
    """Has requests wait for their turn."""

    async def turn(self, tenants: Collection[str]) -> Turn:
        """Return when a request of whom these tenants limit may begin; the caller ends the turn. Raises Problem: 429."""


HELD_MOST = 1_000
"""Refused requests that wait for their answers at once; the next ones do not wait."""


class Holding:
    """Has refused requests wait for their answers, so that who asks again at once over a kept connection asks less often."""

    def __init__(self, after_s: Callable[[], float]) -> None:
        self._after_s = after_s
        self._held = 0

    async def hold(self) -> None:
        """Return when the refusal may be answered."""
        if self._held >= HELD_MOST or (after_s := self._after_s()) <= 0:
            return
        self._held += 1
        try:
            await asyncio.sleep(after_s)
        finally:
            self._held -= 1


class Masking(Protocol):
    """Takes identities out of requests, and puts them back into answers."""

    async def enter(
        self, scope: Scope, receive: Receive, send: Send, principal: Principal, *, creates: bool
    ) -> tuple[Receive, Send]:
        """Mask a request in place; returns what its body is read from and its answer is sent by."""


class Entrance(ASGIMiddleware):
    """Lets in by key or login whoever the route's policy permits; a person without a login is sent to the login page."""

    scopes = (ScopeType.HTTP,)
    exclude_opt_key = OPEN

    def __init__(
        self,
        doorkeeper: Doorkeeper,
        used: Used,
        trail: Callable[[Mapping[str, Any]], Trail],
        quotas: Quotas,
        holding: Holding,
        *,
        edge: Masking,
        door: Door,
    ) -> None:
        self._edge = edge
        self._door = door
        self._doorkeeper = doorkeeper
        self._quotas = quotas
        self._holding = holding
        self._used = used
        self._trail = trail

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        """Pass the request on, answer with the login page's address, or raise Problem: 401, 403."""
        request: Request[Any, Any, Any] = Request(scope, receive)
        try:
            await self._doorkeeper.look_at_token(request)
            admitted = self._doorkeeper.check(request)
        except Problem as problem:
            if problem.status != HTTPStatus.UNAUTHORIZED or not is_a_persons(request):
                raise
            to_login = Redirect(f"/login?next={quote(_asked_for(request), safe='/')}", status_code=303)
            await to_login.to_asgi_response(app=None, request=request)(scope, receive, send)
            return
        scope["state"][PRINCIPAL], scope["state"][FORM_TOKEN] = admitted.principal, admitted.form_token
        tenants = admitted.principal.scope.tenants
        turn: Turn | None = None
        try:
            self._doorkeeper.require_rate(admitted.principal)
            self._quotas.request(tenants)
            turn = scope["state"][TURN] = await self._door.turn(tenants)
            with self._quotas.transfer(tenants) if tenants and is_transfer(request) else nullcontext():
                await self._admit(request, admitted, next_app, receive, _until_answered(send, turn))
        except Problem as problem:
            if turn is not None:
                turn.end()
            if problem.status == HTTPStatus.TOO_MANY_REQUESTS:
                self._quotas.press(tenants)
                await self._holding.hold()
            raise
        finally:
            if turn is not None:
                turn.end()

    async def _admit(
        self, request: Request[Any, Any, Any], admitted: Admitted, next_app: ASGIApp, receive: Receive, send: Send
    ) -> None:
        """Pass on what the route's policy permits. Raises Problem: 403."""
        scope = request.scope
        answering = send if admitted.cookie is None else _with_cookie(send, admitted.cookie)
        if request.method in READING:
            require_permission(request, admitted.principal)
            await self._note_use(request, admitted)
            receive, answering = await self._edge.enter(scope, receive, answering, admitted.principal, creates=False)
            await next_app(scope, receive, answering)
            return
        creates = may_create(request, admitted.principal)
        receive, answering = await self._edge.enter(scope, receive, answering, admitted.principal, creates=creates)
        request = Request(scope, receive)
        trail = scope["state"][TRAIL] = self._trail(asked_by(request, admitted.principal))
        answered = _Answered(answering)
        try:
            require_permission(request, admitted.principal)
            if admitted.form_token:
                await require_form_token(request, admitted.form_token)
            await self._note_use(request, admitted)
            await next_app(scope, receive, answered)
        except Problem as problem:
            answered.status = problem.status
            raise
        finally:
            await trail.end(answered.status)

    async def _note_use(self, request: Request[Any, Any, Any], admitted: Admitted) -> None:
        if admitted.api_key:
            await self._used(admitted.api_key, address_of(request))


class _Answered:
    """Sends on, and remembers with which status the answer began: 500 where none did."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self.status = int(HTTPStatus.INTERNAL_SERVER_ERROR)

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
        await self._send(message)


def asked_by(request: Request[Any, Any, Any], principal: Principal) -> dict[str, Any]:
    """What the audit log says of a request: who asks for what, from where and why."""
    handler = request.scope["route_handler"]
    policy: NounPolicy | None = handler.opt.get(POLICY)
    need = None if policy is None else policy.need(name_of(handler), request.method)
    return {
        "actor": principal.name,
        "actor_kind": principal.kind,
        "address": address_of(request),
        "request_id": request_id_of(request),
        "method": request.method,
        "route": str(request.scope.get("path_template") or ""),
        "path": request.url.path[:LONGEST_PATH],
        "noun": need.noun if need else "",
        "action": (need.action if need else None) or "",
        "reason": request.headers.get(REASON, "")[:LONGEST_REASON],
        "tenant": owner(principal, None, None),
    }


def is_transfer(request: Request[Any, Any, Any]) -> bool:
    """Whether a request is an export or an import, of which a tenant has few at once."""
    policy: NounPolicy | None = request.scope["route_handler"].opt.get(POLICY)
    return policy is not None and name_of(request.scope["route_handler"]) in policy.policy.transfers


def trail_of(request: Request[Any, Any, Any]) -> Trail | None:
    """Where a request's entries of the audit log go; None for one that changes nothing."""
    found: Trail | None = request.scope["state"].get(TRAIL)
    return found


def may_create(request: Request[Any, Any, Any], principal: Principal) -> bool:
    """Whether a request may come to change something, so that persons whom it names are kept from now on."""
    handler = request.scope["route_handler"]
    policy: NounPolicy | None = handler.opt.get(POLICY)
    if policy is None or request.method == "DELETE" or request.query_params.get("dry_run") == "true":
        return False
    need = policy.need(name_of(handler), request.method)
    return need.action not in (None, "read") and refusal(principal, need) is None


def require_permission(request: Request[Any, Any, Any], principal: Principal) -> None:
    """Refuse what the route's policy does not permit. Raises Problem: 403."""
    handler = request.scope["route_handler"]
    if is_free(handler, request.url.path):
        return
    policy: NounPolicy | None = handler.opt.get(POLICY)
    if policy is None:
        raise Problem(HTTPStatus.FORBIDDEN, "This route has no policy.")
    why = refusal(principal, policy.need(name_of(handler), request.method))
    if why is not None:
        raise Problem(HTTPStatus.FORBIDDEN, why)


def is_free(handler: Any, path: str) -> bool:
    """Whether a route needs no policy: it is open to everybody, has the OpenAPI document, or only says which methods there are."""
    return bool(handler.opt.get(OPEN)) or path.startswith(DOCUMENT) or handler.http_methods == {"OPTIONS"}


def name_of(handler: Any) -> str:
    """A handler by the name of its function, as policies name it."""
    name: str = handler.fn.__name__
    return name


def nouns_of(app: Litestar) -> frozenset[str]:
    """The nouns that permissions may name: those of the routes that have a policy."""
    handlers = (handler for route in app.routes for handler in getattr(route, "route_handlers", ()))
    return frozenset(policy.noun for handler in handlers if (policy := handler.opt.get(POLICY)) is not None)


def principal_of(request: Request[Any, Any, Any]) -> Principal | None:
    """Who a request is; None on routes that are open to everybody."""
    found: Principal | None = request.scope["state"].get(PRINCIPAL)
    return found


def _until_answered(send: Send, turn: Turn) -> Send:
    """Sends on. What is left once an answer begins is a stream, or no work: it is nobody's turn any more."""

    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            turn.end()
        await send(message)

    return sending


def turn_of(request: Request[Any, Any, Any]) -> Turn | None:
    """The turn of a request; None on routes that are open to everybody."""
    found: Turn | None = request.scope["state"].get(TURN)
    return found


def _with_cookie(send: Send, cookie: Cookie) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            MutableScopeHeaders.from_message(message).add("set-cookie", cookie.to_header(header=""))
        await send(message)

    return sending


def is_a_persons(request: Request[Any, Any, Any]) -> bool:
    """A browser's page view: GET, wants HTML, is no path of programs and no part of a page (htmx)."""
    return (
        request.method == "GET"
        and "text/html" in request.headers.get("accept", "")
        and not request.url.path.startswith(PROGRAMS)
        and "hx-request" not in request.headers
    )


def _asked_for(request: Request[Any, Any, Any]) -> str:
    query = request.url.query
    return f"{request.url.path}?{query}" if query else request.url.path

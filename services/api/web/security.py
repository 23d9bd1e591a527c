"""Security headers on every answer, errors included, and the count of answers by route."""

import logging
import time
from collections.abc import Awaitable, Callable
from urllib.parse import quote

from litestar.datastructures import Headers, MutableScopeHeaders
from litestar.enums import ScopeType
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, HTTPResponseStartEvent, HTTPScope, Message, Receive, Scope, Send

from services.api.web.auth import OPEN
from services.api.web.entrance import PRINCIPAL
from services.api.web.metrics import REQUEST_SECONDS, REQUESTS
from services.api.web.requestids import HEADER, id_in
from services.runtime.process.logcontext import about

access = logging.getLogger("voltbus.access")

STARTED = "voltbus_started"
UNMATCHED = "unmatched"
LONGEST = 500
"""Characters of a path in the access log."""
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    # the console's assets are all our own: nothing from elsewhere, no inline script or style
    "Content-Security-Policy": "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self';"
    " frame-ancestors 'none'",
    # pages that an intruder would have to change ask for no camera, no position and no device
    "Permissions-Policy": "accelerometer=(), autoplay=(), camera=(), display-capture=(), encrypted-media=(), fullscreen=(self),"
    " geolocation=(), gyroscope=(), magnetometer=(), microphone=(), midi=(), payment=(), publickey-credentials-get=(),"
    " screen-wake-lock=(), serial=(), usb=(), xr-spatial-tracking=()",
}


class Timed(ASGIMiddleware):
    """Notes when a request reached its route; what is logged while it is served has its id."""

    scopes = (ScopeType.HTTP,)

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        """Note the moment and pass on."""
        scope["state"][STARTED] = time.perf_counter()
        with about(_named(scope)):
            await next_app(scope, receive, send)


def completing(hsts_s: int, *, access_log: bool) -> Callable[[Message, Scope], Awaitable[None]]:
    """What completes each answer. `hsts_s`: for how long a browser that came by https is to come by https alone (RFC 6797).

    `access_log`: each answer has a line in the log.
    """

    async def before_send(message: Message, scope: Scope) -> None:
        if message["type"] != "http.response.start" or scope["type"] != ScopeType.HTTP:
            return
        headers = MutableScopeHeaders.from_message(message)
        if (
            hsts_s and scope["scheme"] == "https"
        ):  # uvicorn has it from X-Forwarded-Proto, of proxies that it trusts alone
            headers.setdefault("Strict-Transport-Security", f"max-age={hsts_s}")
        _complete(headers, message, scope)
        if access_log:
            with about(_named(scope)):
                access.info(*_line(message["status"], scope))

    return before_send


def _complete(headers: MutableScopeHeaders, message: HTTPResponseStartEvent, scope: HTTPScope) -> None:
    """Complete the head of an answer and count it."""
    for name, value in HEADERS.items():
        headers.setdefault(name, value)
    headers.setdefault("Cache-Control", "no-store")
    headers.setdefault(HEADER, _id(scope))
    route = str(scope.get("path_template") or UNMATCHED)
    method = scope["method"] if scope["method"] in METHODS else "other"
    REQUESTS.labels(route, method, str(message["status"])).inc()
    started = scope.get("state", {}).get(STARTED)
    if started is not None:
        REQUEST_SECONDS.labels(route, method).observe(time.perf_counter() - started)


def _id(scope: Scope) -> str:
    return id_in(scope["state"], Headers.from_scope(scope).get(HEADER.lower(), ""))


def _named(scope: Scope) -> str:
    return f"request {_id(scope)}"


def _line(status: int, scope: HTTPScope) -> tuple[object, ...]:
    """A line of the access log. Addresses of open routes may be secrets of those who were given them: their route is named instead."""
    handler = scope.get("route_handler")
    route = str(scope.get("path_template") or UNMATCHED)
    where = quote(scope["path"][:LONGEST]) if handler is not None and not handler.opt.get(OPEN) else route
    principal = scope["state"].get(PRINCIPAL)
    started = scope["state"].get(STARTED)
    took_ms = 0.0 if started is None else (time.perf_counter() - started) * 1_000
    client = scope.get("client")
    who, address = "-" if principal is None else quote(principal.name, safe=":@ "), client[0] if client else "-"
    return "%s %s %d %.1f ms, %s from %s", scope["method"], where, status, took_ms, who, address

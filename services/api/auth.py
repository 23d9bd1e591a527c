"""Auth: who may use the API. One operator key, as bearer token or, for the console, behind a signed cookie."""

import hashlib
import hmac
from collections.abc import Callable
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import msgspec
from litestar import Request
from litestar.enums import ScopeType
from litestar.middleware import ASGIMiddleware
from litestar.response import Redirect
from litestar.types import ASGIApp, Receive, Scope, Send

from services.api.problems import Problem

COOKIE = "voltbus_login"
OPEN = "open"
"""A route with this `opt` needs no key: health, metrics, login, static assets."""

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
PROGRAMS = ("/api/", "/schema")
"""Paths that programs ask for: they get 401, not the login page."""


class OperatorKey:
    """The key of this deployment: compares offered keys in constant time, signs and checks console logins.

    Logins carry their expiry and a signature by the key, no state: every process behind a balancer accepts them, and a
    changed key ends them all.
    """

    def __init__(self, key: str) -> None:
        self._digest = hashlib.sha256(key.encode()).digest()
        self._signing_key = hmac.digest(key.encode(), b"voltbus console login", "sha256")

    def matches(self, offered: str) -> bool:
        """Whether the offered key is the operator's; takes as long for a near miss as for a wild one."""
        given = hashlib.sha256(offered.encode(errors="surrogateescape")).digest()
        return hmac.compare_digest(given, self._digest)

    def login(self, expires_at: datetime) -> str:
        """The cookie's value for a login until then."""
        until = str(int(expires_at.timestamp()))
        return f"{until}.{self._signature(until)}"

    def admits(self, login: str, now: datetime) -> bool:
        """Whether a cookie's value is a login of ours that is not over."""
        until, _, signature = login.partition(".")
        if not until.isascii() or not until.isdigit() or len(until) > 12 or not signature.isascii():
            return False
        genuine = hmac.compare_digest(signature, self._signature(until))
        return genuine and now.timestamp() < int(until)

    def _signature(self, until: str) -> str:
        return hmac.new(self._signing_key, until.encode(), "sha256").hexdigest()


class Login(msgspec.Struct, frozen=True, kw_only=True):
    """A console login to be sent as a cookie."""

    value: str
    max_age_s: int


class Doorkeeper:
    """The key with a clock and the length of a login."""

    def __init__(self, key: OperatorKey, *, clock: Callable[[], datetime], login_s: int) -> None:
        self._key = key
        self._clock = clock
        self._login_s = login_s

    def login(self, offered: str) -> Login | None:
        """A login for whoever has the key; None for others."""
        if not self._key.matches(offered):
            return None
        return Login(
            value=self._key.login(self._clock() + timedelta(seconds=self._login_s)),
            max_age_s=self._login_s,
        )

    def check(self, request: Request[Any, Any, Any]) -> None:
        """Let the request pass. Raises Problem: 401 without a key, 403 for a form of another site behind our cookie."""
        authorization = request.headers.get("authorization", "")
        scheme, _, offered = authorization.partition(" ")
        if scheme.lower() == "bearer":
            if not self._key.matches(offered.strip()):
                raise _unauthorized("The operator key is wrong.")
            return
        if not self._key.admits(request.cookies.get(COOKIE, ""), self._clock()):
            raise _unauthorized("Send the operator key as `Authorization: Bearer <key>`, or log in at /login.")
        # SameSite=Strict already keeps the cookie at home; a sibling subdomain is same-site and is refused here.
        if request.method not in SAFE_METHODS and request.headers.get("sec-fetch-site", "same-origin") not in {
            "same-origin",
            "none",
        }:
            raise Problem(HTTPStatus.FORBIDDEN, "Another site's page may not act with the console's login.")


def _unauthorized(detail: str) -> Problem:
    return Problem(HTTPStatus.UNAUTHORIZED, detail, headers={"WWW-Authenticate": 'Bearer realm="voltbus"'})


class Authentication(ASGIMiddleware):
    """Checks every request but those to open routes; a person without a login is sent to the login page."""

    scopes = (ScopeType.HTTP,)
    exclude_opt_key = OPEN

    def __init__(self, doorkeeper: Doorkeeper) -> None:
        self._doorkeeper = doorkeeper

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        """Pass the request on, answer with the login page's address, or raise Problem."""
        request: Request[Any, Any, Any] = Request(scope)
        try:
            self._doorkeeper.check(request)
        except Problem as problem:
            if problem.status != HTTPStatus.UNAUTHORIZED or not _is_a_persons(request):
                raise
            to_login = Redirect(f"/login?next={quote(_asked_for(request), safe='/')}", status_code=303)
            await to_login.to_asgi_response(app=None, request=request)(scope, receive, send)
            return
        await next_app(scope, receive, send)


def _is_a_persons(request: Request[Any, Any, Any]) -> bool:
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


def local_path(path: str) -> str:
    """The path to go to after the login; the front page for anything that could lead to another site."""
    elsewhere = not path.startswith("/") or path.startswith(("//", "/\\")) or not path.isprintable()
    return "/" if elsewhere else path

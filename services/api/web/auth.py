"""Auth: who may use the API. One operator key, as bearer token or, for the console, behind a signed cookie."""

import hashlib
import hmac
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Any
from urllib.parse import quote, urlsplit

import msgspec
from litestar import Request
from litestar.datastructures import Cookie, MutableScopeHeaders
from litestar.enums import ScopeType
from litestar.middleware import ASGIMiddleware
from litestar.response import Redirect
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from services.api.web.problems import Problem
from services.api.web.throttle import Throttle

COOKIE = "voltbus_login"
OPEN = "open"
"""A route with this `opt` needs no key: health, metrics, login, static assets."""

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
PROGRAMS = ("/api/", "/schema")
"""Paths that programs ask for: they get 401, not the login page."""

OURS = frozenset({"same-origin", "none"})
"""What a browser's `Sec-Fetch-Site` says of our own pages, and of an address that a person typed."""

RENEWED_EACH = 0.1
"""Share of the idle time after which the cookie of a login in use is renewed."""

ADDRESS_UNKNOWN = "-"


class Login(msgspec.Struct, frozen=True, kw_only=True):
    """A console login: it ends at `until` at the latest, and without use since `used_at` earlier. Times in whole seconds since 1970."""

    id: str
    until: int
    used_at: int


class OperatorKey:
    """The key of this deployment: compares offered keys in constant time, signs and checks console logins.

    Logins carry their times and a signature by the key: every process behind a balancer accepts them, and a changed key ends
    them all. Which were ended by hand is told on Kafka.
    """

    def __init__(self, key: str) -> None:
        self._digest = hashlib.sha256(key.encode()).digest()
        self._signing_key = hmac.digest(key.encode(), b"voltbus console login", "sha256")

    def matches(self, offered: str) -> bool:
        """Whether the offered key is the operator's; takes as long for a near miss as for a wild one."""
        given = hashlib.sha256(offered.encode(errors="surrogateescape")).digest()
        return hmac.compare_digest(given, self._digest)

    def signed(self, login: Login) -> str:
        """The cookie's value for a login."""
        text = f"{login.id}.{login.until}.{login.used_at}"
        return f"{text}.{self._signature(text)}"

    def read(self, cookie: str) -> Login | None:
        """The login of a cookie's value; None where the value is not ours."""
        text, _, signature = cookie.rpartition(".")
        if not signature.isascii() or not hmac.compare_digest(signature, self._signature(text)):
            return None
        id_, until, used_at = text.split(".")
        return Login(id=id_, until=int(until), used_at=int(used_at))

    def _signature(self, text: str) -> str:
        return hmac.new(self._signing_key, text.encode(errors="surrogateescape"), "sha256").hexdigest()


class Doorkeeper:
    """The key with a clock, the lengths of a login, the logins that were ended (`is_ended`), and how often a key may be wrong."""

    def __init__(
        self,
        key: OperatorKey,
        *,
        clock: Callable[[], datetime],
        new_id: Callable[[], str],
        is_ended: Callable[[str], bool],
        throttle: Throttle,
        login_s: int,
        idle_s: int,
        secure: bool,
    ) -> None:
        self._key = key
        self._clock = clock
        self._new_id = new_id
        self._is_ended = is_ended
        self._throttle = throttle
        self._login_s = login_s
        self._idle_s = idle_s
        self._secure = secure

    def login(self, offered: str, *, address: str) -> Cookie | None:
        """The cookie of a login for whoever has the key; None for others. Raises Problem: 429 after too many wrong ones."""
        now = self._now_s()
        if wait_s := self._throttle.wait_s(address, now):
            raise Problem(
                HTTPStatus.TOO_MANY_REQUESTS,
                f"Too many wrong keys: no key is looked at for {wait_s} s.",
                headers={"Retry-After": str(wait_s)},
            )
        if not self._key.matches(offered):
            self._throttle.failed(address, now)
            return None
        self._throttle.succeeded(address)
        return self._cookie(Login(id=self._new_id(), until=now + self._login_s, used_at=now))

    def current(self, request: Request[Any, Any, Any]) -> Login | None:
        """The login that a request's cookie carries, while it holds."""
        login = self._key.read(request.cookies.get(COOKIE, ""))
        now = self._now_s()
        if login is None or now >= login.until or now - login.used_at >= self._idle_s or self._is_ended(login.id):
            return None
        return login

    def check(self, request: Request[Any, Any, Any]) -> Cookie | None:
        """Let the request pass; the cookie that says its login anew, where a person used it after a while.

        Raises Problem: 401 without a key, 403 for another site's page behind our cookie.
        """
        scheme, _, offered = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() == "bearer":
            if not self._key.matches(offered.strip()):
                raise _unauthorized("The operator key is wrong.")
            return None
        login = self.current(request)
        if login is None:
            raise _unauthorized("Send the operator key as `Authorization: Bearer <key>`, or log in at /login.")
        require_our_own_page(request)
        now = self._now_s()
        if not _is_use(request) or now - login.used_at < self._idle_s * RENEWED_EACH:
            return None
        return self._cookie(msgspec.structs.replace(login, used_at=now))

    def holds(self, request: Request[Any, Any, Any]) -> bool:
        """Whether what let a request in some time ago would let it in now: a key does, a login until it ends."""
        return "authorization" in request.headers or self.current(request) is not None

    def forgotten(self) -> Cookie:
        """The cookie that makes a browser forget its login."""
        return self._cookie(None)

    def _cookie(self, login: Login | None) -> Cookie:
        return Cookie(
            key=COOKIE,
            value="" if login is None else self._key.signed(login),
            max_age=0 if login is None else login.until - self._now_s(),
            httponly=True,
            samesite="strict",
            secure=self._secure,
            path="/",
        )

    def _now_s(self) -> int:
        return int(self._clock().timestamp())


def ends_at(login: Login) -> datetime:
    """When a login ends at the latest."""
    return datetime.fromtimestamp(0, UTC) + timedelta(seconds=login.until)


def address_of(request: Request[Any, Any, Any]) -> str:
    """The address a request came from: behind a proxy that uvicorn trusts (FORWARDED_ALLOW_IPS), whom the proxy names."""
    return request.client.host if request.client is not None else ADDRESS_UNKNOWN


def require_our_own_page(request: Request[Any, Any, Any]) -> None:
    """Refuse what another site's page sends along with our cookie. Raises Problem.

    SameSite=Strict keeps the cookie at home; this is the second lock, and it holds for subdomains too, which are the same site.
    Browsers say `Sec-Fetch-Site` over https and to this machine, and `Origin` with all that is no plain reading.
    """
    site, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin")
    if site is not None:
        foreign = site not in OURS and (request.method not in SAFE_METHODS or origin is not None)
    else:
        foreign = origin is not None and urlsplit(origin).netloc != request.headers.get("host")
    if foreign:
        raise Problem(HTTPStatus.FORBIDDEN, "Another site's page may not act with the console's login.")


def _is_use(request: Request[Any, Any, Any]) -> bool:
    """Whether a person did something: a page that follows events by itself does not keep a login alive."""
    by_itself = "hx-request" in request.headers or request.url.path.startswith(PROGRAMS)
    return request.method not in SAFE_METHODS or not by_itself


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
            renewed = self._doorkeeper.check(request)
        except Problem as problem:
            if problem.status != HTTPStatus.UNAUTHORIZED or not _is_a_persons(request):
                raise
            to_login = Redirect(f"/login?next={quote(_asked_for(request), safe='/')}", status_code=303)
            await to_login.to_asgi_response(app=None, request=request)(scope, receive, send)
            return
        await next_app(scope, receive, send if renewed is None else _with_cookie(send, renewed))


def _with_cookie(send: Send, cookie: Cookie) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            MutableScopeHeaders.from_message(message).add("set-cookie", cookie.to_header(header=""))
        await send(message)

    return sending


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

"""Auth: who may use the API: keys as bearer tokens, and for the console logins behind a signed cookie."""

import base64
import hashlib
import hmac
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

import msgspec
from litestar import Request
from litestar.datastructures import Cookie

from schemas.logins import LOGINS
from services.api.web.metrics import RATES_REFUSED
from services.api.web.oidc import LEEWAY_S, Claimed, Refused, Tokens, is_token, principal_of, refused
from services.api.web.passwords import Hashing
from services.api.web.policy import Principal
from services.api.web.principals import OPERATOR_KEY, Records, of_key, of_user
from services.api.web.problems import Problem
from services.api.web.rates import Rates
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

CLAIMED = "~"
"""Begins what a login's cookie has of a token's claims: no user is called so."""

TOKEN = "voltbus_token"
"""Where a request's state has what its token says."""

FORM = "form:"
"""Tells tokens of forms from logins and sealed texts, which are signed by the same key."""

SEALED = "sealed:"
"""Tells texts that are sealed from logins, which are signed by the same key."""


class Login(msgspec.Struct, frozen=True, kw_only=True):
    """A console login: it ends at `until` at the latest, and without use since `used_at` earlier. Times in whole seconds since 1970.

    `user`: whose it is; empty for whoever has the operator key. `claimed`: what the token of an OpenID provider said of its owner.
    """

    id: str
    until: int
    used_at: int
    user: str = ""
    claimed: Claimed | None = None


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
        whose = login.user if login.claimed is None else CLAIMED + _packed(login.claimed)
        text = f"{login.id}.{login.until}.{login.used_at}" + (f".{whose}" if whose else "")
        return f"{text}.{self._signature(text)}"

    def read(self, cookie: str) -> Login | None:
        """The login of a cookie's value; None where the value is not ours."""
        text, _, signature = cookie.rpartition(".")
        if not signature.isascii() or not hmac.compare_digest(signature, self._signature(text)):
            return None
        if text.startswith((FORM, SEALED)):
            return None
        id_, until, used_at, *rest = text.split(".", 3)
        whose = "".join(rest)
        if whose.startswith(CLAIMED):
            return Login(id=id_, until=int(until), used_at=int(used_at), claimed=_unpacked(whose[len(CLAIMED) :]))
        return Login(id=id_, until=int(until), used_at=int(used_at), user=whose)

    def form_token(self, login: Login) -> str:
        """What the forms of a login's pages carry: the same for as long as the login lasts, another for each login."""
        return self._signature(FORM + login.id)

    def sealed(self, text: str) -> str:
        """The text with its signature."""
        return f"{text}.{self._signature(SEALED + text)}"

    def unsealed(self, sealed: str) -> str | None:
        """The text; None where the signature is not ours."""
        text, _, signature = sealed.rpartition(".")
        ours = signature.isascii() and hmac.compare_digest(signature, self._signature(SEALED + text))
        return text if ours else None

    def _signature(self, text: str) -> str:
        return hmac.new(self._signing_key, text.encode(errors="surrogateescape"), "sha256").hexdigest()


class Admitted(msgspec.Struct, frozen=True, kw_only=True):
    """Who was let in: by which API key, if it was one, and the cookie that says its login anew, where that is due.

    `form_token`: what a change must carry, where it was let in by a login; empty where it was by a key.
    """

    principal: Principal
    api_key: str = ""
    form_token: str = ""
    cookie: Cookie | None = None


class Doorkeeper:
    """The operator key with a clock, keys and users (`records`), the lengths of a login, and how often a key may be wrong."""

    def __init__(
        self,
        key: OperatorKey,
        *,
        clock: Callable[[], datetime],
        new_id: Callable[[], str],
        records: Records,
        hashing: Hashing,
        failures: int,
        rates: Rates,
        tokens: Tokens,
        login_s: int,
        idle_s: int,
        secure: bool,
    ) -> None:
        self._key = key
        self._clock = clock
        self._new_id = new_id
        self._records = records
        self._hashing = hashing
        self._by_name = Throttle(failures=failures)
        self._throttle = Throttle(failures=failures)
        self._rates = rates
        self.tokens = tokens
        self._login_s = login_s
        self._idle_s = idle_s
        self._secure = secure

    async def login(self, offered: str, *, user: str, address: str) -> Cookie | None:
        """The cookie of a login for whoever has the operator key, or is the user with that password; None for others.

        Raises Problem: 429 after too many wrong ones from the address, or for the user.
        """
        now = self._now_s()
        if wait_s := max(self._throttle.wait_s(address, now), self._by_name.wait_s(user, now) if user else 0):
            raise Problem(
                HTTPStatus.TOO_MANY_REQUESTS,
                f"Too many wrong keys: no key is looked at for {wait_s} s.",
                headers={"Retry-After": str(wait_s)},
            )
        if not (await self._is_password(user, offered) if user else self._key.matches(offered)):
            self._throttle.failed(address, now)
            if user:
                self._by_name.failed(user, now)
            return None
        self._throttle.succeeded(address)
        self._by_name.succeeded(user)
        return self._cookie(Login(id=self._new_id(), until=now + self._login_s, used_at=now, user=user))

    def login_of(self, claimed: Claimed) -> Cookie:
        """The cookie of a login for whom an OpenID provider has signed in; it ends after `login_s`, whatever its token says."""
        now = self._now_s()
        return self._cookie(Login(id=self._new_id(), until=now + self._login_s, used_at=now, claimed=claimed))

    def form_token(self, login: Login) -> str:
        """What a change with this login's cookie has to carry."""
        return self._key.form_token(login)

    def token_of(self, cookie: Cookie) -> str:
        """The same, by a login's cookie that was made just now."""
        login = self._key.read(cookie.value or "")
        return "" if login is None else self.form_token(login)

    def sealed(self, text: str) -> str:
        """A text that only this deployment can have written, for a cookie."""
        return self._key.sealed(text)

    def unsealed(self, cookie: str) -> str | None:
        """The text; None where it is not ours."""
        return self._key.unsealed(cookie)

    async def _is_password(self, user: str, offered: str) -> bool:
        found = of_user(self._records, user)
        kept = "" if found is None else found[1].password_hash
        return await self._hashing.verify(offered, kept) and found is not None

    def current(self, request: Request[Any, Any, Any]) -> Login | None:
        """The login that a request's cookie carries, while it holds."""
        login = self._key.read(request.cookies.get(COOKIE, ""))
        now = self._now_s()
        if login is None or now >= login.until or now - login.used_at >= self._idle_s:
            return None
        return None if self._records.get(LOGINS, login.id) is not None else login

    def principal(self, login: Login) -> Principal | None:
        """Whose login it is; None where it is void: the user was removed or turned off, or has another password since."""
        if login.claimed is not None:
            return principal_of(self._records, login.claimed) if self.tokens.signs_in else None
        if not login.user:
            return OPERATOR_KEY
        found = of_user(self._records, login.user)
        if found is None or login.until - self._login_s < int(found[1].password_changed_at.timestamp()):
            return None
        return found[0]

    def check(self, request: Request[Any, Any, Any]) -> Admitted:
        """Let the request pass, and say who it is.

        Raises Problem: 401 without a key, 403 for another site's page behind our cookie.
        """
        scheme, _, offered = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() == "bearer":
            return self._with_key(request, offered.strip())
        login = self.current(request)
        principal = None if login is None else self.principal(login)
        if login is None or principal is None:
            raise _unauthorized("Send a key as `Authorization: Bearer <key>`, or log in at /login.")
        require_our_own_page(request)
        now = self._now_s()
        if not _is_use(request) or now - login.used_at < self._idle_s * RENEWED_EACH:
            return Admitted(principal=principal, form_token=self._key.form_token(login))
        renewed = self._cookie(msgspec.structs.replace(login, used_at=now))
        return Admitted(principal=principal, cookie=renewed, form_token=self._key.form_token(login))

    def require_rate(self, principal: Principal) -> None:
        """Raises Problem: 429 where the key or user asks too often; the operator key may."""
        if principal.kind == OPERATOR_KEY.kind:
            return
        if wait_s := self._rates.wait_s(principal.name, self._clock().timestamp()):
            RATES_REFUSED.inc()
            sentence = f"{principal.name} asks too often: again in {wait_s} s."
            raise Problem(HTTPStatus.TOO_MANY_REQUESTS, sentence, headers={"Retry-After": str(wait_s)})

    async def look_at_token(self, request: Request[Any, Any, Any]) -> None:
        """Check a request's token of the OpenID provider, if it has one, before `check`. Raises Problem: 401; Outage."""
        scheme, _, offered = request.headers.get("authorization", "").partition(" ")
        if not self.tokens.there or scheme.lower() != "bearer" or not is_token(offered.strip()):
            return
        try:
            request.scope["state"][TOKEN] = await self.tokens.owner(offered.strip())
        except Refused as error:
            raise refused(error) from error

    def _with_key(self, request: Request[Any, Any, Any], offered: str) -> Admitted:
        if self._key.matches(offered):
            return Admitted(principal=OPERATOR_KEY)
        claimed: Claimed | None = request.scope["state"].get(TOKEN)
        if claimed is not None and self._now_s() < claimed.until + LEEWAY_S:
            return Admitted(principal=principal_of(self._records, claimed))
        found = of_key(self._records, offered, self._clock())
        if found is None:
            raise _unauthorized("This key is wrong, revoked or expired.")
        return Admitted(principal=found[0], api_key=found[1])

    def holds(self, request: Request[Any, Any, Any]) -> bool:
        """Whether what let a request in some time ago would let it in now: a key until it is revoked, a login until it ends."""
        try:
            self.check(request)
        except Problem:
            return False
        return True

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


def _packed(claimed: Claimed) -> str:
    return base64.urlsafe_b64encode(msgspec.json.encode(claimed)).decode().rstrip("=")


def _unpacked(text: str) -> Claimed:
    return msgspec.json.decode(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)), type=Claimed)


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


def local_path(path: str) -> str:
    """The path to go to after the login; the front page for anything that could lead to another site."""
    elsewhere = not path.startswith("/") or path.startswith(("//", "/\\")) or not path.isprintable()
    return "/" if elsewhere else path

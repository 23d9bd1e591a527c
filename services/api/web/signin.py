"""Sign-in: people sign in to the console at an OpenID provider, by the authorization code flow with PKCE."""

import secrets
from html import escape
from http import HTTPStatus
from typing import Annotated, Any
from urllib.parse import quote, unquote

from litestar import MediaType, Request, Response, Router, get
from litestar.datastructures import Cookie
from litestar.params import QueryParameter
from litestar.response import Redirect

from services.api.web.auth import OPEN, Doorkeeper, local_path
from services.api.web.entries import say_signed
from services.api.web.metrics import LOGINS
from services.api.web.oidc import Refused
from services.api.web.parameters import Given
from services.api.web.problems import not_found

PATH = "/login/oidc"
COOKIE = "voltbus_signin"
WITHIN_S = 600


def router(doorkeeper: Doorkeeper) -> Router:
    """GET /login/oidc and /login/oidc/callback."""

    @get(PATH, opt={OPEN: True})
    async def begin(
        request: Request[Any, Any, Any], ports: Given, wanted: Annotated[str, QueryParameter(name="next")] = "/"
    ) -> Redirect:
        """Go to the provider. What the way back needs is kept in a cookie of ours, which comes along from the provider's page."""
        if not doorkeeper.tokens.signs_in:
            raise not_found("Nobody signs in by an OpenID provider here: oidc_issuer and oidc_client_id are not set.")
        state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
        redirect = _callback(request, ports.config.public_url)
        url = await doorkeeper.tokens.authorization_url(redirect=redirect, state=state, nonce=nonce, verifier=verifier)
        until = int(ports.clock().timestamp()) + WITHIN_S
        kept = " ".join((str(until), state, nonce, verifier, quote(local_path(wanted), safe="/")))
        cookie = _cookie(quote(doorkeeper.sealed(kept)), WITHIN_S, secure=ports.config.secure_cookie)
        return Redirect(url, status_code=303, cookies=[cookie])

    @get(f"{PATH}/callback", opt={OPEN: True})
    async def come_back(
        request: Request[Any, Any, Any],
        ports: Given,
        back: Annotated[str, QueryParameter(name="state")] = "",
        code: Annotated[str, QueryParameter()] = "",
    ) -> Response[Any]:
        """The provider sends the person back with a code, which is exchanged for a token that says who it is."""
        over = _cookie("", 0, secure=ports.config.secure_cookie)
        kept = _kept(doorkeeper, request, now_s=int(ports.clock().timestamp()))
        if kept is None or not code or not secrets.compare_digest(back.encode(), kept[1].encode()):
            return await _failed(request, ports, over)
        _, _, nonce, verifier, wanted = kept
        redirect = _callback(request, ports.config.public_url)
        try:
            token = await doorkeeper.tokens.redeemed(code, redirect=redirect, verifier=verifier)
            claimed = await doorkeeper.tokens.signed_in(token, nonce=nonce)
        except Refused:
            return await _failed(request, ports, over)
        LOGINS.labels("accepted").inc()
        await say_signed(request, ports, f"oidc:{claimed.name}", "sign-in", status=HTTPStatus.OK)
        return _onward(local_path(wanted), [over, doorkeeper.login_of(claimed)])

    return Router(path="/", route_handlers=[begin, come_back], include_in_schema=False)


def _callback(request: Request[Any, Any, Any], public_url: str) -> str:
    return (public_url or str(request.base_url)).rstrip("/") + f"{PATH}/callback"


def _kept(doorkeeper: Doorkeeper, request: Request[Any, Any, Any], *, now_s: int) -> list[str] | None:
    """Until when, state, nonce, verifier and the page that was wanted; None where they are not ours, or too old."""
    from_cookie = request.cookies.get(COOKIE, "")
    text = doorkeeper.unsealed(unquote(from_cookie))
    parts = [] if text is None else text.split(" ")
    return parts if len(parts) == 5 and int(parts[0]) > now_s else None


async def _failed(request: Request[Any, Any, Any], ports: Any, over: Cookie) -> Response[Any]:
    LOGINS.labels("refused").inc()
    await say_signed(request, ports, "", "sign-in", status=HTTPStatus.UNAUTHORIZED)
    return Redirect("/login?refused=1", status_code=303, cookies=[over])


def _onward(wanted: str, cookies: list[Cookie]) -> Response[str]:
    """A page of ours that goes on by itself: a redirect from the provider's page would not carry a cookie that is strict."""
    there = escape(wanted, quote=True)
    page = f'<!doctype html><meta http-equiv="refresh" content="0;url={there}"><title>Signed in</title><a href="{there}">Go on</a>'
    return Response(page, media_type=MediaType.HTML, cookies=cookies)


def _cookie(value: str, max_age: int, *, secure: bool) -> Cookie:
    return Cookie(key=COOKIE, value=value, max_age=max_age, httponly=True, samesite="lax", secure=secure, path=PATH)

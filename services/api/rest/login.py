"""Login: the console's way to show the operator key once and carry a signed cookie from then on."""

from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import msgspec
from litestar import Request, Response, Router, post
from litestar.datastructures import Cookie
from litestar.response import Redirect

from services.api.auth import COOKIE, OPEN, Doorkeeper, Login, local_path
from services.api.metrics import LOGINS
from services.api.problems import Problem, field_error, invalid, invalid_fields


class Credentials(msgspec.Struct, frozen=True, kw_only=True):
    """What a program sends to log in; a browser sends the same as a form, with `next`, where to go then."""

    key: str


def router(doorkeeper: Doorkeeper, *, secure: bool) -> Router:
    """POST /login and /logout."""

    @post("/login", summary="Log in to the console", opt={OPEN: True}, security=[{}], status_code=HTTPStatus.SEE_OTHER)
    async def log_in(request: Request[Any, Any, Any]) -> Response[None]:
        """A form with `key` (and `next`) is answered with a redirect, JSON `{"key": ...}` with 204; both set the cookie."""
        if request.content_type[0] == "application/json":
            login = doorkeeper.login((await _credentials(request)).key)
            _count(login)
            if login is None:
                raise Problem(HTTPStatus.UNAUTHORIZED, "The operator key is wrong.")
            return Response(None, status_code=HTTPStatus.NO_CONTENT, cookies=[_cookie(login, secure)])
        form = await request.form()
        wanted = local_path(str(form.get("next", "/")))
        login = doorkeeper.login(str(form.get("key", "")))
        _count(login)
        if login is None:
            return Redirect(f"/login?refused=1&next={quote(wanted, safe='/')}", status_code=303)
        return Redirect(wanted, status_code=303, cookies=[_cookie(login, secure)])

    @post(
        "/logout", summary="Log out of the console", opt={OPEN: True}, security=[{}], status_code=HTTPStatus.SEE_OTHER
    )
    async def log_out() -> Redirect:
        """Forget the cookie and go to the login page."""
        forgotten = _cookie(Login(value="", max_age_s=0), secure)
        return Redirect("/login", status_code=303, cookies=[forgotten])

    return Router(path="/", route_handlers=[log_in, log_out], tags=["console"])


async def _credentials(request: Request[Any, Any, Any]) -> Credentials:
    try:
        return msgspec.json.decode(await request.body(), type=Credentials)
    except msgspec.ValidationError as error:
        raise invalid_fields([field_error(str(error))]) from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise invalid("body", "JSON with `key` is expected") from error


def _cookie(login: Login, secure: bool) -> Cookie:
    return Cookie(
        key=COOKIE,
        value=login.value,
        max_age=login.max_age_s,
        httponly=True,
        samesite="strict",
        secure=secure,
        path="/",
    )


def _count(login: Login | None) -> None:
    LOGINS.labels("refused" if login is None else "accepted").inc()

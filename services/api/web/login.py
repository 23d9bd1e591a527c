"""Login: the console's way to show a password or the operator key once, and carry a signed cookie from then on."""

from http import HTTPStatus
from typing import Annotated, Any
from urllib.parse import quote

import msgspec
from litestar import MediaType, Request, Response, Router, post
from litestar.datastructures import Cookie
from litestar.response import Redirect

from schemas.logins import LoginEnded
from services.api.ports import Ports
from services.api.web.auth import OPEN, Doorkeeper, address_of, ends_at, local_path, require_our_own_page
from services.api.web.entries import say_signed
from services.api.web.formtokens import HEADER as FORM_TOKEN
from services.api.web.formtokens import require_form_token
from services.api.web.metrics import LOGINS
from services.api.web.parameters import Given
from services.api.web.problems import Problem, field_error, invalid, invalid_fields


class Credentials(msgspec.Struct, frozen=True, kw_only=True):
    """What a program sends to log in; a browser sends the same as a form, with `next`, where to go then."""

    key: Annotated[str, msgspec.Meta(description="The user's password, or the operator key.")]
    user: Annotated[str, msgspec.Meta(description="Name of the user; empty: the key is the operator key.")] = ""


def router(doorkeeper: Doorkeeper) -> Router:
    """POST /login and /logout."""

    @post("/login", summary="Log in to the console", opt={OPEN: True}, security=[{}], status_code=HTTPStatus.SEE_OTHER)
    async def log_in(request: Request[Any, Any, Any], ports: Given) -> Response[Any]:
        """A form with `key` (and `user`, `next`) is answered with a redirect, JSON `{"user": ..., "key": ...}` with 204;
        both set the cookie. `X-Form-Token` of the answer has to be sent with each request that changes something by the cookie.

        After too many wrong keys from an address it is answered 429, with `Retry-After`.
        """
        require_our_own_page(request)
        if request.content_type[0] == "application/json":
            login = await _entered(doorkeeper, request, ports, given=await _credentials(request))
            if login is None:
                raise Problem(HTTPStatus.UNAUTHORIZED, "The key or the password is wrong.")
            headers = {FORM_TOKEN: doorkeeper.token_of(login)}
            return Response(None, status_code=HTTPStatus.NO_CONTENT, cookies=[login], headers=headers)
        form = await request.form()
        wanted = local_path(str(form.get("next", "/")))
        given = Credentials(key=str(form.get("key", "")), user=str(form.get("user", "")).strip())
        try:
            login = await _entered(doorkeeper, request, ports, given=given)
        except Problem as problem:
            return _too_early(problem)
        if login is None:
            return Redirect(f"/login?refused=1&next={quote(wanted, safe='/')}", status_code=303)
        return Redirect(wanted, status_code=303, cookies=[login], headers={FORM_TOKEN: doorkeeper.token_of(login)})

    @post(
        "/logout", summary="Log out of the console", opt={OPEN: True}, security=[{}], status_code=HTTPStatus.SEE_OTHER
    )
    async def log_out(request: Request[Any, Any, Any], ports: Given) -> Redirect:
        """End the login, for every process, and go to the login page."""
        require_our_own_page(request)
        login = doorkeeper.current(request)
        if login is not None:
            await require_form_token(request, doorkeeper.form_token(login))
            ended = LoginEnded(login=login.id, until=ends_at(login), ended_at=ports.clock())
            await ports.publisher.publish(ended)
            await ports.reference.read_back(ended)
            whose = login.user or (f"oidc:{login.claimed.name}" if login.claimed else "")
            await say_signed(request, ports, whose, "sign-out", status=HTTPStatus.OK)
        return Redirect("/login", status_code=303, cookies=[doorkeeper.forgotten()])

    return Router(path="/", route_handlers=[log_in, log_out], tags=["console"])


async def _entered(
    doorkeeper: Doorkeeper, request: Request[Any, Any, Any], ports: Ports, *, given: Credentials
) -> Cookie | None:
    """The cookie of a login, None where it is refused; what came of it is in the audit log. Raises Problem: 429."""
    status, result = HTTPStatus.TOO_MANY_REQUESTS, "throttled"
    try:
        login = await doorkeeper.login(given.key, user=given.user, address=address_of(request))
        status, result = (HTTPStatus.UNAUTHORIZED, "refused") if login is None else (HTTPStatus.OK, "accepted")
    finally:
        LOGINS.labels(result).inc()
        await say_signed(request, ports, given.user, "sign-in", status=status)
    return login


def _too_early(problem: Problem) -> Response[str]:
    """What a person sees who has to wait."""
    page = f"<!doctype html><title>Wait</title><p>{problem.detail} <a href=/login>Then try again</a>."
    return Response(page, status_code=problem.status, media_type=MediaType.HTML, headers=problem.headers)


async def _credentials(request: Request[Any, Any, Any]) -> Credentials:
    try:
        return msgspec.json.decode(await request.body(), type=Credentials)
    except msgspec.ValidationError as error:
        raise invalid_fields([field_error(str(error))]) from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise invalid("body", "JSON with `key` is expected") from error

"""Public pages of payments: a receipt, and the way from a QR code to the payment page. No login: a word in the address opens them."""

from http import HTTPStatus
from typing import Annotated, Any

import msgspec
from litestar import Request, get
from litestar.params import PathParameter
from litestar.response import Redirect

from schemas.receipts import payment_in
from services.api.cdrs.rows import Cdr
from services.api.console.rendering import Rendered, Shown
from services.api.payments.rows import Payment
from services.api.payments.webpayments import is_set_up, scanned
from services.api.ports import Ports
from services.api.web.auth import OPEN, address_of
from services.api.web.parameters import Given
from services.api.web.problems import Problem

HEADERS = {
    "Cache-Control": "private, max-age=60",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex, nofollow",
}
UNCACHED = {**HEADERS, "Cache-Control": "no-store"}
PUBLIC: Any = {"opt": {OPEN: True}, "include_in_schema": False}

Token = Annotated[str, PathParameter(description="The word of the receipt.")]
Station = Annotated[str, PathParameter(description="The station's id.")]
Evse = Annotated[int, PathParameter(ge=1, le=65_535, description="The EVSE.")]
Password = Annotated[str, PathParameter(description="The one-time password.")]
Version = Annotated[str, PathParameter(description="The version of its algorithm.")]


class Receipt(msgspec.Struct, frozen=True, kw_only=True):
    """What a receipt shows: the payment and the bill of its session, and nothing of who paid."""

    payment: Payment
    cdr: Cdr | None


@get("/receipts/{token:str}", **PUBLIC)
async def receipt(request: Request[Any, Any, Any], token: Token, ports: Given, show: Shown) -> Rendered:
    """The receipt of a settled payment."""
    payment = payment_in(ports.config.upload_key, token)
    _let_in(ports, request, token if payment else "")
    found = await ports.reads.payment(payment) if payment else None
    if found is None or found.status != "settled":
        return _plain(show, "payments/public/none.html", HTTPStatus.NOT_FOUND)
    cdr = await ports.reads.session_cdr(found.session) if found.session else None
    page = show.plain("payments/public/receipt.html", title="Receipt", view=Receipt(payment=found, cdr=cdr))
    page.headers.update(HEADERS)
    return page


@get("/pay/{station:str}/{evse:int}/{password:str}/{version:str}", **PUBLIC)
async def pay_evse(
    request: Request[Any, Any, Any],
    station: Station,
    evse: Evse,
    password: Password,
    version: Version,
    *,
    ports: Given,
    show: Shown,
) -> Any:
    """A driver scanned the code of an EVSE."""
    return _to_payment(request, ports, show, _Code(station, evse, password, version))


@get("/pay/{station:str}/{password:str}/{version:str}", **PUBLIC)
async def pay_station(
    request: Request[Any, Any, Any],
    station: Station,
    password: Password,
    version: Version,
    *,
    ports: Given,
    show: Shown,
) -> Any:
    """A driver scanned the code of a station with one display for all its EVSEs."""
    return _to_payment(request, ports, show, _Code(station, None, password, version))


class _Code(msgspec.Struct, frozen=True):
    station: str
    evse: int | None
    password: str
    version: str


def _to_payment(request: Request[Any, Any, Any], ports: Ports, show: Shown, code: _Code) -> Any:
    """To the payment page, where the code is valid; else a page that says what to do (C25.FR.08, FR.20)."""
    if not is_set_up(ports):
        return _plain(show, "payments/public/none.html", HTTPStatus.NOT_FOUND)
    _wait(ports, address_of(request))
    url = scanned(
        ports, code.station, code.evse, password=code.password, version=code.version, query=request.query_params
    )
    if not url:
        ports.visitors.failed(address_of(request), ports.clock().timestamp())
        return _plain(show, "payments/public/expired.html", HTTPStatus.FORBIDDEN)
    return Redirect(url, status_code=303, headers=UNCACHED)


def _let_in(ports: Ports, request: Request[Any, Any, Any], token: str) -> None:
    """Count a view: of a receipt, or by the address of who offers a wrong word. Raises Problem: 429."""
    visitor = token or address_of(request)
    _wait(ports, visitor)
    ports.visitors.failed(visitor, ports.clock().timestamp())


def _wait(ports: Ports, visitor: str) -> None:
    wait_s = ports.visitors.wait_s(visitor, ports.clock().timestamp())
    if wait_s:
        retry = {"Retry-After": str(wait_s)}
        raise Problem(HTTPStatus.TOO_MANY_REQUESTS, "Too many requests: try again in a minute.", headers=retry)


def _plain(show: Shown, template: str, status: HTTPStatus) -> Rendered:
    page = show.plain(template, title="Payment", status=status)
    page.headers.update(UNCACHED)
    return page


HANDLERS = (receipt, pay_evse, pay_station)

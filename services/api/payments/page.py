"""Payments in the console: all of them, with what is owed first where somebody asks for that, and one with its bill."""

from typing import Any
from urllib.parse import quote

import msgspec
from litestar import Request, get, post

from schemas.payments import DEBT
from services.api.console import forms
from services.api.console.pages import PageRequest, Part, Screen
from services.api.console.rendering import Rendered, Shown, page_request
from services.api.payments import public
from services.api.payments.routes import PaymentPath
from services.api.payments.rows import Payment, PaymentDetails, PaymentFilter, SettledOutside, WebPaymentSetUp
from services.api.payments.settling import settle_outside
from services.api.payments.usecases import payment_details
from services.api.payments.webpayments import is_set_up, set_up
from services.api.web.paging import Page
from services.api.web.parameters import Given
from services.api.web.problems import invalid

PAGE_SIZE = 50
WAIT_S = 10.0


class Ready(msgspec.Struct, frozen=True, kw_only=True):
    """Whether this deployment takes payments by QR code."""

    codes: bool


class Listed(msgspec.Struct, frozen=True, kw_only=True):
    """A page of payments; `debt`: the statuses of those that are owed."""

    items: tuple[Payment, ...]
    next_cursor: str | None
    debt: frozenset[str] = DEBT


async def rows(asked: PageRequest) -> Listed:
    """Payments by their start, newest first."""
    where = PaymentFilter(
        station=asked.get("station") or None,
        status=asked.get("status") or None,
        psp_ref=asked.get("psp_ref") or None,
    )
    page: Page[Payment] = await asked.ports.reads.payments(where, cursor=asked.get("cursor"), limit=PAGE_SIZE)
    return Listed(items=page.items, next_cursor=page.next_cursor)


async def ready(asked: PageRequest) -> Ready:
    """Whether QR codes can be set up here."""
    return Ready(codes=is_set_up(asked.ports))


async def one(asked: PageRequest) -> PaymentDetails:
    """A payment with its bill."""
    return await payment_details(asked.ports, asked.subject.payment.payment)


ALL = Screen(
    title="Payments",
    nav="payments",
    template="payments/page.html",
    parts=(
        Part(name="rows", template="payments/rows.html", load=rows, on="payment", poll_s=30),
        Part(name="codes", template="payments/codes.html", load=ready),
    ),
)
ONE = Screen(
    title="Payment",
    nav="payments",
    template="payments/one.html",
    parts=(
        Part(name="details", template="payments/details.html", load=one, on="payment", poll_s=30),
        Part(name="settle", template="payments/settle.html", load=one),
    ),
)


@get("/payments")
async def shown(request: Request[Any, Any, Any], ports: Given, show: Shown) -> Rendered:
    """Every payment."""
    return await show.page(ALL, page_request(request, ports))


@get("/payments/{payment:str}")
async def shown_one(request: Request[Any, Any, Any], payment: PaymentPath, ports: Given, show: Shown) -> Rendered:
    """One payment."""
    details = await payment_details(ports, payment)
    return await show.page(ONE, page_request(request, ports, details), title=details.payment.psp_ref)


@post("/payments/{payment:str}/settlement", status_code=200)
async def settle(request: Request[Any, Any, Any], payment: PaymentPath, ports: Given, show: Shown) -> Any:
    """Record what became of a settlement outside."""
    given = {name: value.strip() for name, value in (await forms.posted(request)).items() if value.strip()}
    await settle_outside(ports, payment, forms.body(given, SettledOutside))
    return show.notice(request, "The settlement is recorded.", then=f"/payments/{quote(payment, safe='')}")


@post("/payments/codes", status_code=200)
async def set_up_codes(request: Request[Any, Any, Any], ports: Given, show: Shown) -> Any:
    """Give a station what it needs to show QR codes."""
    given = await forms.posted(request)
    station = given.get("station", "").strip()
    if not station:
        raise invalid("station", "name the station")
    data = WebPaymentSetUp(evse=forms.whole("evse", given.get("evse", "")), wait_s=WAIT_S)
    command = await set_up(ports, station, data)
    return show.notice(request, f"Setting up QR codes at {station}: {command.outcome}.", then="/payments")


HANDLERS = (shown, shown_one, settle, set_up_codes, *public.HANDLERS)

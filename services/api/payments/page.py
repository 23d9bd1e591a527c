"""Payments in the console: all of them, with what is owed first where somebody asks for that, and one with its bill."""

from typing import Any

import msgspec
from litestar import Request, get

from schemas.payments import DEBT
from services.api.console.pages import PageRequest, Part, Screen
from services.api.console.rendering import Rendered, Shown, page_request
from services.api.payments import public
from services.api.payments.routes import PaymentPath
from services.api.payments.rows import Payment, PaymentDetails, PaymentFilter
from services.api.payments.usecases import payment_details
from services.api.web.paging import Page
from services.api.web.parameters import Given

PAGE_SIZE = 50


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


async def one(asked: PageRequest) -> PaymentDetails:
    """A payment with its bill."""
    return await payment_details(asked.ports, asked.subject.payment.payment)


ALL = Screen(
    title="Payments",
    nav="payments",
    template="payments/page.html",
    parts=(Part(name="rows", template="payments/rows.html", load=rows, on="payment", poll_s=30),),
)
ONE = Screen(
    title="Payment",
    nav="payments",
    template="payments/one.html",
    parts=(Part(name="details", template="payments/details.html", load=one, on="payment", poll_s=30),),
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


HANDLERS = (shown, shown_one, *public.HANDLERS)

"""Payments: what was paid at stations and what is owed, starts that a kiosk or a website has a payment for, web payments that begin."""

from http import HTTPStatus
from typing import Annotated

from litestar import Response, Router, get, post
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import Body, PathParameter, QueryParameter

from schemas.payments import PaymentStatus
from services.api.commands.routes import IdempotencyKey
from services.api.commands.rows import CommandView
from services.api.commands.views import PENDING
from services.api.payments import settling, usecases, webpayments
from services.api.payments.rows import (
    Payment,
    PaymentDetails,
    PaymentFilter,
    SettledOutside,
    Started,
    StartPaid,
    StartWeb,
    WebPaymentSetUp,
    WebTicketView,
)
from services.api.stations.rows import StationPath
from services.api.web.paging import Page
from services.api.web.parameters import Cursor, Given, Limit
from services.api.web.problems import documented

PaymentPath = Annotated[str, PathParameter(description="The payment's id.")]
STARTED = {202: ResponseSpec(Started, description="The command is `pending`.", generate_examples=False)}
TOLD = {202: ResponseSpec(CommandView, description="The command is `pending`.", generate_examples=False)}


@get("/payments", summary="List payments", responses=documented(422))
async def list_payments(
    ports: Given,
    *,
    station: Annotated[str | None, QueryParameter(description="At this station.")] = None,
    status: Annotated[PaymentStatus | None, QueryParameter(description="Only those of this status.")] = None,
    psp_ref: Annotated[str | None, QueryParameter(description="With this reference, any case.")] = None,
    session: Annotated[str | None, QueryParameter(description="Of this session.")] = None,
    debt: Annotated[bool | None, QueryParameter(description="Only open debts, or none of them.")] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[Payment]:
    """Payments by their start, newest first. A debt is what a station could not settle (C22)."""
    where = PaymentFilter(station=station, status=status, psp_ref=psp_ref, session=session, debt=debt)
    return await ports.reads.payments(where, cursor=cursor, limit=limit)


@get("/payments/{payment:str}", summary="Get a payment", responses=documented(404))
async def get_payment(payment: PaymentPath, ports: Given) -> PaymentDetails:
    """A payment with the bill of its session and what of it is not paid: what a page of a receipt needs."""
    return await usecases.payment_details(ports, payment)


@post(
    "/stations/{station:str}/payments",
    summary="Start with a payment",
    status_code=HTTPStatus.OK,
    responses={**STARTED, **documented(404, 409, 422)},
)
async def start_with_payment(
    station: StationPath,
    data: Annotated[StartPaid, Body(description="The payment's reference, the EVSE, and how the command travels.")],
    ports: Given,
    idempotency_key: IdempotencyKey = None,
) -> Response[Started]:
    """Start a transaction whose token is the reference of an authorised payment: from a kiosk (C24) or a website (C25)."""
    started = await usecases.start_paid(ports, station, data, key=idempotency_key)
    return Response(started, status_code=_status(started.command))


@post(
    "/stations/{station:str}/web-payments",
    summary="Say that a web payment has begun",
    status_code=HTTPStatus.OK,
    responses={**TOLD, **documented(404, 409, 422)},
)
async def begin_web_payment(
    station: StationPath,
    data: Annotated[StartWeb, Body(description="The EVSE, how long it takes, and how the command travels.")],
    ports: Given,
    idempotency_key: IdempotencyKey = None,
) -> Response[CommandView]:
    """Have the station keep an EVSE for a driver who pays on the web, until the start comes or the time is over (C25.FR.21)."""
    command = await usecases.start_web(ports, station, data, key=idempotency_key)
    return Response(command, status_code=_status(command))


@post(
    "/stations/{station:str}/web-payments/set-up",
    summary="Set up QR codes for payments",
    status_code=HTTPStatus.OK,
    responses={**TOLD, **documented(404, 409, 422)},
)
async def set_up_web_payments(
    station: StationPath,
    data: Annotated[WebPaymentSetUp, Body(description="The EVSE of the display, and how the command travels.")],
    ports: Given,
) -> Response[CommandView]:
    """Give a 2.1 station what it needs to show QR codes with one-time passwords (WebPaymentsCtrlr, C25): one command, SetConfiguration."""
    command = await webpayments.set_up(ports, station, data)
    return Response(command, status_code=_status(command))


@get("/web-tickets/{ticket:str}", summary="Read a ticket of a QR code", responses=documented(404))
async def read_ticket(
    ticket: Annotated[str, PathParameter(description="The ticket with which the payment page was opened.")],
    ports: Given,
) -> WebTicketView:
    """Where a driver is who was sent to the payment page, and what he asked for at the station; 404 once its time is over.

    A payment page takes no payment without one: the code was valid (C25.FR.08). It starts the session with
    `POST /stations/{station}/payments`.
    """
    return webpayments.ticket_told(ports, ticket)


@post(
    "/payments/{payment:str}/settlement",
    summary="Record a settlement",
    status_code=HTTPStatus.ACCEPTED,
    responses=documented(404, 422),
)
async def record_settlement(
    payment: PaymentPath,
    data: Annotated[SettledOutside, Body(description="What the payment service provider made of it.")],
    ports: Given,
) -> Payment:
    """Say what became of a settlement outside; the newest word counts, and a repeat changes nothing. The answer is the payment as it was.

    The bill to settle comes as the event `cdr.issued`, with the payment's reference as its token of the type DirectPayment;
    `payment.changed` tells what became of it.
    """
    return await settling.settle_outside(ports, payment, data)


def _status(command: CommandView) -> HTTPStatus:
    return HTTPStatus.ACCEPTED if command.outcome == PENDING else HTTPStatus.OK


def router() -> Router:
    """Payments, below stations and by themselves."""
    return Router(
        path="/",
        route_handlers=[
            *(list_payments, get_payment, start_with_payment, begin_web_payment),
            *(set_up_web_payments, read_ticket, record_settlement),
        ],
    )

"""Use cases of payments: find them with their bills, start with one, say that a web payment has begun. Routes and pages call them."""

from decimal import Decimal
from typing import Any

import msgspec

from schemas.payments import DEBT, DIRECT_PAYMENT, payment_of
from services.api.cdrs.rows import Cdr
from services.api.commands.bodies import Asking, SendCommand
from services.api.commands.rows import CommandView
from services.api.commands.usecases import ask
from services.api.payments.rows import Payment, PaymentDetails, Started, StartPaid, StartWeb
from services.api.ports import Ports
from services.api.stations.usecases import known_station
from services.api.web.problems import not_found

NOUGHT = Decimal(0)


async def payment_details(ports: Ports, payment: str) -> PaymentDetails:
    """A payment with the bill of its session. Raises Problem: 404; Outage."""
    found = await ports.reads.payment(payment)
    if found is None:
        raise not_found(f"There is no payment {payment!r}.")
    cdr = await ports.reads.session_cdr(found.session) if found.session else None
    return PaymentDetails(payment=found, cdr=cdr, owed=owed(found, cdr))


def owed(payment: Payment, cdr: Cdr | None) -> Decimal | None:
    """What of the bill is not paid; the amount that was to be settled, where that failed and nothing is billed; None: nobody knows."""
    paid = payment.amount or NOUGHT if payment.status == "settled" else NOUGHT
    if cdr is None or cdr.costs is None:
        return payment.amount if payment.status in DEBT else None
    total = cdr.costs.total
    return (total.excl_vat if total.incl_vat is None else total.incl_vat) - paid


async def start_paid(ports: Ports, station: str, data: StartPaid, *, key: str | None = None) -> Started:
    """Start a transaction with a payment (C24.FR.01, C25.FR.23). Raises Problem, as `commands.ask` does; Outage."""
    arguments: dict[str, Any] = {"token": data.psp_ref, "token_type": DIRECT_PAYMENT}
    if data.evse is not None:
        arguments["evse"] = data.evse
    if data.limit is not None:
        arguments["limit"] = msgspec.to_builtins(data.limit)
    known = await known_station(ports, station)
    command = await ask(ports, known.station, _command("RemoteStart", arguments, data), key=key)
    return Started(payment=payment_of(known.station, data.psp_ref), command=command)


async def start_web(ports: Ports, station: str, data: StartWeb, *, key: str | None = None) -> CommandView:
    """Say that somebody pays on the web for an EVSE (C25.FR.21). Raises Problem; Outage."""
    arguments = {"evse": data.evse, "timeout_s": data.timeout_s}
    return await ask(ports, station, _command("NotifyWebPaymentStarted", arguments, data), key=key)


def _command(name: str, arguments: dict[str, Any], asking: Asking) -> SendCommand:
    travel = {name: getattr(asking, name) for name in Asking.__struct_fields__}
    return SendCommand(command=name, arguments=arguments, **travel)

"""Web payments by dynamic QR codes (2.1, C25): stations are set up to show them, and a driver who scans one is sent to the payment page.

The address in the code is `<api_public_url>/pay/{chargingstationid}/{evse}/{totp}/{version}`, without the EVSE where a station has one
display for all. Nothing is paid here: `web_payment_url` is the page of the operator, or of its payment service provider.
"""

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

from schemas.transactionlimits import MOST, NO_LIMIT, TransactionLimit
from services.api.commands.bodies import Asking, SendCommand
from services.api.commands.rows import CommandView
from services.api.commands.usecases import ask
from services.api.payments.onetime import VERSION, is_valid, secret_of
from services.api.payments.rows import WebPaymentSetUp, WebTicketView
from services.api.payments.webtickets import WebTicket, opened, sealed
from services.api.ports import Ports
from services.api.stations.usecases import known_station
from services.api.web.problems import Problem, not_found

PATH = "/pay/"
TICKET_S = 900
"""So long a driver may take on the payment page."""

QUERY = {"maxcost": "max_cost", "maxenergy": "max_energy_wh", "maxtime": "max_time_s"}
"""Members of a limit by the parameters of the address (C25.FR.56 to FR.59)."""

NOT_SET_UP = "This deployment takes no payments by QR code: set api_public_url, secrets_key_file and web_payment_url, the payment page."
NO_TICKET = "There is no such ticket, or its time is over: the driver has to scan the code again."


def is_set_up(ports: Ports) -> bool:
    """Whether the deployment takes payments by QR code."""
    config = ports.config
    return bool(config.public_url and config.upload_key and config.web_payment_url)


def url_template(public_url: str, *, evse: bool) -> str:
    """The template of the address that stations put into their codes (C25.FR.50 to FR.52)."""
    place = "{chargingstationid}/{evse}" if evse else "{chargingstationid}"
    return f"{public_url.rstrip('/')}{PATH}{place}/{{totp}}/{{version}}"


async def set_up(ports: Ports, station: str, data: WebPaymentSetUp) -> CommandView:
    """Give a station the address, the secret and the times of its codes. Raises Problem: 404, 409, as `commands.ask` does; Outage."""
    if not is_set_up(ports):
        raise Problem(HTTPStatus.CONFLICT, NOT_SET_UP)
    known, config = await known_station(ports, station), ports.config
    values = {
        "URLTemplate": url_template(config.public_url, evse=data.evse is not None),
        "TOTPVersion": VERSION,
        "ValidityTime": str(config.web_payment_validity_s),
        "Length": str(config.web_payment_password_length),
        "SharedSecret": secret_of(config.upload_key, known.station),
        "Enabled": "true",
    }
    place = {} if data.evse is None else {"evse": data.evse}
    settings = [
        {"component": "WebPaymentsCtrlr", "variable": name, "value": value, **place} for name, value in values.items()
    ]
    travel = {name: getattr(data, name) for name in Asking.__struct_fields__}
    command = SendCommand(command="SetConfiguration", arguments={"settings": settings}, **travel)
    return await ask(ports, known.station, command)


def scanned(
    ports: Ports, station: str, evse: int | None, *, password: str, version: str, query: Mapping[str, str]
) -> str:
    """The address of the payment page for a driver who scanned a code; empty where the code is not valid (C25.FR.07, FR.08)."""
    config, now_s = ports.config, ports.clock().timestamp()
    right = version == VERSION and is_valid(
        password,
        secret_of(config.upload_key, station),
        at_s=now_s,
        validity_s=config.web_payment_validity_s,
        length=config.web_payment_password_length,
    )
    if not right:
        return ""
    ticket = WebTicket(station=station, evse=evse, limit=asked_limit(query), until_s=int(now_s) + TICKET_S)
    return config.web_payment_url.replace("{ticket}", quote(sealed(config.upload_key, ticket), safe=""))


def asked_limit(query: Mapping[str, str]) -> TransactionLimit:
    """What the driver asked for at the station; a parameter that is no sensible number is left out (C25.FR.59, FR.60)."""
    members: dict[str, Any] = {}
    for name, value in query.items():
        member = QUERY.get(name.casefold())
        number = _number(value)
        if member is None or number is None or not 0 < number <= MOST[member]:
            continue
        members[member] = int(number) if member == "max_time_s" else number
    return TransactionLimit(**members) if members else NO_LIMIT


def _number(text: str) -> Decimal | None:
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def ticket_told(ports: Ports, text: str) -> WebTicketView:
    """What a ticket says. Raises Problem: 404."""
    ticket = opened(ports.config.upload_key, text, at_s=ports.clock().timestamp())
    if ticket is None:
        raise not_found(NO_TICKET)
    until = dt.datetime.fromtimestamp(ticket.until_s, tz=dt.UTC)
    return WebTicketView(station=ticket.station, evse=ticket.evse, limit=ticket.limit, expires_at=until)

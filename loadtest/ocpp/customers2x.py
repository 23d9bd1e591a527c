"""What a simulated 2.x station keeps of its customers: it reports that and clears it (N09, N10). PURE."""

from collections.abc import Mapping
from typing import Any

from loadtest.ocpp.intents import Reply, Row, Say, View
from loadtest.ocpp.messages import Message
from loadtest.ocpp.replies import Request, status


class _IdToken(Request, frozen=True, rename="camel"):
    id_token: str


class _Customer(Request, frozen=True, rename="camel"):
    request_id: int
    report: bool
    clear: bool
    id_token: _IdToken | None = None
    customer_identifier: str = ""


def _customer(view: View, request: Any) -> Reply:
    """All that it keeps of a customer is the token on its local list, which only the CSMS changes (N10.FR.03)."""
    if (request.id_token is None) == (not request.customer_identifier):
        return status("Invalid")  # N09.FR.09
    if not (request.report or request.clear):
        return status("Rejected")  # N09.FR.07
    known = request.id_token is not None and view.local_list.get(request.id_token.id_token)
    told = f"local list: {known}" if known and request.report else "no data was found" if request.report else "cleared"
    payload = {"data": told, "seqNo": 0, "generatedAt": view.at, "requestId": request.request_id, "tbc": False}
    return status("Accepted", Say(messages=(Message("NotifyCustomerInformation", payload),)))


CUSTOMERS_2X: Mapping[str, Row] = {"CustomerInformation": (_Customer, _customer)}

"""Customer information: asked for and cleared, and told in parts (N09, N10). 1.6 has none."""

from typing import Any

from gateway.ocpp.rows import Call, Capability, Draft, Invalid, Outbound, carries, present, spelled, stored
from gateway.ocpp.spelling.moments import moment
from schemas.base import Record
from schemas.customers import CustomerInformation, CustomerInformationReported
from schemas.reports import request_id_of


def reported_2x(wire: Any, call: Call) -> tuple[Record, ...]:
    """2.x NotifyCustomerInformation: one part."""
    told = moment(wire.generatedAt, call.context)
    return (
        CustomerInformationReported(
            id=call.id("customer-information"),
            station=call.context.station,
            request_id=wire.requestId,
            seq_no=wire.seqNo or 0,
            last=not wire.tbc,
            generated_at=told.at,
            data=wire.data or "",
            deviations=told.deviations,
            received_at=call.context.received_at,
        ),
    )


def ask_2x(command: CustomerInformation, command_id: str) -> Draft | Invalid:
    """2.x CustomerInformation: one customer, named in one way (N09.FR.04, FR.09), and something to do (N09.FR.07)."""
    if bool(command.token) == bool(command.customer_identifier):
        return Invalid(description="name the customer by a token or by an identifier, not by both")
    if not (command.report or command.clear):
        return Invalid(description="have it told, or cleared, or both")
    token = {"idToken": command.token, "type": command.token_type} if command.token else None
    return Draft(
        "CustomerInformation",
        present(
            idToken=token,
            requestId=request_id_of(command_id),
            report=command.report,
            clear=command.clear,
            customerIdentifier=command.customer_identifier or None,
        ),
    )


CUSTOMERS = Capability(
    inbound=(
        stored(
            "NotifyCustomerInformation",
            spelled(v2x=reported_2x),
            carried=spelled(v2x=carries("data tbc seqNo generatedAt requestId")),
            needs=spelled(v2x="requestId"),
        ),
    ),
    outbound=(Outbound(command=CustomerInformation, to=spelled(v2x=ask_2x)),),
)

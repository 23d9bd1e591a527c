"""Reservations: asked of stations and cancelled (H01, H02; 1.6, 5.13 and 5.3), and what stations say of their end (H04)."""

from typing import Any, get_args

from gateway.ocpp.facts import fact
from gateway.ocpp.rows import Call, Capability, Draft, Outbound, Unsupported, carries, present, spelled, stored
from gateway.ocpp.spelling.alike import alike
from gateway.ocpp.spelling.moments import rfc3339
from schemas.base import Record
from schemas.reservations import CancelReservation, ReservationStatusReported, ReserveNow, reservation_id_of

ANY_CONNECTOR_16 = 0
"""1.6, 5.13: no connector of its own, if the station has ReserveConnectorZeroSupported; else it answers Rejected."""

STATUSES = frozenset(get_args(ReservationStatusReported.__annotations__["status"]))


def status_2x(wire: Any, call: Call) -> tuple[Record, ...]:
    """2.x ReservationStatusUpdate: a reservation ended without a session."""
    if wire.reservationUpdateStatus not in STATUSES:
        return fact(call, "reservations")  # a word that nothing here can act on: kept as it came
    return (
        ReservationStatusReported(
            id=call.id("reservation-status"),
            station=call.context.station,
            reservation_id=wire.reservationId,
            status=wire.reservationUpdateStatus,
            received_at=call.context.received_at,
        ),
    )


def reserve_16(command: ReserveNow, command_id: str) -> Draft | Unsupported:
    """1.6 ReserveNow (5.13): connector n is EVSE n; no EVSE is connector 0."""
    if command.connector_type:
        return Unsupported(reason="OCPP 1.6 reserves no connector type: name an EVSE, or none")
    return Draft(
        "ReserveNow",
        present(
            connectorId=ANY_CONNECTOR_16 if command.evse is None else command.evse,
            expiryDate=rfc3339(command.expires_at),
            idTag=command.token,
            parentIdTag=command.group or None,
            reservationId=_number(command, command_id),
        ),
    )


def reserve_2x(command: ReserveNow, command_id: str) -> Draft:
    """2.x ReserveNow (H01). A group is a token of the CSMS's own, so its type is Central (C09)."""
    return Draft(
        "ReserveNow",
        present(
            id=_number(command, command_id),
            expiryDateTime=rfc3339(command.expires_at),
            connectorType=command.connector_type or None,
            idToken={"idToken": command.token, "type": command.token_type},
            evseId=command.evse,
            groupIdToken={"idToken": command.group, "type": "Central"} if command.group else None,
        ),
    )


def _number(command: ReserveNow, command_id: str) -> int:
    return reservation_id_of(command_id) if command.reservation_id is None else command.reservation_id


RESERVATIONS = Capability(
    inbound=(
        stored(
            "ReservationStatusUpdate",
            spelled(v2x=status_2x),
            carried=spelled(v2x=carries("reservationId reservationUpdateStatus")),
            needs=spelled(v2x="reservationId"),
        ),
    ),
    outbound=(
        Outbound(command=ReserveNow, to=spelled(v16=reserve_16, v2x=reserve_2x)),
        Outbound(command=CancelReservation, to=spelled(v16=alike("CancelReservation"), v2x=alike("CancelReservation"))),
    ),
)

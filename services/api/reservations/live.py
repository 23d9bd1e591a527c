"""Reservations as they change: their events, and their reads as new as Kafka. PURE."""

from schemas.authorization import token_key
from schemas.reservations import RESERVATION_STATES, ReservationChanged
from services.api.live.declaring import LiveNoun
from services.api.live.merging import Order
from services.api.reservations.rows import Reservation, ReservationFilter, reservation_of
from services.api.web.paging import Position, micros

LIVE = LiveNoun(
    kind="reservation",
    topic=RESERVATION_STATES,
    record=ReservationChanged,
    id="reservation",
    row=reservation_of,
    many="reservations",
    one="reservation",
    filter=ReservationFilter,
    rules={
        "station": lambda reservation, station: reservation.station == station,
        "token": lambda reservation, token: token_key(reservation.token) == token_key(token),
        "status": lambda reservation, status: reservation.status == status,
    },
    order=Order[Reservation](place=lambda row: Position(micros(row.requested_at), row.reservation)),
)

"""Reservations as the API takes and gives them. PURE."""

import datetime as dt
from typing import Annotated

import msgspec

from schemas.base import Timestamp
from schemas.command import PositiveId
from schemas.reservations import ReservationChanged, ReservationId, ReservationStatus
from services.api.commands.bodies import Asking
from services.api.commands.rows import CommandView


class Reserve(Asking, frozen=True, kw_only=True):
    """What is reserved, for whom, until when; and how the command travels."""

    token: Annotated[
        str,
        msgspec.Meta(min_length=1, max_length=255, description="Who may charge then.", examples=["04A2B3C4D5"]),
    ]
    expires_at: Annotated[
        Timestamp, msgspec.Meta(description="It expires then if nobody uses it.", examples=["2030-01-01T18:00:00Z"])
    ]
    evse: Annotated[PositiveId | None, msgspec.Meta(description="Null: any EVSE, if the station can.")] = None
    connector_type: Annotated[
        str, msgspec.Meta(max_length=20, description="2.x ConnectorEnumType: any EVSE that has one; 1.6 cannot.")
    ] = ""
    group: Annotated[str, msgspec.Meta(max_length=255, description="Tokens of this group may use it too.")] = ""
    token_type: Annotated[str, msgspec.Meta(max_length=20, description="2.x IdTokenEnumType; 1.6 knows none.")] = (
        "ISO14443"
    )
    reservation_id: Annotated[
        ReservationId | None,
        msgspec.Meta(description="One with the same number at the station is replaced. Null: derived."),
    ] = None


class Reservation(msgspec.Struct, frozen=True, kw_only=True):
    """A reservation as it is now. `reservation` is its id here, `reservation_id` the number that the station knows it by.

    `detail`: the station's word, or the reason, where the status does not say it. `session`: the one that used it.
    """

    reservation: str
    station: str
    reservation_id: int
    token: str
    token_type: str
    group: str
    evse: int | None
    connector_type: str
    expires_at: dt.datetime
    status: ReservationStatus | str
    detail: str
    session: str
    requested_at: dt.datetime
    requested_by: str
    ended_at: dt.datetime | None
    changed_at: dt.datetime


class Answered(msgspec.Struct, frozen=True, kw_only=True):
    """A reservation, and the command that asked the station for it, or for its end, with its outcome."""

    reservation: Reservation
    command: CommandView


class ReservationFilter(msgspec.Struct, frozen=True, kw_only=True):
    """Which reservations; None does not filter. `token` in any case."""

    station: str | None = None
    token: str | None = None
    status: str | None = None


ALL_RESERVATIONS = ReservationFilter()


def reservation_of(record: ReservationChanged) -> Reservation:
    """The record as the API gives it."""
    return Reservation(**{name: getattr(record, name) for name in Reservation.__struct_fields__})

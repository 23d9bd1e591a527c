"""What `reservations` remembers of a station: what was asked, answered and reported; what a reservation is follows from these."""

import msgspec

from schemas.base import Timestamp
from schemas.reservations import ReservationStatus


class Asked(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A ReserveNow command. `reservation_id` is the number that the station is given."""

    command_id: str
    reservation_id: int
    token: str
    token_type: str = ""
    group: str = ""
    evse: int | None = None
    connector_type: str = ""
    expires_at: Timestamp
    requested_at: Timestamp
    requested_by: str = ""


class Cancel(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A CancelReservation command."""

    command_id: str
    reservation_id: int
    at: Timestamp


class Answered(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The outcome of a ReserveNow or CancelReservation, perhaps read before the command itself. `sent` is as in CommandSettled."""

    command_id: str
    outcome: str
    detail: str = ""
    sent: bool | None = None
    at: Timestamp


class Start(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A session that may have used a reservation: it names a reservation id, or its token is one for which something is reserved.

    `token` is a `token_key`. `at` is the session's start by the station's clock, `heard_at` when the gateway received of it.
    """

    session: str
    reservation_id: int | None = None
    token: str = ""
    evse: int | None = None
    at: Timestamp
    heard_at: Timestamp


class Reported(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A ReservationStatusUpdate."""

    reservation_id: int
    status: str
    at: Timestamp


class Said(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What was last published of a reservation, and the time `at` of the record that made it so."""

    command_id: str
    revision: int
    status: ReservationStatus
    detail: str = ""
    session: str = ""
    ended_at: Timestamp | None = None
    at: Timestamp


class StationReservations(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What `reservations` remembers of one station. What expires until `lapsed_at` has expired."""

    station: str
    asked: tuple[Asked, ...] = ()
    cancels: tuple[Cancel, ...] = ()
    answers: tuple[Answered, ...] = ()
    starts: tuple[Start, ...] = ()
    reported: tuple[Reported, ...] = ()
    lapsed_at: Timestamp | None = None
    said: tuple[Said, ...] = ()

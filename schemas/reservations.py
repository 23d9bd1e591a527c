"""Reservations: an EVSE, or any EVSE, kept for a token until a time (2.x part 2, H01 to H04; 1.6, 5.3 and 5.13)."""

from typing import Annotated, ClassVar, Literal

import msgspec

from schemas.base import Record, Timestamp, derived_id
from schemas.command import PositiveId, StationCommand, about
from schemas.facts import FactReported
from schemas.outcomes import is_unanswered
from schemas.topic import Topic

ReservationStatus = Literal[
    "requested",
    "accepted",
    "unconfirmed",
    "refused",
    "used",
    "expired",
    "removed",
    "no-transaction",
    "cancelled",
    "replaced",
]
"""`requested`: the station has not answered yet. `unconfirmed`: nobody knows whether the station has it, for no answer came.
`refused`: the station does not have it; `detail` has its word. `used`: a session began by it. `removed`: the station gave it up, its
EVSE is Faulted or Unavailable. `no-transaction`: the token was presented and no transaction began (2.1, H03.FR.11). `replaced`: by one
with the same reservation id (H01.FR.02)."""

OPEN: frozenset[ReservationStatus] = frozenset({"requested", "accepted", "unconfirmed"})
"""The station has the reservation, or may come to have it."""

CONNECTOR_TYPES = (
    "cCCS1",
    "cCCS2",
    "cChaoJi",
    "cG105",
    "cTesla",
    "cType1",
    "cType2",
    "s309-1P-16A",
    "s309-3P-32A",
    "sType2",
)
"""Connector types that people ask for; a version knows more (ConnectorEnumType)."""

RESERVATION_ID_MOST = 2_147_483_647

ReservationId = Annotated[int, msgspec.Meta(ge=0, le=RESERVATION_ID_MOST)]


def status_answered(outcome: str, *, sent: bool | None) -> ReservationStatus:
    """What a reservation is by the outcome of its ReserveNow; `sent`: whether the CALL reached the station, None: nobody knows."""
    if outcome == "accepted":
        return "accepted"
    if outcome == "cancelled":
        return "cancelled"
    return "unconfirmed" if is_unanswered(outcome, sent=sent) else "refused"


def reservation_id_of(command_id: str) -> int:
    """The reservation id of a ReserveNow whose caller gave none: positive, of 31 bits, the same for the same command."""
    return int(derived_id(command_id, "reservation")[:8], 16) % RESERVATION_ID_MOST + 1


# -- facts from the gateway, on csms.reservations ---------------------------------------------------------------------


class ReservationStatusReported(Record, frozen=True, kw_only=True, tag="reservation-status-reported"):
    """ReservationStatusUpdate of 2.x: a reservation has ended at the station without a session (H04, H01.FR.16, H01.FR.17).

    NoTransaction is of 2.1. `deviations` and `further` are as in TransactionReported.
    """

    id: str
    station: str
    reservation_id: int
    status: Literal["Expired", "Removed", "NoTransaction"]
    deviations: tuple[str, ...] = ()
    further: dict[str, msgspec.Raw] = {}
    received_at: Timestamp


# -- what the service says, on csms.reservation-states ----------------------------------------------------------------


class ReservationChanged(Record, frozen=True, kw_only=True, tag="reservation-changed"):
    """A reservation as a whole, after a change; the newest `revision` stands for all before.

    `reservation` is the id of the ReserveNow command, `reservation_id` the number that the station knows it by. `detail` is the
    station's word, or the reason, where `status` does not say it. `session` is the session that used it; `ended_at` is when it was
    used, given up, cancelled or replaced, when it expired or was refused.
    """

    id: str
    reservation: str
    station: str
    revision: int
    reservation_id: int
    token: str
    token_type: str = ""
    group: str = ""
    evse: int | None = None
    connector_type: str = ""
    expires_at: Timestamp
    status: ReservationStatus
    detail: str = ""
    session: str = ""
    requested_at: Timestamp
    requested_by: str = ""
    ended_at: Timestamp | None = None
    changed_at: Timestamp


# -- commands (members of schemas.commands.Command) -------------------------------------------------------------------


class ReserveNow(StationCommand, frozen=True, kw_only=True):
    """Keep an EVSE for a token until a time.

    A reservation with the same `reservation_id` is replaced (H01.FR.02; 1.6, 5.13). Derived from the command where the caller gives none.
    """

    title: ClassVar[str] = "Reserve"

    token: Annotated[
        str, msgspec.Meta(min_length=1, max_length=255), about("Token", example="04A2B3C4D5", picks="token")
    ]
    expires_at: Annotated[
        Timestamp, about("Until", "It expires then if nobody uses it.", example="2026-01-01T18:00:00Z")
    ]
    evse: Annotated[
        PositiveId | None, about("EVSE", "Empty: any EVSE, if the station can.", example=1, picks="evse")
    ] = None
    connector_type: Annotated[
        str,
        msgspec.Meta(max_length=20),
        about("Connector type", "2.x ConnectorEnumType: any EVSE that has one; 1.6 cannot.", suggests=CONNECTOR_TYPES),
    ] = ""
    group: Annotated[
        str, msgspec.Meta(max_length=255), about("Group", "Tokens of this group may use it too.", advanced=True)
    ] = ""
    token_type: Annotated[
        str, msgspec.Meta(max_length=20), about("Type of token", "2.x IdTokenEnumType; 1.6 knows none.", advanced=True)
    ] = "ISO14443"
    reservation_id: Annotated[
        ReservationId | None, about("Reservation id", "Empty: derived from the command's id.", advanced=True)
    ] = None


class CancelReservation(StationCommand, frozen=True, kw_only=True):
    """Give up a reservation. Rejected: the station has none of that id (H02.FR.01; 1.6, 5.3)."""

    title: ClassVar[str] = "Cancel a reservation"

    reservation_id: Annotated[
        ReservationId, about("Reservation id", "The number that the station knows it by.", example=1234567)
    ]


RESERVATIONS = Topic(
    name="csms.reservations",
    meaning="What stations say of reservations that ended without a session.",
    records=(ReservationStatusReported, FactReported),
)
RESERVATION_STATES = Topic(
    name="csms.reservation-states",
    meaning="Each reservation as a whole, after every change.",
    records=(ReservationChanged,),
)

TOPICS = (RESERVATIONS, RESERVATION_STATES)

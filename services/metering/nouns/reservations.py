"""Reservations in ClickHouse: what each is now, and what stations reported of their ends. PURE."""

from schemas.authorization import token_key
from schemas.reservations import RESERVATION_STATES, RESERVATIONS, ReservationChanged, ReservationStatusReported
from services.metering.cells import EPOCH, LATEST, MICROSECOND, us
from services.metering.feeds import FACTS, STATES
from services.metering.table import MeteringNoun, table

_NEVER = LATEST - MICROSECOND
"""Who reserves may name any time; later ones than the column holds are its last."""

NOUN = MeteringNoun(
    topics={FACTS: (RESERVATIONS,), STATES: (RESERVATION_STATES,)},
    tables=(
        table(
            "reservations",
            key="station reservation",
            columns="station reservation reservation_id token token_type token_key token_group evse connector_type expires_at"
            " status detail session requested_at requested_by ended_at revision id changed_at",
            rows={
                ReservationChanged: {
                    "token_key": lambda r: token_key(r.token),
                    "token_group": lambda r: r.group,
                    "expires_at": lambda r: us(min(max(r.expires_at, EPOCH), _NEVER)),
                }
            },
        ),
        table(
            "reservation_statuses",
            key="station received_at id",
            columns="station reservation_id status received_at id",
            rows={ReservationStatusReported: {}},
        ),
    ),
)

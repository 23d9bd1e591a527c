"""Ended: how a certificate comes to its end, and how long it is remembered then. PURE."""

from datetime import datetime, timedelta

from msgspec.structs import replace

from schemas.signing import LONGEST_DETAIL, IssuedStatus
from schemas.states.signing import Renewal, Sending, StationSigning, Wanted

REMEMBERED = timedelta(days=30)
"""So long after its end: a station may go back to the one before, and what is revoked later is told of. ClickHouse has them all."""


def of(one: Wanted, status: IssuedStatus, detail: str, at: datetime) -> Wanted:
    """The certificate with this end. Its chain is not needed any more."""
    issued = None if one.issued is None else replace(one.issued, chain="")
    return replace(
        one,
        status=status,
        detail=detail[:LONGEST_DETAIL],
        issued=issued,
        sending=Sending(attempts=one.sending.attempts, command_id=one.sending.command_id),
        renewal=Renewal(attempts=one.renewal.attempts, asked_at=one.renewal.asked_at),
        ended_at=at,
    )


def forgotten_at(one: Wanted) -> datetime | None:
    """When it is forgotten; None while it has not ended."""
    return None if one.ended_at is None else one.ended_at + REMEMBERED


def forgotten(state: StationSigning, one: Wanted) -> StationSigning:
    """The state without it."""
    return replace(
        state,
        wanted=tuple(other for other in state.wanted if other.id != one.id),
        said=tuple(each for each in state.said if each.id != one.id),
    )

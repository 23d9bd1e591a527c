"""Standing: what each reservation of a station is, by all that is known of it, in whatever order that was read. PURE.

A session that names the reservation id has used the reservation, whatever else is known (H01.FR.15; 1.6, 5.13). Otherwise a refused
reservation is none, and of several ends of a reservation the earliest counts.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

import msgspec

from schemas.authorization import token_key
from schemas.reservations import ReservationStatus, status_answered
from schemas.states.reservations import Answered, Asked, Start, StationReservations

REPORTED: Mapping[str, ReservationStatus] = {
    "Expired": "expired",
    "Removed": "removed",
    "NoTransaction": "no-transaction",
}


class Standing(msgspec.Struct, frozen=True, kw_only=True, order=True):
    """What a reservation is. Of two ends the lesser one counts: the earlier, then by the other members, so that it is always the same."""

    ended_at: datetime | None = None
    status: ReservationStatus
    detail: str = ""
    session: str = ""


def standings(state: StationReservations) -> dict[str, Standing]:
    """What each reservation is now, by the id of its command."""
    asked = sorted(state.asked, key=lambda one: (one.requested_at, one.command_id))
    answers = {answer.command_id: answer for answer in state.answers}
    found = {one.command_id: _answered(answers.get(one.command_id)) for one in asked}
    for command_id, end in _ends(state, asked, answers):
        if found[command_id].status not in ("refused", "cancelled") or found[command_id].ended_at is None:
            found[command_id] = _earlier(found[command_id], end)
    starts = sorted(state.starts, key=lambda start: (start.at, start.session))
    named = {start.session for start in starts if _named(start, asked) is not None}
    for start in starts:
        if (one := _named(start, asked)) is not None and not found[one.command_id].session:
            found[one.command_id] = _used(start)
    for start in starts:
        if start.session not in named and (one := _by_token(start, asked, found)) is not None:
            found[one.command_id] = _used(start)
    return found


def may_use(one: Asked, start: Start) -> bool:
    """Whether a session that names no reservation fits it: its token, on its EVSE, in its time (1.6, 5.13; H03.FR.01 to FR.03).

    Sessions by another token of its group are known by the reservation id that the station names.
    """
    here = one.evse is None or one.evse == start.evse
    return here and token_key(one.token) == start.token and one.requested_at <= start.at <= one.expires_at


def latest(asked: Iterable[Asked], reservation_id: int, at: datetime) -> Asked | None:
    """The reservation that the station knew by a number at a time: the last one asked for until then."""
    known = [one for one in asked if one.reservation_id == reservation_id and one.requested_at <= at]
    return max(known, key=lambda one: (one.requested_at, one.command_id), default=None)


def _answered(answer: Answered | None) -> Standing:
    if answer is None:
        return Standing(status="requested")
    status = status_answered(answer.outcome, sent=answer.sent)
    ended_at = answer.at if status in ("refused", "cancelled") else None
    return Standing(status=status, detail="" if status == "accepted" else answer.detail, ended_at=ended_at)


def _ends(
    state: StationReservations, asked: list[Asked], answers: Mapping[str, Answered]
) -> Iterator[tuple[str, Standing]]:
    """Everything that ended a reservation without a session, with the command of that reservation."""
    for cancel in state.cancels:
        answer, one = answers.get(cancel.command_id), latest(asked, cancel.reservation_id, cancel.at)
        if one is not None and answer is not None and answer.outcome == "accepted":
            yield one.command_id, Standing(status="cancelled", ended_at=answer.at)
    for word in state.reported:
        if (one := latest(asked, word.reservation_id, word.at)) is not None:
            yield one.command_id, Standing(status=REPORTED[word.status], ended_at=word.at)
    for one in asked:
        if state.lapsed_at is not None and one.expires_at <= state.lapsed_at:
            yield one.command_id, Standing(status="expired", ended_at=one.expires_at)
        answer = answers.get(one.command_id)
        if answer is not None and answer.outcome == "accepted":
            for before in asked[: asked.index(one)]:
                if before.reservation_id == one.reservation_id:
                    yield before.command_id, Standing(status="replaced", ended_at=answer.at)


def _earlier(before: Standing, end: Standing) -> Standing:
    if before.ended_at is None:
        return end
    return min(before, end)


def _named(start: Start, asked: list[Asked]) -> Asked | None:
    if start.reservation_id is None:
        return None
    # The station's clock may be wrong: then the time at which we heard of it decides.
    return latest(asked, start.reservation_id, start.at) or latest(asked, start.reservation_id, start.heard_at)


def _by_token(start: Start, asked: list[Asked], found: Mapping[str, Standing]) -> Asked | None:
    """The first reservation that the station has for the token of a session that names none."""

    def held(one: Asked) -> bool:
        standing: Any = found[one.command_id]
        if standing.session or standing.status in ("requested", "refused"):
            return False
        return standing.ended_at is None or start.at < standing.ended_at

    return next((one for one in asked if may_use(one, start) and held(one)), None)


def _used(start: Start) -> Standing:
    return Standing(status="used", session=start.session, ended_at=start.at)

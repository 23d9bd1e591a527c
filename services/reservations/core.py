"""Reservations: what is known of each is kept as it was said, and what it is follows from that (`standing`).

A reservation is known by its ReserveNow command; the station knows it by a number (`reservation_id`), which may be used again. The
order in which the topics are read does not matter: outcomes, sessions and reports that come before their request wait for it here.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial
from itertools import chain

import msgspec
from msgspec.structs import replace

from schemas.authorization import token_key
from schemas.base import Due, Poison, Record, derived_id
from schemas.commands import CommandCancelled, CommandRequested, CommandSettled
from schemas.facts import FactReported
from schemas.reservations import (
    OPEN,
    CancelReservation,
    ReservationChanged,
    ReservationStatusReported,
    ReserveNow,
    reservation_id_of,
)
from schemas.states.reservations import Answered, Asked, Cancel, Reported, Said, Start, StationReservations
from schemas.transactions import SessionChanged
from services.following.forgetting import Dated, over, strays, surplus, until, without
from services.following.remembering import in_any_order, later, remembered, undated
from services.following.snapshots import published
from services.reservations.standing import Standing, may_use, standings

Step = tuple[StationReservations, list[Record]]

OPEN_AT_MOST = 100
"""Open reservations of one station; a request beyond these is put aside (dead-lettered) with the reason."""

REMEMBERED = 100
"""Of one station: reservations that have ended, and of each kind what belongs to no known reservation; the newest stay."""

FORGOTTEN_AFTER = timedelta(days=1)
"""So long after its end a reservation may still be corrected, by a session that an offline station reports late, say."""

OURS = frozenset({ReserveNow.__struct_config__.tag, CancelReservation.__struct_config__.tag})


def initial(key: str) -> StationReservations:
    """A station at which nothing was ever reserved."""
    return StationReservations(station=key)


def due(state: StationReservations) -> datetime | None:
    """When the next open reservation expires, or the next thing is forgotten."""
    by_command = {said.command_id: said for said in state.said}
    moments = [one.expires_at for one in state.asked if by_command[one.command_id].status in OPEN]
    return min([*moments, *(at for _, at in _passing(state))], default=None)


def step(state: StationReservations, record: Record) -> Step:
    """Remember what a record says, and publish each reservation that it changes."""
    match record:
        case CommandRequested():
            after, at = _requested(state, record), record.requested_at
        case CommandSettled() if record.command in OURS:
            after, at = _settled(state, record), record.settled_at
        case SessionChanged():
            after, at = _started(state, record), record.changed_at
        case ReservationStatusReported():
            word = Reported(reservation_id=record.reservation_id, status=record.status, at=record.received_at)
            after, at = remembered(state, "reported", word), record.received_at
        case Due():
            after, outputs = _told(replace(state, lapsed_at=later(state.lapsed_at, record.at)), record.at)
            return _without(after, over(_passing(after), record.at)), outputs
        case CommandCancelled() | CommandSettled() | FactReported():
            return state, []
        case _:
            raise Poison(f"reservations has no use for a {type(record).__name__}")
    return (state, []) if after is state else _told(_bounded(after), at)


def comparable(state: StationReservations) -> StationReservations:
    """The state without what the order of reading between its topics decides: how often, and when, something was published."""
    plain = replace(state, said=undated(state.said), lapsed_at=None)
    return in_any_order(plain, "said", "asked", "cancels", "answers", "starts", "reported")


# -- what is remembered -----------------------------------------------------------------------------------------------


def _requested(state: StationReservations, request: CommandRequested) -> StationReservations:
    match request.command:
        case ReserveNow() as command:
            return _asked(state, request, command)
        case CancelReservation(reservation_id=number):
            cancel = Cancel(command_id=request.id, reservation_id=number, at=request.requested_at)
            return remembered(state, "cancels", cancel)
    return state


def _asked(state: StationReservations, request: CommandRequested, command: ReserveNow) -> StationReservations:
    if any(one.command_id == request.id for one in state.asked):
        return state
    if sum(said.status in OPEN for said in state.said) >= OPEN_AT_MOST:
        raise Poison(f"{OPEN_AT_MOST} reservations of this station are open: this one is not followed")
    number = reservation_id_of(request.id) if command.reservation_id is None else command.reservation_id
    asked = Asked(
        command_id=request.id,
        reservation_id=number,
        token=command.token,
        token_type=command.token_type,
        group=command.group,
        evse=command.evse,
        connector_type=command.connector_type,
        expires_at=command.expires_at,
        requested_at=request.requested_at,
        requested_by=request.requested_by,
    )
    return replace(state, asked=(*state.asked, asked))


def _settled(state: StationReservations, record: CommandSettled) -> StationReservations:
    answer = Answered(
        command_id=record.command_id,
        outcome=record.outcome,
        detail=record.detail or record.error_code or record.outcome.capitalize(),
        sent=record.sent,
        at=record.settled_at,
    )
    return remembered(state, "answers", answer, by="command_id")


def _started(state: StationReservations, session: SessionChanged) -> StationReservations:
    """A session is remembered if it names a reservation, or if something is reserved for its token where and when it began."""
    before = next((start for start in state.starts if start.session == session.session), None)
    number = session.reservation_id
    if before is not None and number is None:
        number = before.reservation_id
    start = Start(
        session=session.session,
        reservation_id=number,
        token=token_key(session.token.value) if session.token is not None else "",
        evse=session.evse,
        at=session.started_at,
        heard_at=session.changed_at if before is None else before.heard_at,
    )
    if start == before:
        return state
    if before is None and number is None and not any(may_use(one, start) for one in state.asked):
        return state
    others = tuple(other for other in state.starts if other.session != session.session)
    return replace(state, starts=(*others, start))


# -- what is published ------------------------------------------------------------------------------------------------


def _told(state: StationReservations, at: datetime) -> Step:
    """The state that knows what was published, and a snapshot of each reservation that is not what was published last."""
    found = standings(state)
    now = ((one, _said(one, found[one.command_id], at)) for one in state.asked)
    said, outputs = published(state.said, now, by="command_id", record=partial(_changed, state.station))
    return replace(state, said=said), outputs


def _said(one: Asked, now: Standing, at: datetime) -> Said:
    return Said(
        command_id=one.command_id,
        revision=0,
        status=now.status,
        detail=now.detail,
        session=now.session,
        ended_at=now.ended_at,
        at=at,
    )


def _changed(station: str, one: Asked, said: Said) -> ReservationChanged:
    return ReservationChanged(
        id=derived_id(one.command_id, "reservation-changed", said.revision),
        reservation=one.command_id,
        station=station,
        revision=said.revision,
        reservation_id=one.reservation_id,
        token=one.token,
        token_type=one.token_type,
        group=one.group,
        evse=one.evse,
        connector_type=one.connector_type,
        expires_at=one.expires_at,
        status=said.status,
        detail=said.detail,
        session=said.session,
        requested_at=one.requested_at,
        requested_by=one.requested_by,
        ended_at=said.ended_at,
        changed_at=said.at,
    )


# -- what is forgotten ------------------------------------------------------------------------------------------------


def _passing(state: StationReservations) -> Iterator[Dated]:
    """What is forgotten some day, with the time: reservations that have ended, and what belongs to no known reservation."""
    asked = {one.command_id: one for one in state.asked}
    yield from until(((asked[command_id], at) for command_id, at in _ended(state)), FORGOTTEN_AFTER)
    yield from until(chain.from_iterable(_strays(state)), FORGOTTEN_AFTER)


def _ended(state: StationReservations) -> Iterator[tuple[str, datetime]]:
    return ((said.command_id, said.at) for said in state.said if said.status not in OPEN)


def _strays(state: StationReservations) -> Iterator[list[Dated]]:
    numbers = {one.reservation_id for one in state.asked}
    commands = {one.command_id for one in state.asked} | {cancel.command_id for cancel in state.cancels}
    sessions = {said.session for said in state.said if said.session}
    yield strays(state.answers, commands)
    yield [(cancel, cancel.at) for cancel in state.cancels if cancel.reservation_id not in numbers]
    yield [(word, word.at) for word in state.reported if word.reservation_id not in numbers]
    yield [
        (start, start.heard_at)
        for start in state.starts
        if start.reservation_id not in numbers and start.session not in sessions
    ]


def _bounded(state: StationReservations) -> StationReservations:
    """The state within its limits: of each kind the newest stay."""
    ended = sorted((at, command_id) for command_id, at in _ended(state))
    crowded_out = {command_id for _, command_id in ended[:-REMEMBERED]}
    gone = surplus(_strays(state), REMEMBERED) | {one for one in state.asked if one.command_id in crowded_out}
    return _without(state, gone) if gone else state


def _without(state: StationReservations, gone: set[msgspec.Struct]) -> StationReservations:
    """The state without these; a session goes with the reservation that it used, so that it does not use another."""
    after = without(state, gone, "asked", "cancels", "answers", "starts", "reported")
    kept = {one.command_id for one in after.asked}
    spent = {said.session for said in state.said if said.command_id not in kept and said.session}
    return replace(
        after,
        starts=tuple(start for start in after.starts if start.session not in spent),
        said=tuple(said for said in state.said if said.command_id in kept),
        lapsed_at=state.lapsed_at if kept else None,
    )

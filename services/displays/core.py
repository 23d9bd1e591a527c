"""Display messages: what is known of each is kept as it was said, and what it is follows from that (`standing`).

A message is known by its SetDisplayMessage command; the station knows it by a number, which may be used again (O06). Requests are read
first; in whatever order answers, reports and sessions are read, the end is the same.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial
from itertools import chain

import msgspec
from msgspec.structs import replace

from schemas.base import Due, Poison, Record, derived_id
from schemas.commands import CommandCancelled, CommandRequested, CommandSettled
from schemas.displays import (
    OPEN,
    ClearDisplayMessage,
    DisplayMessage,
    DisplayMessageChanged,
    DisplayMessagesReported,
    DisplayStatus,
    GetDisplayMessages,
    SetDisplayMessage,
    Translation,
    message_id_of,
)
from schemas.facts import FactReported
from schemas.reports import request_id_of
from schemas.states.displays import (
    Answered,
    Clear,
    Ending,
    Inventory,
    Known,
    Said,
    Sighting,
    StationDisplays,
)
from schemas.transactions import SessionChanged
from services.displays.standing import Standing, standings
from services.following.forgetting import Dated, over, strays, surplus, until, without
from services.following.remembering import ANY_TIME, in_any_order, later, remembered, undated, word_of
from services.following.snapshots import published, says_the_same

Step = tuple[StationDisplays, list[Record]]

OPEN_AT_MOST = 100
"""Open messages of one station; a request beyond these is put aside (dead-lettered) with the reason, a reported one is not followed."""

REMEMBERED = 50
"""Of one station: messages that have ended, and of each kind of other things; the newest stay."""

FORGOTTEN_AFTER = timedelta(days=1)
"""So long after its end a message is known, and so long are reports and answers kept that belong to none."""

OURS = frozenset(
    str(each.__struct_config__.tag) for each in (SetDisplayMessage, ClearDisplayMessage, GetDisplayMessages)
)


def initial(key: str) -> StationDisplays:
    """A station of whose messages nothing is known."""
    return StationDisplays(station=key)


def due(state: StationDisplays) -> datetime | None:
    """When the next open message expires, or the next thing is forgotten."""
    is_open = {said.id for said in state.said if said.status in OPEN}
    ends = [one.content.ends_at for one in state.known if one.id in is_open and one.content.ends_at is not None]
    lapsing = [at for at in ends if state.lapsed_at is None or at > state.lapsed_at]
    return min([*lapsing, *(at for _, at in _passing(state))], default=None)


def step(state: StationDisplays, record: Record) -> Step:
    """Remember what a record says, and publish each message that it changes."""
    match record:
        case CommandRequested():
            after, at = _requested(state, record), record.requested_at
        case CommandSettled() if record.command in OURS:
            after, at = _settled(state, record), record.settled_at
        case SessionChanged():
            after, at = _session(state, record), record.changed_at
        case DisplayMessagesReported():
            after, at = _reported(state, record), record.received_at
        case Due():
            after, outputs = _published(replace(state, lapsed_at=later(state.lapsed_at, record.at)), record.at)
            return _without(after, over(_passing(after), record.at)), outputs
        case CommandCancelled() | CommandSettled() | FactReported():
            return state, []
        case _:
            raise Poison(f"displays has no use for a {type(record).__name__}")
    return (state, []) if after is state else _published(_bounded(after), at)


def comparable(state: StationDisplays) -> StationDisplays:
    """The state without what the order of reading between its topics decides: how often, and when, something was published."""
    plain = replace(state, said=undated(state.said), lapsed_at=None)
    return in_any_order(plain, "said", "known", "clears", "answers", "inventories", "sightings", "endings")


# -- what is remembered -----------------------------------------------------------------------------------------------


def _requested(state: StationDisplays, request: CommandRequested) -> StationDisplays:
    match request.command:
        case SetDisplayMessage() as command:
            return _asked(state, request, command)
        case ClearDisplayMessage(message_id=number):
            clear = Clear(command_id=request.id, message_id=number, at=request.requested_at)
            return remembered(state, "clears", clear)
        case GetDisplayMessages() as command if command.all:
            asked = Inventory(command_id=request.id, request_id=request_id_of(request.id), at=request.requested_at)
            return remembered(state, "inventories", asked)
    return state


def _asked(state: StationDisplays, request: CommandRequested, command: SetDisplayMessage) -> StationDisplays:
    if any(one.id == request.id for one in state.known):
        return state
    if _open(state) >= OPEN_AT_MOST:
        raise Poison(f"{OPEN_AT_MOST} messages of this station are open: this one is not followed")
    own = ("message_id", "translations")
    same = {name: getattr(command, name) for name in DisplayMessage.__struct_fields__ if name not in own}
    translations = tuple(
        Translation(text=each.text, format=each.format, language=each.language) for each in command.translations
    )
    number = message_id_of(request.id) if command.message_id is None else command.message_id
    one = Known(
        id=request.id,
        content=DisplayMessage(message_id=number, translations=translations, **same),
        at=request.requested_at,
        requested_by=request.requested_by,
    )
    return replace(state, known=(*state.known, one))


def _settled(state: StationDisplays, record: CommandSettled) -> StationDisplays:
    answer = Answered(
        command_id=record.command_id,
        outcome=record.outcome,
        detail=word_of(record),
        sent=record.sent,
        at=record.settled_at,
    )
    return remembered(state, "answers", answer, by="command_id")


def _session(state: StationDisplays, session: SessionChanged) -> StationDisplays:
    """The end of a transaction for which there is a message (O02.FR.02)."""
    number = session.transaction_id
    if session.status == "active" or not any(one.content.transaction_id == number for one in state.known if number):
        return state
    ending = Ending(transaction_id=number, at=session.ended_at or session.changed_at)
    return remembered(state, "endings", ending, by="transaction_id")


def _reported(state: StationDisplays, part: DisplayMessagesReported) -> StationDisplays:
    seen = Sighting(
        request_id=part.request_id,
        message_ids=tuple(one.message_id for one in part.messages),
        last=part.last,
        at=part.received_at,
    )
    after = remembered(state, "sightings", seen)
    if after is state:
        return state
    for message in part.messages:
        after = _with_stranger(after, message, part.received_at)
    return after


def _with_stranger(state: StationDisplays, message: DisplayMessage, at: datetime) -> StationDisplays:
    """A message that nobody here asked for: another system did, or it is older than what is remembered."""
    alike = [one for one in state.known if one.content.message_id == message.message_id]
    if any(one.asked and one.at <= at for one in alike):
        return state
    stranger = next((one for one in alike if not one.asked), None)
    if stranger is None and _open(state) >= OPEN_AT_MOST:
        return state
    begun = at if stranger is None else min(at, stranger.at)
    newer = stranger is None or at >= _seen_last(state, message.message_id)
    content = message if newer or stranger is None else stranger.content
    fresh = Known(
        id=derived_id(state.station, "display-message", message.message_id), content=content, at=begun, asked=False
    )
    return replace(state, known=(*(one for one in state.known if one is not stranger), fresh))


def _seen_last(state: StationDisplays, number: int) -> datetime:
    return max((part.at for part in state.sightings if number in part.message_ids), default=ANY_TIME)


def _open(state: StationDisplays) -> int:
    return sum(said.status in OPEN for said in state.said)


# -- what is published ------------------------------------------------------------------------------------------------


def _published(state: StationDisplays, at: datetime) -> Step:
    """The state that knows what was published, and a snapshot of each message that is not what was published last."""
    found = standings(state)
    now = ((one, _said(one, found[one.id], at)) for one in state.known)
    said, outputs = published(state.said, now, by="id", record=partial(_changed, state.station), same=_same)
    return replace(state, said=said), outputs


def _said(one: Known, now: Standing, at: datetime) -> Said:
    return Said(id=one.id, revision=0, status=now.status, detail=now.detail, ended_at=now.ended_at, at=at)


def _same(last: Said, fresh: Said) -> bool:
    return _settles(last.status, fresh.status) or says_the_same(last, fresh)


def _settles(last: DisplayStatus, now: DisplayStatus) -> bool:
    """What is known stays known when the report or the command that told it is forgotten."""
    return (last not in OPEN and now in OPEN) or (last, now) == ("accepted", "unconfirmed")


def _changed(station: str, one: Known, said: Said) -> DisplayMessageChanged:
    return DisplayMessageChanged(
        id=derived_id(one.id, "display-message-changed", said.revision),
        display_message=one.id,
        station=station,
        revision=said.revision,
        content=one.content,
        status=said.status,
        detail=said.detail,
        requested_at=one.at,
        requested_by=one.requested_by,
        ended_at=said.ended_at,
        changed_at=said.at,
    )


# -- what is forgotten ------------------------------------------------------------------------------------------------


def _passing(state: StationDisplays) -> Iterator[Dated]:
    """What is forgotten some day, with the time: messages that have ended, and what is about no message that is open."""
    known = {one.id: one for one in state.known}
    yield from until(((known[said.id], said.at) for said in state.said if said.status not in OPEN), FORGOTTEN_AFTER)
    yield from until(chain.from_iterable(_strays(state)), FORGOTTEN_AFTER)


def _strays(state: StationDisplays) -> Iterator[list[Dated]]:
    """Things about no known message. What an ended message is known by goes when it goes."""
    known, numbers = {one.id for one in state.known}, {one.content.message_id for one in state.known}
    transactions = {one.content.transaction_id for one in state.known}
    yield strays(state.answers, known)
    yield [(clear, clear.at) for clear in state.clears if clear.message_id not in numbers]
    yield [(asked, asked.at) for asked in state.inventories]
    yield [(part, part.at) for part in state.sightings]
    yield [(ending, ending.at) for ending in state.endings if ending.transaction_id not in transactions]


def _bounded(state: StationDisplays) -> StationDisplays:
    """The state within its limits: of each kind the newest stay."""
    ended = sorted((said.at, said.id) for said in state.said if said.status not in OPEN)
    crowded_out = {id_ for _, id_ in ended[:-REMEMBERED]}
    gone = surplus(_strays(state), REMEMBERED) | {one for one in state.known if one.id in crowded_out}
    return _without(state, gone) if gone else state


def _without(state: StationDisplays, gone: set[msgspec.Struct]) -> StationDisplays:
    """The state without these."""
    after = without(state, gone, "known", "clears", "answers", "inventories", "sightings", "endings")
    kept = {one.id for one in after.known}
    return replace(
        after,
        said=tuple(said for said in state.said if said.id in kept),
        lapsed_at=state.lapsed_at if kept else None,
    )

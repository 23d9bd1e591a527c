"""DER control: what was asked, answered and reported is learnt (`learning`), and what each control is follows from that (`standing`).

A control is known by the id that its station knows it by. Requests are read first; in whatever order answers and reports are read, the end
is the same. Raw commands are not followed.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import chain
from typing import Any

import msgspec
from msgspec.structs import replace

from schemas.base import Due, Poison, Record, derived_id
from schemas.commands import CommandCancelled, CommandRequested, CommandSettled
from schemas.der import (
    PRESENT,
    ClearDERControl,
    DERAlarmReported,
    DERControl,
    DERControlChanged,
    DERControlsReported,
    DERStartStopReported,
    GetDERControl,
    SetDERControl,
    control_id_of,
)
from schemas.facts import FactReported
from schemas.reports import request_id_of
from schemas.states.der import Answered, Asked, Clear, Kept, Part, Read, Said, Set, StationDER, Turn
from services.der.learning import KEPT_AT_MOST, learnt
from services.der.standing import Standing, expires_at, standing
from services.following.forgetting import Dated, over, strays, surplus, until, without
from services.following.remembering import ANY_TIME, in_any_order, later, remembered, undated, word_of
from services.following.snapshots import published

Step = tuple[StationDER, list[Record]]

REMEMBERED = 50
"""Of one station: settled requests, answers to none that is known, parts of reports, and turns; the newest stay."""

FORGOTTEN_AFTER = timedelta(days=1)
"""So long after its end a control is known, and so long requests, answers and reports are kept: what they said stays."""

SET = str(SetDERControl.__struct_config__.tag)
OURS = frozenset(str(each.__struct_config__.tag) for each in (SetDERControl, ClearDERControl, GetDERControl))


def initial(key: str) -> StationDER:
    """A station of whose controls nothing is known."""
    return StationDER(station=key)


def due(state: StationDER) -> datetime | None:
    """When the next control expires, or the next thing is forgotten."""
    here = {said.id for said in state.said if said.status in PRESENT}
    ends = [end for one in state.kept if one.id in here and (end := expires_at(one.control)) is not None]
    lapsing = [end for end in ends if state.lapsed_at is None or end > state.lapsed_at]
    return min([*lapsing, *(at for _, at in _passing(state))], default=None)


def step(state: StationDER, record: Record) -> Step:
    """Remember what a record says, and publish each control that it changes."""
    match record:
        case CommandRequested():
            after, at = _requested(state, record), record.requested_at
        case CommandSettled() if record.command in OURS:
            after, at = _settled(state, record), record.settled_at
        case DERControlsReported():
            after, at = _reported(state, record), record.received_at
        case DERStartStopReported():
            after, at = _turned(state, record), record.received_at
        case Due():
            after, outputs = _published(replace(state, lapsed_at=later(state.lapsed_at, record.at)), record.at)
            return _without(after, over(_passing(after), record.at)), outputs
        case CommandCancelled() | CommandSettled() | DERAlarmReported() | FactReported():
            return state, []
        case _:
            raise Poison(f"der has no use for a {type(record).__name__}")
    return (state, []) if after is state else _published(learnt(_bounded(after)), at)


def comparable(state: StationDER) -> StationDER:
    """The state without what the order of reading between its topics decides: how often, and when, something was published."""
    plain = replace(state, said=undated(state.said), lapsed_at=None)
    return in_any_order(plain, "said", "kept", "asked", "answers", "parts", "turns")


# -- what is remembered -----------------------------------------------------------------------------------------------


def _requested(state: StationDER, request: CommandRequested) -> StationDER:
    asked = _asked(request)
    if asked is None or asked in state.asked:
        return state
    if isinstance(asked, Set) and len(state.kept) >= KEPT_AT_MOST:
        raise Poison(f"{KEPT_AT_MOST} DER controls of this station are known: this one is not followed")
    return replace(state, asked=(*state.asked, asked))


def _asked(request: CommandRequested) -> Asked | None:
    made: dict[str, Any] = {"command_id": request.id, "at": request.requested_at}
    match request.command:
        case SetDERControl() as command:
            control = DERControl(
                control_id=command.control_id or control_id_of(request.id),
                control_type=command.control_type,
                is_default=command.is_default,
                settings=command.settings,
            )
            return Set(control=control, requested_by=request.requested_by, **made)
        case ClearDERControl(is_default=default, control_type=type_, control_id=number):
            return Clear(is_default=default, control_type=type_, control_id=number, **made)
        case GetDERControl(is_default=default, control_type=type_, control_id=number):
            number_of = request_id_of(request.id)
            return Read(request_id=number_of, is_default=default, control_type=type_, control_id=number, **made)
    return None


class _Superseding(msgspec.Struct):
    supersededIds: tuple[str, ...] = ()  # noqa: N815 as OCPP spells it


def _settled(state: StationDER, record: CommandSettled) -> StationDER:
    superseded: tuple[str, ...] = ()
    if record.command == SET and record.outcome == "accepted":
        try:
            superseded = msgspec.json.decode(record.response, type=_Superseding).supersededIds
        except msgspec.MsgspecError:
            superseded = ()  # the answer breaks its schema: a report will say what is superseded
    answer = Answered(
        command_id=record.command_id,
        outcome=record.outcome,
        detail=word_of(record),
        sent=record.sent,
        superseded_ids=superseded,
        at=record.settled_at,
    )
    return remembered(state, "answers", answer, by="command_id")


def _reported(state: StationDER, part: DERControlsReported) -> StationDER:
    seen = Part(request_id=part.request_id, controls=part.controls, last=part.last, at=part.received_at)
    return remembered(state, "parts", seen)


def _turned(state: StationDER, record: DERStartStopReported) -> StationDER:
    turn = Turn(
        control_id=record.control_id,
        started=record.started,
        superseded_ids=record.superseded_ids,
        since=record.at,
        at=record.received_at,
    )
    return remembered(state, "turns", turn)


# -- what is published ------------------------------------------------------------------------------------------------


def _published(state: StationDER, at: datetime) -> Step:
    """The state that knows what was published, and a snapshot of each control that is not what was published last."""
    now = (_now(state, one, at) for one in state.kept)
    said, outputs = published(state.said, now, by="id", record=_numbered)
    return replace(state, said=said), outputs


def _now(state: StationDER, one: Kept, at: datetime) -> tuple[DERControlChanged, Said]:
    """The control whole, and what is said of it by that."""
    now = standing(one, state.lapsed_at)
    changed = _changed(state.station, one, now, at)
    return changed, Said(id=one.id, revision=0, status=now.status, digest=_digest(changed), at=at)


def _numbered(changed: DERControlChanged, said: Said) -> DERControlChanged:
    return replace(changed, id=derived_id(said.id, "der-control-changed", said.revision), revision=said.revision)


def _digest(changed: DERControlChanged) -> str:
    """Equal for snapshots that say the same. A later report that lacks it too ends a control no second time."""
    ended_at = None if changed.status == "gone" else changed.ended_at
    same = replace(changed, id="", revision=0, changed_at=ANY_TIME, ended_at=ended_at)
    return derived_id(msgspec.json.encode(same).decode())


def _changed(station: str, one: Kept, now: Standing, at: datetime) -> DERControlChanged:
    return DERControlChanged(
        id="",
        der_control=one.id,
        station=station,
        revision=0,
        control=replace(one.control, is_superseded=one.superseded),
        status=now.status,
        detail=now.detail,
        running=one.running,
        running_since=one.running_since if one.running else None,
        requested_at=one.requested_at,
        requested_by=one.requested_by,
        verified_at=one.verified_at,
        ended_at=now.ended_at,
        changed_at=at,
    )


# -- what is forgotten ------------------------------------------------------------------------------------------------


def _passing(state: StationDER) -> Iterator[Dated]:
    """What is forgotten some day, with the time: controls that are not there, and what was learnt already."""
    kept = {one.id: one for one in state.kept}
    gone = ((kept[said.id], said.at) for said in state.said if said.status not in PRESENT and said.id in kept)
    answered = {answer.command_id: answer.at for answer in state.answers}
    asked = ((one, answered[one.command_id]) for one in state.asked if one.command_id in answered)
    learnt_from: tuple[Answered | Part | Turn, ...] = (*state.answers, *state.parts, *state.turns)
    return until(chain(gone, asked, ((thing, thing.at) for thing in learnt_from)), FORGOTTEN_AFTER)


def _bounded(state: StationDER) -> StationDER:
    """The state within its limits: of each kind the newest stay."""
    answered = {answer.command_id for answer in state.answers}
    kinds: tuple[list[Dated], ...] = (
        [(one, one.at) for one in state.asked if one.command_id in answered],
        strays(state.answers, {one.command_id for one in state.asked}),
        [(part, part.at) for part in state.parts],
        [(turn, turn.at) for turn in state.turns],
    )
    gone = surplus(kinds, REMEMBERED)
    dropped = {one.command_id for one in state.asked if one in gone}
    gone |= {answer for answer in state.answers if answer.command_id in dropped}
    return _without(state, gone) if gone else state


def _without(state: StationDER, gone: set[msgspec.Struct]) -> StationDER:
    after = without(state, gone, "kept", "asked", "answers", "parts", "turns")
    ids = {one.id for one in after.kept}
    return replace(
        after,
        said=tuple(said for said in state.said if said.id in ids),
        lapsed_at=state.lapsed_at if ids else None,
    )

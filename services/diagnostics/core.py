"""Diagnostics: what is known of each log is kept as it was said, and what it is follows from that (`standing`).

The end is the same in whatever order the topics are read: answers, words and files that come before their request wait for it here.
"""

from collections.abc import Collection, Iterator
from datetime import datetime, timedelta
from functools import partial
from itertools import chain

import msgspec
from msgspec.structs import replace

from schemas.base import Due, Record, derived_id
from schemas.commands import CommandRequested, CommandSettled
from schemas.diagnostics import OPEN, GetLog, LogChanged, LogFileStored, LogStatusReported
from schemas.reports import request_id_of
from schemas.states.diagnostics import Answered, Asked, File, Said, StationLogs, Word
from services.diagnostics.standing import WORDS, Standing, matches, standings
from services.following.forgetting import Dated, first, over, strays, surplus, until, without
from services.following.remembering import in_any_order, later, remembered, undated
from services.following.snapshots import published

Step = tuple[StationLogs, list[Record]]

REMEMBERED = 50
"""Of one station: logs, and of each kind what belongs to no known log; the newest stay."""

FORGOTTEN_AFTER = timedelta(days=7)
"""So long after its last change a log may still change: a station may upload days after it was asked, when it is online again."""

NAME = str(GetLog.__struct_config__.tag)


class _Announced(msgspec.Struct):
    """What is read of an answer: 2.x has `filename`, 1.6 GetDiagnostics has `fileName`."""

    filename: str | None = None
    fileName: str | None = None  # noqa: N815 as OCPP spells it


def initial(key: str) -> StationLogs:
    """A station that was never asked for a log."""
    return StationLogs(station=key)


def due(state: StationLogs) -> datetime | None:
    """When the next thing is forgotten."""
    return first(_passing(state))


def step(state: StationLogs, record: Record) -> Step:
    """Remember what a record says, and publish each log that it changes."""
    match record:
        case CommandRequested(command=GetLog() as command):
            after, at = _requested(state, record, command), record.requested_at
        case CommandSettled() if record.command == NAME:
            after, at = _settled(state, record), record.settled_at
        case LogStatusReported() if record.status in WORDS:
            word = Word(request_id=record.request_id, status=record.status, detail=record.detail, at=record.received_at)
            after, at = remembered(state, "words", word), record.received_at
        case LogFileStored():
            after, at = _stored(state, record), record.stored_at
        case Due():
            return _without(state, over(_passing(state), record.at)), []
        case _:
            return state, []  # other commands, words that say nothing of an upload, messages of old
    return (state, []) if after is state else _published(_bounded(after), at)


def comparable(state: StationLogs) -> StationLogs:
    """The state without what the order of reading between its topics decides: how often, and when, something was published."""
    return in_any_order(replace(state, said=undated(state.said)), "said", "asked", "answers", "words", "files")


# -- what is remembered -----------------------------------------------------------------------------------------------


def _requested(state: StationLogs, request: CommandRequested, command: GetLog) -> StationLogs:
    asked = Asked(
        command_id=request.id,
        request_id=request_id_of(request.id),
        type=command.type,
        requested_at=request.requested_at,
        requested_by=request.requested_by,
    )
    return remembered(state, "asked", asked, by="command_id")


def _settled(state: StationLogs, record: CommandSettled) -> StationLogs:
    answer = Answered(
        command_id=record.command_id,
        outcome=record.outcome,
        detail=record.detail or record.error_code,
        file=_announced(record),
        sent=record.sent,
        at=record.settled_at,
    )
    return remembered(state, "answers", answer, by="command_id")


def _announced(record: CommandSettled) -> str:
    try:
        answer = msgspec.json.decode(record.response, type=_Announced)
    except msgspec.MsgspecError:
        return ""  # null, where the station did not answer
    return answer.filename or answer.fileName or ""


def _stored(state: StationLogs, record: LogFileStored) -> StationLogs:
    file = File(
        command_id=record.log,
        name=record.name,
        place=record.place,
        size=record.size,
        sha256=record.sha256,
        at=record.stored_at,
    )
    return remembered(state, "files", file)


# -- what is published ------------------------------------------------------------------------------------------------


def _published(state: StationLogs, at: datetime) -> Step:
    """The state that knows what was published, and a snapshot of each log that is not what was published last."""
    found = standings(state)
    now = (((one, found[one.command_id]), _said(one, found[one.command_id], at)) for one in state.asked)
    said, outputs = published(state.said, now, by="command_id", record=partial(_changed, state.station))
    return replace(state, said=said), outputs


def _said(one: Asked, now: Standing, at: datetime) -> Said:
    return Said(
        command_id=one.command_id,
        revision=0,
        status=now.status,
        detail=now.detail,
        file=now.file,
        place=now.stored.place if now.stored is not None else "",
        at=at,
    )


def _changed(station: str, log: tuple[Asked, Standing], said: Said) -> LogChanged:
    one, now = log
    return LogChanged(
        id=derived_id(one.command_id, "log-changed", said.revision),
        log=one.command_id,
        station=station,
        revision=said.revision,
        type=one.type,
        status=now.status,
        detail=now.detail,
        file=now.file,
        place=said.place,
        size=None if now.stored is None else now.stored.size,
        sha256="" if now.stored is None else now.stored.sha256,
        requested_at=one.requested_at,
        requested_by=one.requested_by,
        ended_at=now.ended_at,
        changed_at=said.at,
    )


# -- what is forgotten ------------------------------------------------------------------------------------------------


def _passing(state: StationLogs) -> Iterator[Dated]:
    """What is forgotten some day, with the time: logs that have ended or were never answered, and what belongs to none."""
    changed = {said.command_id: said.at for said in state.said}
    logs = ((one, later(changed.get(one.command_id), one.requested_at)) for one in state.asked)
    return until(chain(logs, *_strays(state)), FORGOTTEN_AFTER)


def _strays(state: StationLogs) -> tuple[list[Dated], ...]:
    """What belongs to no request that is known, each with its time."""
    known = {one.command_id for one in state.asked}
    return (
        strays(state.answers, known),
        [(word, word.at) for word in state.words if not any(matches(one, word) for one in state.asked)],
        strays(state.files, known),
    )


def _bounded(state: StationLogs) -> StationLogs:
    """The state within its limits: of each kind the newest stay, logs that are open before others."""
    status = {said.command_id: said.status for said in state.said}
    by_need = sorted(
        state.asked, key=lambda one: (status.get(one.command_id, "requested") in OPEN, one.requested_at, one.command_id)
    )
    words = sorted(state.words, key=lambda word: word.at)
    gone = surplus(_strays(state), REMEMBERED) | {*by_need[:-REMEMBERED], *words[: -4 * REMEMBERED]}
    return _without(state, gone)


def _without(state: StationLogs, gone: Collection[msgspec.Struct]) -> StationLogs:
    """The state without these things; answers, words and files go with the request that they belong to."""
    if not gone:
        return state
    dropped = [one for one in state.asked if one in gone]
    ids = {one.command_id for one in dropped}
    after = without(state, gone, "asked", "answers", "words", "files")

    def stays(word: Word) -> bool:
        return any(matches(one, word) for one in after.asked) or not any(matches(one, word) for one in dropped)

    return replace(
        after,
        answers=tuple(one for one in after.answers if one.command_id not in ids),
        words=tuple(word for word in after.words if stays(word)),
        files=tuple(file for file in after.files if file.command_id not in ids),
        said=tuple(said for said in state.said if said.command_id not in ids),
    )

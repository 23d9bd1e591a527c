"""Diagnostics: what is known of each log is kept as it was said, and what it is follows from that (`standing`).

The end is the same in whatever order the topics are read: answers, words and files that come before their request wait for it here.
"""

from collections.abc import Collection
from datetime import UTC, datetime, timedelta

import msgspec
from msgspec.structs import replace

from schemas.base import Due, Record, derived_id
from schemas.commands import CommandRequested, CommandSettled
from schemas.diagnostics import OPEN, GetLog, LogChanged, LogFileStored, LogStatusReported
from schemas.reports import request_id_of
from schemas.states.diagnostics import Answered, Asked, File, Said, StationLogs, Word
from services.diagnostics.standing import WORDS, Standing, matches, standings

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
    return min((at for _, at in _passing(state)), default=None)


def step(state: StationLogs, record: Record) -> Step:
    """Remember what a record says, and publish each log that it changes."""
    match record:
        case CommandRequested(command=GetLog() as command):
            after, at = _requested(state, record, command), record.requested_at
        case CommandSettled() if record.command == NAME:
            after, at = _settled(state, record), record.settled_at
        case LogStatusReported() if record.status in WORDS:
            word = Word(request_id=record.request_id, status=record.status, detail=record.detail, at=record.received_at)
            after = state if word in state.words else replace(state, words=(*state.words, word))
            at = record.received_at
        case LogFileStored():
            after, at = _stored(state, record), record.stored_at
        case Due():
            return _without(state, {thing for thing, until in _passing(state) if until <= record.at}), []
        case _:
            return state, []  # other commands, words that say nothing of an upload, messages of old
    return (state, []) if after is state else _published(_bounded(after), at)


def comparable(state: StationLogs) -> StationLogs:
    """The state without what the order of reading between its topics decides: how often, and when, something was published."""
    said = tuple(sorted((replace(one, revision=0, at=_ANY_TIME) for one in state.said), key=msgspec.json.encode))
    ordered = {
        name: tuple(sorted(getattr(state, name), key=msgspec.json.encode))
        for name in ("asked", "answers", "words", "files")
    }
    return replace(state, said=said, **ordered)


_ANY_TIME = datetime(1970, 1, 1, tzinfo=UTC)

# -- what is remembered -----------------------------------------------------------------------------------------------


def _requested(state: StationLogs, request: CommandRequested, command: GetLog) -> StationLogs:
    if any(one.command_id == request.id for one in state.asked):
        return state
    asked = Asked(
        command_id=request.id,
        request_id=request_id_of(request.id),
        type=command.type,
        requested_at=request.requested_at,
        requested_by=request.requested_by,
    )
    return replace(state, asked=(*state.asked, asked))


def _settled(state: StationLogs, record: CommandSettled) -> StationLogs:
    if any(answer.command_id == record.command_id for answer in state.answers):
        return state
    answer = Answered(
        command_id=record.command_id,
        outcome=record.outcome,
        detail=record.detail or record.error_code,
        file=_announced(record),
        sent=record.sent,
        at=record.settled_at,
    )
    return replace(state, answers=(*state.answers, answer))


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
    return state if file in state.files else replace(state, files=(*state.files, file))


# -- what is published ------------------------------------------------------------------------------------------------


def _published(state: StationLogs, at: datetime) -> Step:
    """The state that knows what was published, and a snapshot of each log that is not what was published last."""
    before = {said.command_id: said for said in state.said}
    said, outputs = [], list[Record]()
    found = standings(state)
    for one in state.asked:
        now, last = found[one.command_id], before.get(one.command_id)
        place = now.stored.place if now.stored is not None else ""
        told = (now.status, now.detail, now.file, place)
        if last is not None and (last.status, last.detail, last.file, last.place) == told:
            said.append(last)
            continue
        fresh = Said(
            command_id=one.command_id,
            revision=1 if last is None else last.revision + 1,
            status=now.status,
            detail=now.detail,
            file=now.file,
            place=place,
            at=at,
        )
        said.append(fresh)
        outputs.append(_changed(state.station, one, now, fresh))
    return replace(state, said=tuple(said)), outputs


def _changed(station: str, one: Asked, now: Standing, said: Said) -> LogChanged:
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


def _passing(state: StationLogs) -> list[tuple[msgspec.Struct, datetime]]:
    """What is forgotten some day, with the time: logs that have ended or were never answered, and what belongs to none."""
    changed = {said.command_id: said.at for said in state.said}
    found: list[tuple[msgspec.Struct, datetime]] = [
        (one, max(one.requested_at, changed.get(one.command_id, one.requested_at))) for one in state.asked
    ]
    found += [(stray, at) for kind in _strays(state) for stray, at in kind]
    return [(thing, at + FORGOTTEN_AFTER) for thing, at in found]


def _strays(state: StationLogs) -> tuple[list[tuple[msgspec.Struct, datetime]], ...]:
    """What belongs to no request that is known, each with its time."""
    known = {one.command_id for one in state.asked}
    return (
        [(answer, answer.at) for answer in state.answers if answer.command_id not in known],
        [(word, word.at) for word in state.words if not any(matches(one, word) for one in state.asked)],
        [(file, file.at) for file in state.files if file.command_id not in known],
    )


def _bounded(state: StationLogs) -> StationLogs:
    """The state within its limits: of each kind the newest stay, logs that are open before others."""
    status = {said.command_id: said.status for said in state.said}
    by_need = sorted(
        state.asked, key=lambda one: (status.get(one.command_id, "requested") in OPEN, one.requested_at, one.command_id)
    )
    gone: set[msgspec.Struct] = set(by_need[:-REMEMBERED])
    for kind in _strays(state):
        gone |= {stray for stray, _ in sorted(kind, key=lambda stray: stray[1])[:-REMEMBERED]}
    words = sorted(state.words, key=lambda word: word.at)
    gone |= set(words[: -4 * REMEMBERED])
    return _without(state, gone)


def _without(state: StationLogs, gone: Collection[msgspec.Struct]) -> StationLogs:
    """The state without these things; answers, words and files go with the request that they belong to."""
    if not gone:
        return state
    dropped = [one for one in state.asked if one in gone]
    ids = {one.command_id for one in dropped}
    kept = tuple(one for one in state.asked if one not in gone)
    return replace(
        state,
        asked=kept,
        answers=tuple(one for one in state.answers if one not in gone and one.command_id not in ids),
        words=tuple(
            word
            for word in state.words
            if word not in gone
            and (any(matches(one, word) for one in kept) or not any(matches(one, word) for one in dropped))
        ),
        files=tuple(file for file in state.files if file not in gone and file.command_id not in ids),
        said=tuple(said for said in state.said if said.command_id not in ids),
    )

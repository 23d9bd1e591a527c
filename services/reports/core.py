"""Reports: what asks for an answer in parts, what the station said to that, and how far the parts have come.

The end is the same in whatever order the topics are read: parts that come before their request wait for it here.
"""

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime, timedelta
from functools import partial
from itertools import chain

import msgspec
from msgspec.structs import replace

from schemas.base import Due, Record, derived_id
from schemas.commands import CommandRequested, CommandSettled, RawCall
from schemas.reports import ASKED_BY, ENDED, ReportChanged, ReportPart, ReportStatus
from schemas.states.reports import Answered, Asked, Run, Said, StationReports
from services.following.forgetting import Dated, over, strays, surplus, until, without
from services.following.remembering import in_any_order, later, remembered, undated
from services.following.snapshots import published
from services.reports.asking import asked_in
from services.reports.runs import is_whole, joined, matched, missing, parts

Step = tuple[StationReports, list[Record]]
Told = tuple[Asked, Run | None, str]
"""What a snapshot tells: the request, its parts, and the station's word."""

PATIENCE = timedelta(minutes=5)
"""So long after the last sign of it a report may be silent. A station sends one part after the other, each waits for our answer."""

REMEMBERED = 50
"""Of one station: reports, and of each kind what belongs to no known report; the newest stay."""

FORGOTTEN_AFTER = timedelta(days=1)

OURS: frozenset[str] = frozenset({*ASKED_BY, str(RawCall.__struct_config__.tag)})
"""The commands whose outcomes count: those that ask for reports have the names of their actions."""

NOTHING_THERE = frozenset({"emptyresultset", "noprofiles", "unknown", "notfound"})
"""The words, in any case, with which a station says that there is nothing to report (B08.FR.14, K09.FR.05, N02.FR.10, O03.FR.03)."""


def initial(key: str) -> StationReports:
    """A station that was never asked for a report."""
    return StationReports(station=key)


def due(state: StationReports) -> datetime | None:
    """When the next report has been silent for too long, or the next thing is forgotten."""
    waiting = [_silent_at(state, said.command_id) for said in state.said if said.status not in ENDED]
    return min([*(at for at in waiting if at is not None), *(at for _, at in _passing(state))], default=None)


def step(state: StationReports, record: Record) -> Step:
    """Remember what a record says, and publish each report that it changes."""
    match record:
        case CommandRequested():
            after, at = _requested(state, record), record.requested_at
        case CommandSettled():
            after, at = _settled(state, record), record.settled_at
        case ReportPart():
            runs = joined(state.runs, record)
            after, at = (state if runs is state.runs else replace(state, runs=runs)), record.received_at
        case Due():
            after, outputs = _published(replace(state, lapsed_at=later(state.lapsed_at, record.at)), record.at)
            return _without(after, over(_passing(after), record.at)), outputs
        case _:
            return state, []  # cancellations, and the other records of the topics that bring parts
    return (state, []) if after is state else _published(_bounded(after), at)


def comparable(state: StationReports) -> StationReports:
    """The state without what the order of reading between its topics decides: how often, and when, something was published."""
    said = tuple(replace(one, parts=0) for one in undated(state.said))
    return in_any_order(replace(state, said=said, lapsed_at=None), "said", "asked", "answers", "runs")


# -- what is remembered -----------------------------------------------------------------------------------------------


def _requested(state: StationReports, request: CommandRequested) -> StationReports:
    asked = asked_in(request)
    return state if asked is None else remembered(state, "asked", asked, by="command_id")


def _settled(state: StationReports, record: CommandSettled) -> StationReports:
    if record.command not in OURS:
        return state
    answer = Answered(
        command_id=record.command_id,
        outcome=record.outcome,
        detail=record.detail or record.error_code,
        at=record.settled_at,
    )
    return remembered(state, "answers", answer, by="command_id")


# -- what a report is -------------------------------------------------------------------------------------------------


def _status(state: StationReports, one: Asked, run: Run | None, answer: Answered | None) -> tuple[ReportStatus, str]:
    """The status of a report, and the station's word where that says more."""
    if run is not None and is_whole(run):
        return "whole", ""
    if run is None and answer is not None and answer.outcome != "accepted":
        return "refused", answer.detail or answer.outcome
    if run is None and answer is not None and answer.detail.casefold() in NOTHING_THERE:
        return "empty", answer.detail
    silent_at = _silence(run, answer)
    if silent_at is not None and state.lapsed_at is not None and silent_at <= state.lapsed_at:
        return "incomplete", ""
    return "waiting", ""


def _silence(run: Run | None, answer: Answered | None) -> datetime | None:
    signs = [*([run.last_at] if run is not None else ()), *([answer.at] if answer is not None else ())]
    return max(signs) + PATIENCE if signs else None  # without any, the outcome of the command is still to come


def _silent_at(state: StationReports, command_id: str) -> datetime | None:
    answer = next((each for each in state.answers if each.command_id == command_id), None)
    return _silence(matched(state.asked, state.runs).get(command_id), answer)


# -- what is published ------------------------------------------------------------------------------------------------


def _published(state: StationReports, at: datetime) -> Step:
    """The state that knows what was published, and a snapshot of each report that has changed.

    While it waits, a report is published when its first part has come and each time the number of its parts has doubled.
    """
    answers = {answer.command_id: answer for answer in state.answers}
    runs = matched(state.asked, state.runs)
    now = [_now(state, one, runs.get(one.command_id), answers.get(one.command_id), at) for one in state.asked]
    said, outputs = published(state.said, now, by="command_id", record=partial(_changed, state.station), same=_same)
    return replace(state, said=said), outputs


def _now(
    state: StationReports, one: Asked, run: Run | None, answer: Answered | None, at: datetime
) -> tuple[Told, Said]:
    status, detail = _status(state, one, run, answer)
    count = 0 if run is None else parts(run)
    return (one, run, detail), Said(command_id=one.command_id, revision=0, status=status, parts=count, at=at)


def _same(last: Said, fresh: Said) -> bool:
    grown = fresh.parts >= 2 * max(last.parts, 1) if last.parts else fresh.parts > 0
    late = last.status in ENDED and fresh.parts > last.parts
    return fresh.status == last.status and not (grown and fresh.status == "waiting") and not late


def _changed(station: str, told: Told, said: Said) -> ReportChanged:
    one, run, detail = told
    return ReportChanged(
        id=derived_id(one.command_id, "report-changed", said.revision),
        report=one.command_id,
        station=station,
        revision=said.revision,
        message=one.message,
        request_id=one.request_id,
        status=said.status,
        detail=detail,
        parts=said.parts,
        items=0 if run is None else run.items,
        missing=() if run is None else missing(run),
        requested_at=one.requested_at,
        requested_by=one.requested_by,
        first_at=None if run is None else run.first_at,
        last_at=None if run is None else run.last_at,
        changed_at=said.at,
    )


# -- what is forgotten ------------------------------------------------------------------------------------------------


def _passing(state: StationReports) -> Iterator[Dated]:
    """What is forgotten some day, with the time: reports that have ended, and what belongs to no report."""
    ended = {said.command_id for said in state.said if said.status in ENDED}
    runs = matched(state.asked, state.runs)
    reports = ((one, _last_sign(state, one, runs)) for one in state.asked if one.command_id in ended)
    return until(chain(reports, *_strays(state)), FORGOTTEN_AFTER)


def _strays(state: StationReports) -> tuple[list[Dated], ...]:
    """Parts and answers that belong to no request that is known, each with its time."""
    taken = set(matched(state.asked, state.runs).values())
    return (
        [(run, run.last_at) for run in state.runs if run not in taken],
        strays(state.answers, {one.command_id for one in state.asked}),
    )


def _last_sign(state: StationReports, one: Asked, runs: Mapping[str, Run]) -> datetime:
    moments = [one.requested_at, *(answer.at for answer in state.answers if answer.command_id == one.command_id)]
    if (run := runs.get(one.command_id)) is not None:
        moments.append(run.last_at)
    return max(moments)


def _bounded(state: StationReports) -> StationReports:
    """The state within its limits: of each kind the newest stay."""
    newest = sorted(state.asked, key=lambda one: (one.requested_at, one.command_id))
    return _without(state, surplus(_strays(state), REMEMBERED) | set(newest[:-REMEMBERED]))


def _without(state: StationReports, gone: Collection[msgspec.Struct]) -> StationReports:
    """The state without these things; answers and parts go with the request that they belong to."""
    if not gone:
        return state
    dropped = {one.command_id for one in state.asked if one in gone}
    with_them = {run for command_id, run in matched(state.asked, state.runs).items() if command_id in dropped}
    after = without(state, {*gone, *with_them}, "asked", "answers", "runs")
    return replace(
        after,
        answers=tuple(one for one in after.answers if one.command_id not in dropped),
        said=tuple(said for said in state.said if said.command_id not in dropped),
        lapsed_at=state.lapsed_at if after.asked else None,
    )

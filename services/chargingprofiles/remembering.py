"""Remembering: what each record adds to what is known of a station's profiles, and what of it is forgotten again. PURE."""

from collections.abc import Collection, Iterator
from datetime import datetime, timedelta
from itertools import chain

import msgspec
from msgspec.structs import replace

from schemas.authorization import token_key
from schemas.base import Poison
from schemas.chargingprofiles import STANDING, ChargingProfilesReported, profile_id_of
from schemas.commands import CommandRequested, CommandSettled
from schemas.profilecommands import ClearChargingProfile, GetChargingProfiles, SetChargingProfile, UpdateDynamicSchedule
from schemas.reports import request_id_of
from schemas.states.chargingprofiles import (
    Answered,
    Asked,
    Clear,
    Inquiry,
    Report,
    Seen,
    StationProfiles,
    Transaction,
    Updating,
)
from schemas.transactions import RemoteStart, SessionChanged
from services.chargingprofiles.standing import begun, done
from services.following.forgetting import Dated, over, strays, surplus, until, without
from services.following.remembering import remembered

STANDING_AT_MOST = 200
"""Profiles that one station has, or may come to have; what would be more is put aside (dead-lettered) with the reason."""

BYTES_AT_MOST = 400_000
"""Of one station's profiles as JSON, so that its state is one record; what would be more is put aside likewise."""

REMEMBERED = 50
"""Of one station: numbers under which nothing stands any more, and of each kind what nothing depends on; the newest stay."""

FORGOTTEN_AFTER = timedelta(days=1)

OURS = frozenset(
    kind.__struct_config__.tag
    for kind in (SetChargingProfile, ClearChargingProfile, GetChargingProfiles, UpdateDynamicSchedule, RemoteStart)
)
"""The commands whose outcomes are remembered."""


# -- what is added ----------------------------------------------------------------------------------------------------


def requested(state: StationProfiles, request: CommandRequested) -> StationProfiles:
    """A command that sets, clears, updates or asks for profiles; any other changes nothing."""
    match request.command:
        case SetChargingProfile() as command:
            return _asked(state, _set(request, command))
        case RemoteStart(profile=profile) as command if profile is not None:
            return _asked(state, _start(request, command))
        case ClearChargingProfile() as command:
            clear = Clear(
                command_id=request.id,
                profile_id=command.profile_id,
                evse=command.evse,
                purpose=command.purpose,
                stack_level=command.stack_level,
                requested_at=request.requested_at,
            )
            return remembered(state, "clears", clear, by="command_id")
        case UpdateDynamicSchedule(profile_id=number, update=update):
            told = Updating(command_id=request.id, profile_id=number, update=update, requested_at=request.requested_at)
            return remembered(state, "updates", told, by="command_id")
        case GetChargingProfiles() as command:
            inquiry = Inquiry(
                command_id=request.id,
                request_id=request_id_of(request.id),
                evse=command.evse,
                profile_ids=command.profile_ids,
                purpose=command.purpose,
                stack_level=command.stack_level,
                sources=command.sources,
                requested_at=request.requested_at,
            )
            return remembered(state, "inquiries", inquiry, by="command_id")
    return state


def _set(request: CommandRequested, command: SetChargingProfile) -> Asked:
    given = command.profile.profile_id
    number = profile_id_of(request.id) if given is None else given
    return Asked(
        command_id=request.id,
        profile_id=number,
        evse=command.evse,
        profile=replace(command.profile, profile_id=number),
        requested_at=request.requested_at,
        requested_by=request.requested_by,
    )


def _start(request: CommandRequested, command: RemoteStart) -> Asked:
    assert command.profile is not None
    given = command.profile.profile_id
    number = profile_id_of(request.id) if given is None else given
    return Asked(
        command_id=request.id,
        profile_id=number,
        evse=command.evse,
        profile=replace(command.profile, profile_id=number),
        starts=True,
        remote_start_id=command.start_id(request.id),
        token=token_key(command.token),
        requested_at=request.requested_at,
        requested_by=request.requested_by,
    )


def _asked(state: StationProfiles, asked: Asked) -> StationProfiles:
    after = remembered(state, "asked", asked, by="command_id")
    _require_room(after, len({said.profile_id for said in state.said if said.status in STANDING} | {asked.profile_id}))
    return after


def _require_room(state: StationProfiles, standing: int) -> None:
    if standing > STANDING_AT_MOST:
        raise Poison(f"{STANDING_AT_MOST} charging profiles of this station stand: no more are followed")
    profiles = (*(one.profile for one in state.asked), *(one.profile for one in state.seen))
    size = len(msgspec.json.encode(profiles))
    if size > BYTES_AT_MOST:
        raise Poison(f"the charging profiles of this station are more than {BYTES_AT_MOST} bytes: no more are followed")


def settled(state: StationProfiles, record: CommandSettled) -> StationProfiles:
    """The outcome of one of our commands."""
    answer = Answered(
        command_id=record.command_id,
        outcome=record.outcome,
        detail=record.detail or record.error_code or record.outcome.capitalize(),
        sent=record.sent,
        at=record.settled_at,
    )
    return remembered(state, "answers", answer, by="command_id")


def started(state: StationProfiles, session: SessionChanged) -> StationProfiles:
    """A session that began or ended; its readings change nothing here."""
    before = next((one for one in state.transactions if one.session == session.session), None)
    ended_at = None if session.status == "active" else session.ended_at or session.changed_at
    transaction = Transaction(
        session=session.session,
        transaction_id=session.transaction_id,
        evse=session.evse,
        token=token_key(session.token.value) if session.token is not None else "",
        remote_start_id=session.remote_start_id,
        started_at=session.started_at,
        ended_at=ended_at,
        heard_at=session.changed_at if before is None else before.heard_at,
        told_at=session.changed_at,
        resumed_at=session.resumed_at,
        exceeded=0 if before is None else before.exceeded,
        spent=before is not None and before.spent,
        max_energy_wh=session.limit.max_energy_wh,
        max_time_s=session.limit.max_time_s,
    )
    if before is not None and replace(transaction, told_at=before.told_at) == before:
        return state
    others = tuple(one for one in state.transactions if one.session != session.session)
    return replace(state, transactions=(*others, transaction))


def reported(state: StationProfiles, part: ChargingProfilesReported) -> StationProfiles:
    """A part of a report: what the station has under these numbers, and perhaps that the report is whole."""
    fresh = {
        profile.profile_id: Seen(
            profile_id=profile.profile_id,
            evse=part.evse,
            source=part.source,
            profile=profile,
            request_id=part.request_id,
            at=part.received_at,
        )
        for profile in part.profiles
        if profile.profile_id is not None
    }
    before = next((one for one in state.reports if one.request_id == part.request_id), None)
    told = Report(
        request_id=part.request_id,
        profile_ids=tuple(sorted({*(before.profile_ids if before is not None else ()), *fresh})),
        whole=part.last or (before is not None and before.whole),
        at=part.received_at,
    )
    if before is not None and (told.profile_ids, told.whole) == (before.profile_ids, before.whole):
        return state
    after = replace(
        state,
        seen=(*(one for one in state.seen if one.profile_id not in fresh), *fresh.values()),
        reports=(*(one for one in state.reports if one.request_id != part.request_id), told),
    )
    _require_room(after, len({said.profile_id for said in state.said if said.status in STANDING} | set(fresh)))
    return after


# -- what is forgotten ------------------------------------------------------------------------------------------------


def passing(state: StationProfiles) -> Iterator[datetime]:
    """When something is next forgotten."""
    yield from (said.at + FORGOTTEN_AFTER for said in state.said if said.status not in STANDING)
    yield from (at for _, at in until(chain.from_iterable(_strays(state)), FORGOTTEN_AFTER))


def without_the_old(state: StationProfiles, at: datetime) -> StationProfiles:
    """The state without what ended, or became of no use, long enough ago."""
    ended = {said.profile_id for said in state.said if said.status not in STANDING and said.at + FORGOTTEN_AFTER <= at}
    after = _without_numbers(state, ended) if ended else state
    return _without(after, over(until(chain.from_iterable(_strays(after)), FORGOTTEN_AFTER), at))


def bounded(state: StationProfiles) -> StationProfiles:
    """The state within its limits: of each kind the newest stay."""
    ended = sorted((said.at, said.profile_id) for said in state.said if said.status not in STANDING)
    crowded_out = {number for _, number in ended[:-REMEMBERED]}
    after = _without_numbers(state, crowded_out) if crowded_out else state
    return _without(after, surplus(_strays(after), REMEMBERED))


def _strays(state: StationProfiles) -> Iterator[list[Dated]]:
    """Of each kind what nothing depends on that is remembered: no number that stands, and none that it ended."""
    answers = {answer.command_id: answer for answer in state.answers}
    ends = {one.ended_at for one in done(state).values() if one.ended_at is not None}
    ids = {one.transaction_id for said in _transactions_of(state) for one in said}

    def idle(at: datetime) -> bool:
        return at not in ends

    current = _current(state, answers)
    asked = [(one, answers[one.command_id].at) for one in state.asked if one.command_id in answers]
    yield [(one, at) for one, at in asked if one.command_id not in current and idle(at)]
    others: tuple[tuple[Clear | Updating | Inquiry, ...], ...] = (state.clears, state.updates, state.inquiries)
    ends_of = {report.request_id: report.at for report in state.reports}
    for kind in others:
        timed = [(one, _effects(one, answers, ends_of)) for one in kind]
        yield [(one, max(at)) for one, at in timed if ends.isdisjoint(at) and not _needed(one, state, current)]
    yield [(one, one.at) for one in state.reports if idle(one.at)]
    yield [
        (one, one.told_at) for one in state.transactions if one.transaction_id not in ids and one.ended_at not in ends
    ]
    yield strays(state.answers, {one.command_id for one in _commands(state)})


def _effects(
    one: Clear | Updating | Inquiry, answers: dict[str, Answered], reports: dict[int, datetime]
) -> set[datetime]:
    """The times at which a command may have had an effect."""
    found = {answers[one.command_id].at if one.command_id in answers else one.requested_at}
    if isinstance(one, Inquiry) and one.request_id in reports:
        found.add(reports[one.request_id])
    return found


def _commands(state: StationProfiles) -> tuple[Asked | Clear | Updating | Inquiry, ...]:
    return (*state.asked, *state.clears, *state.updates, *state.inquiries)


def _transactions_of(state: StationProfiles) -> Iterator[list[Transaction]]:
    """The transactions that profiles depend on: by the number that they name, or by the start that they came with."""
    profiles = (*(one.profile for one in state.asked), *(one.profile for one in state.seen))
    named = {profile.transaction_id for profile in profiles if profile.transaction_id}
    yield [one for one in state.transactions if one.transaction_id in named]
    tokens = {one.token for one in state.asked if one.starts}
    starts = {one.remote_start_id for one in state.asked if one.starts}
    yield [one for one in state.transactions if one.token in tokens or one.remote_start_id in starts - {None}]


def _current(state: StationProfiles, answers: dict[str, Answered]) -> set[str]:
    """The commands that what stands under a number now may rest on: all that are open, and the last of each other outcome."""
    found: set[str] = set()
    latest: dict[tuple[int, str, str], tuple[datetime, str]] = {}
    for asked in state.asked:
        answer = answers.get(asked.command_id)
        if answer is None:
            found.add(asked.command_id)
            continue
        for by, at in (("asked", asked.requested_at), ("answered", answer.at)):
            kind = (asked.profile_id, answer.outcome, by)
            latest[kind] = max((at, asked.command_id), latest.get(kind, (at, "")))
    return found | {command_id for _, command_id in latest.values()}


def _needed(one: Clear | Updating | Inquiry, state: StationProfiles, current: set[str]) -> bool:
    """An update of a profile that still stands as it was set before."""
    if not isinstance(one, Updating):
        return False
    return any(asked.profile_id == one.profile_id and asked.command_id in current for asked in state.asked)


def _without_numbers(state: StationProfiles, numbers: set[int]) -> StationProfiles:
    """Everything under these numbers, which stand for nothing any more."""
    gone = {one.command_id for one in state.asked if one.profile_id in numbers}
    gone |= {one.command_id for one in state.updates if one.profile_id in numbers}
    return replace(
        state,
        transactions=_spent(state, gone),
        asked=tuple(one for one in state.asked if one.profile_id not in numbers),
        updates=tuple(one for one in state.updates if one.profile_id not in numbers),
        seen=tuple(one for one in state.seen if one.profile_id not in numbers),
        answers=tuple(one for one in state.answers if one.command_id not in gone),
        said=tuple(one for one in state.said if one.profile_id not in numbers),
    )


def _without(state: StationProfiles, gone: set[msgspec.Struct]) -> StationProfiles:
    if not gone:
        return state
    commands = {one.command_id for one in gone if isinstance(one, Asked | Clear | Updating | Inquiry)}
    state = replace(state, transactions=_spent(state, commands, but=gone))
    after = without(state, gone, "asked", "clears", "updates", "inquiries", "reports", "transactions", "answers")
    return replace(after, answers=tuple(one for one in after.answers if one.command_id not in commands))


def _spent(
    state: StationProfiles, commands: set[str], *, but: Collection[msgspec.Struct] = ()
) -> tuple[Transaction, ...]:
    """The transactions, those marked that forgotten starts began."""
    sessions = {one.session for command_id, one in begun(state).items() if command_id in commands}
    return tuple(
        replace(one, spent=True) if one.session in sessions and one not in but else one for one in state.transactions
    )

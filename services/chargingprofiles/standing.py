"""Standing: which profiles a station has by all that is known of it, in whatever order that was read. PURE.

What was accepted, reported and cleared takes effect in the order of its time; times are those of our own clocks. A set profile takes
the place of the one with its number (K01.FR.05), in 1.6 also of one with its purpose and stack level at its connector (5.16).
What a whole report should have and does not is gone. A TxProfile ends with its transaction (K02.FR.05).
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

import msgspec
from msgspec.structs import replace

from schemas.chargingprofiles import REPLACES_BY_PLACE, STANDING, Known, ProfileStatus
from schemas.chargingschedules import EXTERNAL, ChargingProfile, updated
from schemas.energy import is_of_site
from schemas.outcomes import is_unanswered
from schemas.profilecommands import SetChargingProfile
from schemas.states.chargingprofiles import (
    Answered,
    Asked,
    Clear,
    Inquiry,
    Seen,
    StationProfiles,
    Transaction,
    Updating,
)

START_AWAITED = timedelta(hours=1)
"""So long a profile that came with a remote start waits for its transaction."""

NO_PROFILES = "noprofiles"
"""The word of a station that has none that fit (GetChargingProfileStatusEnumType), without regard to case."""


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """What stands under a number. `since`: when the station accepted or reported it, or is to have had it."""

    profile_id: int
    evse: int
    profile: ChargingProfile
    source: str = "CSO"
    status: ProfileStatus
    known: Known
    detail: str = ""
    transaction_id: str = ""
    command_id: str = ""
    requested_at: datetime | None = None
    requested_by: str = ""
    since: datetime
    confirmed_at: datetime | None = None
    ended_at: datetime | None = None


class Absent(msgspec.Struct, frozen=True, kw_only=True):
    """A whole report: the numbers that it has."""

    inquiry: Inquiry
    profile_ids: frozenset[int]


Event = Asked | Updating | Seen | Clear | Absent
RANKS: dict[type[Event], int] = {Asked: 0, Updating: 1, Seen: 2, Clear: 3, Absent: 4}
"""Which of several things of one time comes first."""

Found = dict[int, Standing]


def standings(state: StationProfiles) -> Found:
    """What stands under each number."""
    found = done(state)
    _asked_for(found, state, {answer.command_id: answer for answer in state.answers})
    return {number: _over(one, state) for number, one in found.items()}


def done(state: StationProfiles) -> Found:
    """What the station did, in the order of time: what it accepted, reported and cleared."""
    answers = {answer.command_id: answer for answer in state.answers}
    bound = begun(state)
    found: Found = {}
    for at, event in sorted(_events(state, answers), key=_place):
        match event:
            case Asked():
                _install(found, state, event, answers[event.command_id], bound.get(event.command_id))
            case Updating(profile_id=number):
                if (one := found.get(number)) is not None and one.status in STANDING and one.profile.kind == "Dynamic":
                    found[number] = replace(one, profile=updated(one.profile, event.update), confirmed_at=at)
            case Seen():
                _report(found, event)
            case Clear():
                _end(found, "cleared", at, {one.profile_id for one in found.values() if _clears(event, one)})
            case Absent():
                _end(found, "gone", at, {one.profile_id for one in found.values() if _lacks(event, one)})
    return found


def tx_profiles(state: StationProfiles, transaction_id: str, *, asked_for: bool = False) -> Iterator[Standing]:
    """Our profiles of a transaction that its station has, or may have, by their numbers; also those that it is only `asked_for`.

    Those by which a site limits its EVSEs are not among them: their service alone renews them, and an older one would be wrong.
    """
    statuses = ("installed", "unconfirmed", *(["requested"] if asked_for else []))
    for _, one in sorted(standings(state).items()):
        ours = one.source == "CSO" and one.profile.purpose == "TxProfile" and one.status in statuses
        if ours and one.transaction_id == transaction_id and not is_of_site(state.station, one.evse, one.profile_id):
            yield one


def set_again(one: Standing) -> SetChargingProfile:
    """The command that sets a profile of a transaction once more, as it stands."""
    profile = replace(one.profile, profile_id=one.profile_id, transaction_id=one.transaction_id)
    return SetChargingProfile(evse=one.evse, profile=profile)


def begun(state: StationProfiles) -> dict[str, Transaction]:
    """The transaction that each remote start with a profile began, by the id of its command.

    In 2.x the transaction names the start (F02.FR.01); in 1.6 it is the first of the token, there, after the request (5.11).
    """
    found: dict[str, Transaction] = {}
    free = sorted((one for one in state.transactions if not one.spent), key=lambda one: (one.heard_at, one.session))
    for asked in sorted((one for one in state.asked if one.starts), key=lambda one: (one.requested_at, one.command_id)):
        one = next((each for each in free if _begins(asked, each)), None)
        if one is not None:
            free.remove(one)
            found[asked.command_id] = one
    return found


def _begins(asked: Asked, transaction: Transaction) -> bool:
    if transaction.remote_start_id is not None:
        return transaction.remote_start_id == asked.remote_start_id
    here = asked.evse is None or transaction.evse in (None, asked.evse)
    return here and transaction.token == asked.token and transaction.heard_at >= asked.requested_at


def _events(state: StationProfiles, answers: dict[str, Answered]) -> Iterator[tuple[datetime, Event]]:
    commands: tuple[Asked | Updating | Clear, ...] = (*state.asked, *state.updates, *state.clears)
    for one in commands:
        answer = answers.get(one.command_id)
        if answer is not None and (answer.outcome == "accepted" or (isinstance(one, Asked) and unanswered(answer))):
            yield answer.at, one
    yield from ((seen.at, seen) for seen in state.seen)
    whole = {report.request_id: report for report in state.reports if report.whole}
    for inquiry in state.inquiries:
        if (report := whole.get(inquiry.request_id)) is not None:
            yield report.at, Absent(inquiry=inquiry, profile_ids=frozenset(report.profile_ids))
        answer = answers.get(inquiry.command_id)
        if answer is not None and answer.outcome == "accepted" and answer.detail.casefold() == NO_PROFILES:
            yield answer.at, Absent(inquiry=inquiry, profile_ids=frozenset())


def _place(timed: tuple[datetime, Event]) -> tuple[datetime, int, str]:
    at, event = timed
    match event:
        case Seen(profile_id=number):
            return at, RANKS[Seen], str(number)
        case Absent(inquiry=inquiry):
            return at, RANKS[Absent], inquiry.command_id
    return at, RANKS[type(event)], event.command_id


def unanswered(answer: Answered) -> bool:
    """Nobody knows whether the station did it."""
    return is_unanswered(answer.outcome, sent=answer.sent)


def _install(found: Found, state: StationProfiles, asked: Asked, answer: Answered, began: Transaction | None) -> None:
    one = _of(asked, evse=began.evse if began is not None else None)
    one = replace(one, since=answer.at)
    if answer.outcome != "accepted":
        one = replace(one, status="unconfirmed", detail=answer.detail)
    elif asked.starts and began is None:
        one = replace(one, status="waiting", known="accepted", confirmed_at=answer.at)
    else:
        one = replace(one, status="installed", known="accepted", confirmed_at=answer.at)
    if began is not None:
        one = replace(one, transaction_id=began.transaction_id)
    if state.version in REPLACES_BY_PLACE and answer.outcome == "accepted":
        _end(found, "replaced", answer.at, {other.profile_id for other in found.values() if _same_place(other, one)})
    found[asked.profile_id] = one


def _of(asked: Asked, *, evse: int | None = None) -> Standing:
    return Standing(
        profile_id=asked.profile_id,
        evse=asked.evse if asked.evse is not None else evse or 0,
        profile=asked.profile,
        status="requested",
        known="asked",
        transaction_id=asked.profile.transaction_id,
        command_id=asked.command_id,
        requested_at=asked.requested_at,
        requested_by=asked.requested_by,
        since=asked.requested_at,
    )


def _same_place(other: Standing, one: Standing) -> bool:
    places = ((each.profile.purpose, each.profile.stack_level, each.evse) for each in (other, one))
    return len(set(places)) == 1 and other.profile_id != one.profile_id and other.status in STANDING


def _report(found: Found, seen: Seen) -> None:
    before = found.get(seen.profile_id)
    ours = before if before is not None and before.status in STANDING and before.source == seen.source else None
    found[seen.profile_id] = Standing(
        profile_id=seen.profile_id,
        evse=seen.evse,
        profile=seen.profile,
        source=seen.source,
        status="installed",
        known="reported",
        transaction_id=seen.profile.transaction_id or (ours.transaction_id if ours is not None else ""),
        command_id=ours.command_id if ours is not None else "",
        requested_at=ours.requested_at if ours is not None else None,
        requested_by=ours.requested_by if ours is not None else "",
        since=seen.at,
        confirmed_at=seen.at,
    )


def _end(found: Found, status: ProfileStatus, at: datetime, numbers: set[int]) -> None:
    for number in numbers:
        found[number] = replace(found[number], status=status, ended_at=at, detail="")


def _clears(clear: Clear, one: Standing) -> bool:
    if one.status not in STANDING or one.profile.purpose in EXTERNAL:
        return False
    if clear.profile_id is not None:
        return clear.profile_id == one.profile_id
    return _fits(one, evse=clear.evse, purpose=clear.purpose, stack_level=clear.stack_level)


def _fits(one: Standing, *, evse: int | None, purpose: str | None, stack_level: int | None) -> bool:
    return (
        evse in (None, one.evse)
        and purpose in (None, one.profile.purpose)
        and stack_level in (None, one.profile.stack_level)
    )


def _lacks(absent: Absent, one: Standing) -> bool:
    """The report should have the profile, which was there before it was asked for, and has not."""
    asked = absent.inquiry
    if one.status not in STANDING or one.profile_id in absent.profile_ids or one.since >= asked.requested_at:
        return False
    if one.status == "waiting" or (asked.profile_ids and one.profile_id not in asked.profile_ids):
        return False
    from_there = not asked.sources or one.source in asked.sources
    return from_there and _fits(one, evse=asked.evse, purpose=asked.purpose, stack_level=asked.stack_level)


def _asked_for(found: Found, state: StationProfiles, answers: dict[str, Answered]) -> None:
    """What was asked for last, and has not been accepted, over what stands."""
    latest: dict[int, Asked] = {}
    for asked in sorted(state.asked, key=lambda one: (one.requested_at, one.command_id)):
        latest[asked.profile_id] = asked
    for number, asked in latest.items():
        answer, stands = answers.get(asked.command_id), found.get(number)
        if answer is None:
            found[number] = _of(asked)
        elif answer.outcome == "accepted" or unanswered(answer):
            continue
        elif stands is not None and stands.status in STANDING:
            found[number] = replace(stands, detail=f"Another profile of this number was refused: {answer.detail}")
        else:
            status: ProfileStatus = "cancelled" if answer.outcome == "cancelled" else "refused"
            found[number] = replace(_of(asked), status=status, detail=answer.detail, ended_at=answer.at)


def _over(one: Standing, state: StationProfiles) -> Standing:
    """Ended with its transaction, or because none began."""
    if one.status == "waiting":
        lapsed = state.lapsed_at is not None and one.since + START_AWAITED <= state.lapsed_at
        at = one.since + START_AWAITED
        return replace(one, status="ended", detail="no transaction began", ended_at=at) if lapsed else one
    if one.status not in ("installed", "unconfirmed") or not one.transaction_id or one.profile.purpose != "TxProfile":
        return one
    of_it = [each for each in state.transactions if each.transaction_id == one.transaction_id]
    last = max(of_it, key=lambda each: (each.heard_at, each.session), default=None)
    if last is None or last.ended_at is None or (one.known == "reported" and one.since > last.told_at):
        return one
    return replace(one, status="ended", ended_at=last.ended_at, detail="")

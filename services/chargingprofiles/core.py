"""Charging profiles: what is known of each station's is kept as it was said, and which it has follows from that (`standing`).

A profile is known by its number, which is unique at its station (K01). The order in which the topics are read does not matter:
outcomes, sessions and reports that come before their request wait for it here.
"""

import hashlib
from datetime import datetime

import msgspec
from msgspec.structs import replace

from schemas.base import Due, Poison, Record, derived_id
from schemas.chargingneeds import (
    ChargingLimitCleared,
    ChargingLimitReported,
    ChargingNeedsReported,
    EVScheduleDecided,
    EVScheduleReported,
    PriorityChargingReported,
)
from schemas.chargingprofiles import (
    ChargingProfileChanged,
    ChargingProfilesReported,
    ScheduleUpdateDecided,
    ScheduleUpdateRequested,
    charging_profile_of,
)
from schemas.chargingschedules import update_of
from schemas.commands import CommandCancelled, CommandRequested, CommandSettled, StationLocated
from schemas.facts import FactReported
from schemas.limits import StationLimited
from schemas.states.chargingprofiles import Said, StationProfiles
from schemas.transactions import SessionChanged
from services.chargingprofiles.evschedules import ev_schedule
from services.chargingprofiles.limiting import limited
from services.chargingprofiles.needing import (
    command_heard,
    command_settled,
    limits_changed,
    needs_due,
    needs_reported,
    passing_needs,
    schedule_judged,
    transactions_changed,
)
from services.chargingprofiles.remembering import (
    OURS,
    bounded,
    passing,
    reported,
    requested,
    settled,
    started,
    without_the_old,
)
from services.chargingprofiles.resuming import again_after_resume
from services.chargingprofiles.serving import REFUSED, How
from services.chargingprofiles.standing import START_AWAITED, Standing, standings
from services.following.remembering import ANY_TIME, in_any_order, later

Step = tuple[StationProfiles, list[Record]]

KEPT_AS_THEY_CAME = (
    PriorityChargingReported,
    FactReported,
    CommandCancelled,
)
"""What is on the topics and says nothing of installed profiles; ClickHouse has it."""


def initial(key: str) -> StationProfiles:
    """A station of which no profile is known."""
    return StationProfiles(station=key)


def due(state: StationProfiles) -> datetime | None:
    """When the next remote start has waited long enough, or the next thing is forgotten."""
    waiting = any(said.status == "waiting" for said in state.said)
    found = standings(state).values() if waiting else ()
    lapses = (one.since + START_AWAITED for one in found if one.status == "waiting")
    return min((*lapses, *passing(state), *passing_needs(state)), default=None)


def step(state: StationProfiles, record: Record, how: How = REFUSED) -> Step:
    """Remember what a record says, and publish what stands under each number that it changes, and what becomes of EVs' needs."""
    if isinstance(record, ScheduleUpdateRequested):
        return state, [_decided(state, record)]
    if isinstance(record, EVScheduleReported):
        return _judged(state, record)
    if isinstance(record, ChargingNeedsReported):
        return needs_reported(state, record, how)
    if isinstance(record, Due):
        return _passed(state, record, how)
    after = _remembered(state, record)
    if after is state:
        return state, []
    told, outputs = _told(after, _moment(record))
    again = again_after_resume(state, after, record) if isinstance(record, SessionChanged) else ()
    told, answers = _needing(state, told, record, how)
    return bounded(told), [*outputs, *again, *answers]


def _judged(state: StationProfiles, record: EVScheduleReported) -> Step:
    after, outputs = ev_schedule(state, record)
    for decision in outputs:
        if isinstance(decision, EVScheduleDecided):
            after, said = schedule_judged(after, record, within=decision.within)
            return after, [*outputs, *said]
    return after, outputs


def _passed(state: StationProfiles, record: Due, how: How) -> Step:
    state, answers = needs_due(state, record.at, how)
    after, outputs = _told(replace(state, lapsed_at=later(state.lapsed_at, record.at)), record.at)
    return without_the_old(after, record.at), [*answers, *outputs]


def _needing(before: StationProfiles, state: StationProfiles, record: Record, how: How) -> Step:
    """What a record changes for EVs that wait for a profile, or have one that was planned."""
    if not state.needs:
        return state, []
    at = _moment(record)
    if isinstance(record, CommandRequested):
        state = command_heard(state, record.id)
    if isinstance(record, CommandSettled):
        return command_settled(state, record)
    if state.said != before.said or state.limits != before.limits:
        state = limits_changed(state, at)
    return transactions_changed(state, at, how) if isinstance(record, SessionChanged) else (state, [])


def _remembered(state: StationProfiles, record: Record) -> StationProfiles:
    match record:
        case CommandRequested():
            return _if_changed(state, requested(state, record))
        case CommandSettled():
            return settled(state, record) if record.command in OURS else state
        case SessionChanged():
            return started(state, record)
        case ChargingProfilesReported():
            return reported(state, record)
        case StationLocated() | StationLimited() | ChargingLimitReported() | ChargingLimitCleared():
            return _if_changed(state, _told_of_station(state, record))
    if isinstance(record, KEPT_AS_THEY_CAME):
        return state
    raise Poison(f"chargingprofiles has no use for a {type(record).__name__}")


def _told_of_station(
    state: StationProfiles, record: StationLocated | StationLimited | ChargingLimitReported | ChargingLimitCleared
) -> StationProfiles:
    match record:
        case StationLocated(version=version):
            return replace(state, version=version)
        case StationLimited(limits=limits):
            return replace(state, units=limits.rate_units, periods_most=limits.schedule_periods)
    return limited(state, record)


def _if_changed(before: StationProfiles, after: StationProfiles) -> StationProfiles:
    return before if after == before else after


def comparable(state: StationProfiles) -> StationProfiles:
    """The state without what the order of reading between its topics decides: how often, and when, something was published.

    So are the needs of EVs, which were answered by what was known at the time.
    """
    said = tuple(replace(one, at=ANY_TIME) for one in state.said)
    plain = replace(state, said=said, revision=0, lapsed_at=None, needs=())
    kinds = ("asked", "clears", "updates", "inquiries", "answers", "seen", "reports", "transactions")
    return in_any_order(plain, "said", *kinds)


def _decided(state: StationProfiles, record: ScheduleUpdateRequested) -> ScheduleUpdateDecided:
    """What the dynamic profile holds by all that is known; nothing where there is none (K28.FR.07, FR.12)."""
    one = standings(state).get(record.profile_id)
    ours = one is not None and one.status == "installed" and one.profile.kind == "Dynamic" and one.source == "CSO"
    return ScheduleUpdateDecided(
        id=derived_id(record.id, "decided"),
        station=record.station,
        reply_to=record.reply_to,
        update=update_of(one.profile) if ours and one is not None else None,
    )


# -- what is published ------------------------------------------------------------------------------------------------


def _told(state: StationProfiles, at: datetime) -> Step:
    """The state that knows what was published, and a snapshot of each number under which something else stands now."""
    before = {said.profile_id: said for said in state.said}
    said, outputs, revision = [], list[Record](), state.revision
    for number, now in sorted(standings(state).items()):
        digest, last = _digest(now), before.pop(number, None)
        if last is not None and last.digest == digest:
            said.append(last)
            continue
        revision += 1
        said.append(Said(profile_id=number, status=now.status, known=now.known, digest=digest, at=at))
        outputs.append(_changed(state.station, now, revision, at))
    return replace(state, said=tuple(said), revision=revision), outputs


def _digest(one: Standing) -> str:
    return hashlib.blake2b(msgspec.json.encode(one), digest_size=9).hexdigest()


def _changed(station: str, one: Standing, revision: int, at: datetime) -> ChargingProfileChanged:
    return ChargingProfileChanged(
        id=derived_id(station, "charging-profile-changed", one.profile_id, revision),
        charging_profile=charging_profile_of(station, one.profile_id),
        station=station,
        profile_id=one.profile_id,
        revision=revision,
        evse=one.evse,
        profile=one.profile,
        source=one.source,
        status=one.status,
        known=one.known,
        detail=one.detail,
        transaction_id=one.transaction_id,
        command_id=one.command_id,
        requested_at=one.requested_at,
        requested_by=one.requested_by,
        confirmed_at=one.confirmed_at,
        ended_at=one.ended_at,
        changed_at=at,
    )


def _moment(record: Record) -> datetime:
    match record:
        case CommandRequested():
            return record.requested_at
        case CommandSettled():
            return record.settled_at
        case SessionChanged():
            return record.changed_at
        case ChargingProfilesReported() | ChargingLimitReported() | ChargingLimitCleared():
            return record.received_at
        case StationLocated() | StationLimited():
            return record.at
    raise AssertionError(f"{type(record).__name__} has no moment")

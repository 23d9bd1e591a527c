"""EV schedules: whether an EV means to charge within our profile of its transaction (2.x part 2, K15 to K17). PURE.

Where it means to charge more, the answer is Rejected and the profile is set again, which begins a renegotiation (K15.FR.13, K16.FR.08).
What cannot be compared is not refused: other units, several schedules of which none is named, a profile without limits.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import NamedTuple

from msgspec.structs import replace

from schemas.base import Record, derived_id
from schemas.chargingneeds import EVScheduleDecided, EVScheduleReported
from schemas.chargingschedules import ChargingProfile, ChargingSchedule
from schemas.commands import CommandRequested
from schemas.states.chargingprofiles import StationProfiles, Transaction
from services.chargingprofiles.standing import Standing, set_again, tx_profiles

RENEGOTIATED_MOST = 3
"""So often in a row the profile is set again; an EV that goes on to exceed it is only refused."""

WITHIN = timedelta(minutes=1)
"""The profile is of use while the EV waits (K15.FR.08)."""

LATEST = datetime.max.replace(tzinfo=UTC)

Step = tuple[StationProfiles, list[Record]]


def ev_schedule(state: StationProfiles, said: EVScheduleReported) -> Step:
    """Answer the station, and set the profile again where the EV means to exceed it. Old records, which nobody waits for, do nothing."""
    if said.reply_to is None:
        return state, []
    found = _profile_of(state, said.evse)
    exceeds = found is not None and not is_within(
        said.schedule, said.begins_at, found[1].profile, said.selected_schedule_id
    )
    decision = EVScheduleDecided(
        id=derived_id(said.id, "decided"), station=said.station, reply_to=said.reply_to, within=not exceeds
    )
    if found is None:
        return state, [decision]
    transaction, standing = found
    exceeded = transaction.exceeded + 1 if exceeds else 0
    if exceeded != transaction.exceeded:
        others = (replace(one, exceeded=exceeded) if one is transaction else one for one in state.transactions)
        state = replace(state, transactions=tuple(others))
    again = exceeds and exceeded <= RENEGOTIATED_MOST
    return state, [decision, *([_again(said, standing)] if again else [])]


def _profile_of(state: StationProfiles, evse: int) -> tuple[Transaction, Standing] | None:
    """Our profile of the transaction at an EVSE that rules: of several, the one of the highest stack level.

    An EV may say what it means to do before we read that its station accepted the profile.
    """
    running = [one for one in state.transactions if one.ended_at is None and one.evse == evse]
    of_it = [
        (transaction, one)
        for transaction in running
        for one in tx_profiles(state, transaction.transaction_id, asked_for=True)
    ]
    return max(of_it, key=lambda each: (each[1].profile.stack_level, each[1].profile_id), default=None)


def _again(said: EVScheduleReported, standing: Standing) -> CommandRequested:
    return CommandRequested(
        id=derived_id(said.id, "renegotiated"),
        station=said.station,
        command=set_again(standing),
        requested_at=said.received_at,
        expires_at=said.received_at + WITHIN,
        when_offline="fail",
        requested_by="chargingprofiles",
    )


# -- limits over time -------------------------------------------------------------------------------------------------


class Span(NamedTuple):
    """A rate that holds from a moment to another."""

    begin: datetime
    end: datetime
    rate: Decimal


def is_within(theirs: ChargingSchedule, begins_at: datetime, profile: ChargingProfile, chosen: int | None) -> bool:
    """Whether an EV's schedule nowhere exceeds ours; True too where they cannot be compared."""
    ours = _schedule_of(profile, theirs.schedule_id if chosen is None else chosen)
    if ours is None or (ours.unit is not None and theirs.unit is not None and ours.unit != theirs.unit):
        return True
    meant = list(_spans(theirs, begins_at))
    if profile.kind != "Absolute" or ours.start_at is None:
        rates = [period.limit for period in ours.periods]
        most = max((rate for rate in rates if rate is not None), default=None)
        return most is None or None in rates or all(span.rate <= most for span in meant)
    return not any(_exceeds(one, limit) for limit in _spans(ours, ours.start_at) for one in meant)


def _exceeds(meant: Span, limit: Span) -> bool:
    return meant.begin < limit.end and limit.begin < meant.end and meant.rate > limit.rate


def _schedule_of(profile: ChargingProfile, number: int | None) -> ChargingSchedule | None:
    """The schedule that the EV follows: the only one, or the one of this number (without a number of its own: its place from 1)."""
    if len(profile.schedules) == 1:
        return profile.schedules[0]
    numbered: Sequence[tuple[int, ChargingSchedule]] = [
        (place if one.schedule_id is None else one.schedule_id, one) for place, one in enumerate(profile.schedules, 1)
    ]
    return next((one for its, one in numbered if its == number), None)


def _spans(schedule: ChargingSchedule, begins_at: datetime) -> Iterator[Span]:
    """Its periods with a limit, in time; the last holds until the schedule's end."""
    starts = [period.start_s for period in schedule.periods]
    ends = [_after(begins_at, start) for start in starts[1:]]
    last = LATEST if schedule.duration_s is None else _after(begins_at, schedule.duration_s)
    for period, end in zip(schedule.periods, [*ends, last], strict=True):
        if period.limit is not None:
            yield Span(_after(begins_at, period.start_s), end, period.limit)


def _after(moment: datetime, seconds: int) -> datetime:
    return LATEST if moment > LATEST - timedelta(seconds=seconds) else moment + timedelta(seconds=seconds)

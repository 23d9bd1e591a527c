"""Telling: the one profile that a station has of all its events, in which form it is asked to take it, and what became of that. PURE.

The profile has the whole schedule up to its end, so that a station that loses its connection ends it by itself. It is the same number
each time (K01.FR.05), so that a later one takes the place of an earlier one. A station is asked for a ChargingStationMaxProfile first; one
that does not take that gets a TxDefaultProfile, whose limit holds for each EVSE and is divided among them; then the other unit.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from decimal import ROUND_FLOOR, Decimal

import msgspec
from msgspec.structs import replace

from schemas.base import derived_id
from schemas.chargingschedules import (
    WHOLE_MOST,
    ChargingProfile,
    ChargingSchedule,
    Purpose,
    RateUnit,
    SchedulePeriod,
)
from schemas.commands import CommandRequested, CommandSettled
from schemas.profilecommands import ClearChargingProfile, SetChargingProfile
from schemas.states.demandresponse import HeldEvent, StationDemand, ToldLimit
from services.demandresponse.holding import told_from
from services.demandresponse.schedules import Curve, curve_of, fitted, group_of
from services.following.commanding import NO_ANSWER, own_command

SERVICE = "demandresponse"
PRIORITY = 2
"""Before the commands of operators, which have 5: a limit of the grid does not wait for a log."""
TIMEOUT_S = 20.0
OUTCOME_WITHIN = timedelta(seconds=90)
"""A command without an outcome by then was lost on its way (see "A command leaves after its queue is saved")."""
PAUSE, PAUSE_MOST = timedelta(seconds=15), timedelta(minutes=4)
"""The wait after no answer; twice as long after each further one."""
FIT = {"W": Decimal(1), "A": Decimal("0.1")}


class Rules(msgspec.Struct, frozen=True, kw_only=True):
    """What a deployment sets: how long ahead stations are told, and the stack level of their profile."""

    ahead_s: float = 600
    stack_level: int = 1


def forms_of(state: StationDemand) -> tuple[tuple[Purpose, RateUnit], ...]:
    """The forms in which the station is asked to take a limit, one after the other."""
    units: tuple[RateUnit, ...] = state.units or ("W", "A")
    purposes: tuple[Purpose, ...] = ("ChargingStationMaxProfile", "TxDefaultProfile")
    return tuple((purpose, unit) for unit in units for purpose in purposes)


def form_of(state: StationDemand) -> tuple[Purpose, RateUnit]:
    """The form of the next attempt."""
    forms = forms_of(state)
    return forms[state.form % len(forms)]


def effective(state: StationDemand) -> list[HeldEvent]:
    """The events that have an effect at the station."""
    return [each for each in state.events if not each.off]


def wanted(state: StationDemand, at: datetime, rules: Rules) -> tuple[ToldLimit, Curve] | None:
    """What the station is to have now, and its curve; None where it is to have nothing, or nothing yet."""
    purpose, unit = form_of(state)
    group = group_now(state, unit, at)
    if group is None or tell_at(state, group, rules) > at:
        return None
    members = members_of(state, group)
    if purpose == "TxDefaultProfile":  # it holds at each EVSE
        steps = tuple(step._replace(limit=step.limit / max(1, state.evses)) for step in group.steps)
        group = group._replace(steps=steps)
    curve = fitted(group, unit, state.periods_most)
    parts = (f"{step.at.isoformat()} {step.limit}" for step in curve.steps)
    digest = derived_id(purpose, unit, curve.ends_at.isoformat(), *parts)
    limit = ToldLimit(
        digest=digest, events=events_of(members), ends_at=curve.ends_at, least=curve.least, unit=unit, purpose=purpose
    )
    return limit, curve


def group_now(state: StationDemand, unit: RateUnit, at: datetime) -> Curve | None:
    """The least limit of the events that the station follows, or is to follow next."""
    curves = (curve_of(each, unit, state.station) for each in effective(state))
    return group_of((curve for curve in curves if curve is not None), at)


def members_of(state: StationDemand, group: Curve) -> list[HeldEvent]:
    """The events of which a group is made."""
    curves = ((each, curve_of(each, "W", state.station)) for each in effective(state))
    return [
        each
        for each, curve in curves
        if curve is not None and group.begins_at <= curve.begins_at and curve.ends_at <= group.ends_at
    ]


def events_of(events: Iterable[HeldEvent]) -> str:
    """Names events in their editions."""
    return derived_id(*(f"{each.event} {each.edition}" for each in events))


def tell_at(state: StationDemand, group: Curve, rules: Rules) -> datetime:
    """When the station is told of a group of events: a part of the time ahead is its own, so that fleets are told one by one."""
    own = int(derived_id(state.station, "ahead")[:8], 16) / 2**32
    ahead_s = rules.ahead_s * (1 - own / 2)
    return min(
        (told_from(each, ahead_s) for each in members_of(state, group)),
        default=group.begins_at,
    )


def asked(
    state: StationDemand, limit: ToldLimit, curve: Curve, at: datetime, rules: Rules
) -> tuple[StationDemand, CommandRequested]:
    """Ask the station to take the limit."""
    begins = curve.begins_at
    schedule = ChargingSchedule(
        unit=limit.unit,
        start_at=begins,
        duration_s=int((curve.ends_at - begins).total_seconds()),
        periods=tuple(
            SchedulePeriod(
                start_s=int((step.at - begins).total_seconds()),
                limit=step.limit.quantize(FIT[limit.unit], rounding=ROUND_FLOOR),
            )
            for step in curve.steps
        ),
    )
    profile = ChargingProfile(
        profile_id=profile_id(state.station),
        purpose=limit.purpose,
        kind="Absolute",
        stack_level=rules.stack_level,
        valid_to=curve.ends_at,
        schedules=(schedule,),
    )
    command = SetChargingProfile(evse=0, profile=profile)
    state, request = _sent(state, command, at)
    # the station may have it from now on
    return replace(state, asking=limit, told=limit, accepted=False), request


def cleared(state: StationDemand, at: datetime) -> tuple[StationDemand, CommandRequested]:
    """Take the profile back."""
    state, request = _sent(state, ClearChargingProfile(profile_id=profile_id(state.station)), at)
    return replace(state, clearing=True, accepted=False), request


def _sent(
    state: StationDemand, command: SetChargingProfile | ClearChargingProfile, at: datetime
) -> tuple[StationDemand, CommandRequested]:
    number = state.sent + 1
    request = own_command(
        derived_id(state.station, SERVICE, number),
        state.station,
        command,
        at,
        by=SERVICE,
        priority=PRIORITY,
        timeout_s=TIMEOUT_S,
        within=OUTCOME_WITHIN - timedelta(seconds=2 * TIMEOUT_S),
    )
    return replace(state, sent=number, command_id=request.id, until=at + OUTCOME_WITHIN), request


def profile_id(station: str) -> int:
    """The number of the profile at a station."""
    return int(derived_id(station, SERVICE)[:8], 16) % WHOLE_MOST + 1


# -- outcomes ---------------------------------------------------------------------------------------------------------


def settled(state: StationDemand, outcome: CommandSettled) -> StationDemand:
    """The station after its answer, or after it gave none."""
    at, detail = outcome.settled_at, outcome.detail or outcome.error_code
    if outcome.outcome in NO_ANSWER:
        return unanswered(replace(state, detail=detail or outcome.outcome.replace("_", " ")), at)
    if state.clearing:
        # it is gone, or the station does not know it: either way it has none
        return replace(_free(state), told=None, accepted=False, detail=detail)
    if outcome.outcome == "accepted":
        return replace(_free(state), told=state.asking, accepted=True, failures=0, refused="", detail="")
    asking, form = state.asking, state.form + 1
    # what it had before it may have still
    state = replace(_free(state), form=form % len(forms_of(state)), detail=detail or outcome.outcome)
    return replace(state, refused=asking.events) if asking is not None and state.form == 0 else state


def unanswered(state: StationDemand, at: datetime) -> StationDemand:
    """The station said nothing: it is asked again after a pause, and counts as one that may have what it was told."""
    pause = min(PAUSE * (1 << min(state.failures, 10)), PAUSE_MOST)
    return replace(_free(state), failures=state.failures + 1, not_before=at + pause)


def _free(state: StationDemand) -> StationDemand:
    return replace(state, command_id="", until=None, asking=None, clearing=False, not_before=None)

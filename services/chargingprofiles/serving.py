"""Serving: which profile serves the needs of an EV: one that stands, or one that is planned (2.x part 2, K15 to K20). PURE."""

import hashlib
from datetime import datetime, timedelta
from decimal import Decimal
from typing import NamedTuple

import msgspec

from schemas.base import derived_id
from schemas.chargingneeds import ChargingNeedsReported, NeedsPolicy
from schemas.chargingprofiles import profile_id_of
from schemas.chargingschedules import MOST_PERIODS, ChargingProfile
from schemas.profilecommands import SetChargingProfile
from schemas.states.chargingprofiles import StationProfiles, Transaction
from services.chargingprofiles.curves import Frame
from services.chargingprofiles.limiting import limiting, limits_known, taken, unit_for
from services.chargingprofiles.planning import Plan, Planner, Request, horizon_s, plan
from services.chargingprofiles.standing import Standing, set_again, tx_profiles


class How(NamedTuple):
    """The policy for a station, and what plans."""

    policy: NeedsPolicy
    planner: Planner = plan


REFUSED = How("off")


class Served(NamedTuple):
    """The command that serves the needs, and what is to be said of it."""

    command: SetChargingProfile
    profile_id: int
    policy: NeedsPolicy
    reason: str
    limits: str = ""
    energy_wh: Decimal | None = None
    planned_wh: Decimal | None = None
    departure_at: datetime | None = None


class Unserved(NamedTuple):
    """Why nothing serves them."""

    reason: str


def serving(
    state: StationProfiles, needs: ChargingNeedsReported, transaction: Transaction | None, at: datetime, how: How
) -> Served | Unserved:
    """What serves the needs of the EV of a transaction."""
    if how.policy == "off" or transaction is None:
        return Unserved("nothing plans charging here")
    if (theirs := profile_of_others(state, transaction)) is not None:
        return Served(set_again(theirs), theirs.profile_id, "standing", "the profile of the transaction serves")
    if how.policy == "standing" and not _defaults(state, needs.evse):
        return Unserved("no profile of the station serves")
    asked = _asked(state, needs, transaction, at, how.policy)
    made = how.planner(asked) if asked is not None else None
    if asked is None or made is None:
        return Unserved("DC is planned in W" if asked is None else "neither the EV nor anything else tells a limit")
    return _planned(state, needs, transaction, made, asked)


def _planned(
    state: StationProfiles, needs: ChargingNeedsReported, transaction: Transaction, made: Plan, asked: Request
) -> Served:
    number = plan_number(needs.station, transaction.transaction_id)
    profile = ChargingProfile(
        purpose="TxProfile",
        kind="Absolute",
        transaction_id=transaction.transaction_id,
        profile_id=number,
        schedules=(made.schedule,),
    )
    return Served(
        SetChargingProfile(evse=needs.evse, profile=profile),
        number,
        asked.policy,
        "",
        limits=limits_digest(state, needs.evse),
        energy_wh=asked.energy_wh,
        planned_wh=made.planned_wh,
        departure_at=asked.departure_at,
    )


def _asked(
    state: StationProfiles, needs: ChargingNeedsReported, transaction: Transaction, at: datetime, policy: NeedsPolicy
) -> Request | None:
    """What is to be planned; None where the station takes no unit in which that can be said."""
    unit = unit_for(needs, state.units)
    if unit is None:
        return None
    begins = at.replace(microsecond=0)
    takes = taken(needs, unit)
    energies = [each for each in (takes.energy_wh, transaction.max_energy_wh) if each is not None]
    longest = transaction.max_time_s
    ends = None if longest is None else transaction.started_at + timedelta(seconds=longest)
    departure = min((each for each in (needs.departure_at, ends) if each is not None), default=None)
    frame = Frame(begins, horizon_s(begins, departure), unit.of)
    return Request(
        at=begins,
        unit=unit.name,
        watts=unit.watts,
        limits=limits_known(state, needs.evse, frame, transaction.started_at),
        most=takes.most,
        least=takes.least,
        energy_wh=min(energies, default=None),
        departure_at=departure,
        periods_most=max(1, min(needs.most_periods or MOST_PERIODS, state.periods_most or MOST_PERIODS, MOST_PERIODS)),
        policy=policy,
    )


def transaction_at(state: StationProfiles, evse: int) -> Transaction | None:
    """The transaction that runs at an EVSE, the last of several; one that names no EVSE where no other does."""
    running = [one for one in state.transactions if one.ended_at is None]
    here = [one for one in running if one.evse == evse] or [one for one in running if one.evse is None]
    return max(here, key=lambda one: (one.heard_at, one.session), default=None)


def plan_number(station: str, transaction_id: str) -> int:
    """The number of the profile that is planned for a transaction."""
    return profile_id_of(derived_id(station, "charging-plan", transaction_id))


def profile_of_others(state: StationProfiles, transaction: Transaction) -> Standing | None:
    """The profile that an operator set for the transaction, or its remote start brought: the one that rules."""
    own = plan_number(state.station, transaction.transaction_id)
    found = (one for one in tx_profiles(state, transaction.transaction_id) if one.profile_id != own)
    return max(found, key=lambda one: (one.profile.stack_level, one.profile_id), default=None)


def _defaults(state: StationProfiles, evse: int) -> bool:
    return any(one.profile.purpose == "TxDefaultProfile" for one in limiting(state, evse))


def limits_digest(state: StationProfiles, evse: int) -> str:
    """A digest of what limits an EVSE; a limit that is only told again is the same."""
    profiles = [(one.profile_id, one.evse, one.profile) for one in limiting(state, evse)]
    told = [(one.source, one.evse, one.schedules) for one in state.limits if one.evse in (None, 0, evse)]
    return hashlib.blake2b(msgspec.json.encode((profiles, told)), digest_size=9).hexdigest()

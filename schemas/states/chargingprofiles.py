"""What `chargingprofiles` remembers of a station: what was asked, answered and reported; what is installed follows from these."""

from decimal import Decimal

import msgspec

from schemas.base import OcppVersion, Timestamp
from schemas.chargingneeds import ChargingNeedsReported, ChargingPlanChanged
from schemas.chargingprofiles import Known, ProfileStatus
from schemas.chargingschedules import ChargingProfile, ChargingSchedule, RateUnit, ScheduleUpdate


class Asked(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A SetChargingProfile, or a RemoteStart with a profile (`starts`): then `evse` may be open, and `token` is its `token_key`."""

    command_id: str
    profile_id: int
    evse: int | None = None
    profile: ChargingProfile
    starts: bool = False
    remote_start_id: int | None = None
    token: str = ""
    requested_at: Timestamp
    requested_by: str = ""


class Clear(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A ClearChargingProfile: by number, or all that fit what is given."""

    command_id: str
    profile_id: int | None = None
    evse: int | None = None
    purpose: str | None = None
    stack_level: int | None = None
    requested_at: Timestamp


class Updating(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An UpdateDynamicSchedule."""

    command_id: str
    profile_id: int
    update: ScheduleUpdate
    requested_at: Timestamp


class Inquiry(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A GetChargingProfiles: what a whole report under `request_id` must contain, if the station has it."""

    command_id: str
    request_id: int
    evse: int | None = None
    profile_ids: tuple[int, ...] = ()
    purpose: str | None = None
    stack_level: int | None = None
    sources: tuple[str, ...] = ()
    requested_at: Timestamp


class Answered(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The outcome of one of these commands, perhaps read before the command itself. `sent` is as in CommandSettled."""

    command_id: str
    outcome: str
    detail: str = ""
    sent: bool | None = None
    at: Timestamp


class Seen(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What the station last reported under a number."""

    profile_id: int
    evse: int
    source: str
    profile: ChargingProfile
    request_id: int
    at: Timestamp


class Report(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A report as far as it came: the numbers in it, and whether it is whole."""

    request_id: int
    profile_ids: tuple[int, ...] = ()
    whole: bool = False
    at: Timestamp


class Transaction(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A session of the station, for the profiles that belong to it. `token` is a `token_key`.

    `heard_at` is when it was first known here, `told_at` when what is said here of it was. `resumed_at`: when the station last
    went on with it after a boot. `exceeded`: how often in a row its EV meant to charge more than our profile allows.
    `spent`: a remote start began it that is forgotten, so that it belongs to no other. `max_energy_wh` and `max_time_s`: what its
    session is limited to.
    """

    session: str
    transaction_id: str
    evse: int | None = None
    token: str = ""
    remote_start_id: int | None = None
    started_at: Timestamp
    ended_at: Timestamp | None = None
    heard_at: Timestamp
    told_at: Timestamp
    resumed_at: Timestamp | None = None
    exceeded: int = 0
    spent: bool = False
    max_energy_wh: Decimal | None = None
    max_time_s: int | None = None


class Said(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What was last published under a number (`digest` of all but its time), and the time `at` of the record that made it so."""

    profile_id: int
    status: ProfileStatus
    known: Known
    digest: str
    at: Timestamp


class LimitOfOthers(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A limit that others set and that holds, the newest of its source and place. `at`: when the station told of it."""

    source: str
    evse: int | None = None
    schedules: tuple[ChargingSchedule, ...] = ()
    at: Timestamp


class Needed(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The needs of the EV at an EVSE, and what became of them. `told` is their newest snapshot.

    `answered`: the station has its answer. `limits`: a digest of what limited the plan. `planned_at`: when the profile was sent last;
    `plan_again_at`: when it is to be made anew, because the limits are others. `missing_at`: when that is done because nothing was heard
    of the command, `lost` how often that was so. `repeats`: how often in a row the same needs were told before.
    """

    needs: ChargingNeedsReported
    told: ChargingPlanChanged
    answered: bool = False
    limits: str = ""
    planned_at: Timestamp | None = None
    plan_again_at: Timestamp | None = None
    missing_at: Timestamp | None = None
    lost: int = 0
    repeats: int = 0


class StationProfiles(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What `chargingprofiles` remembers of one station. `revision` counts everything that was published of it.

    `units` and `periods_most`: what the station told of the schedules that it takes.
    """

    station: str
    version: OcppVersion | None = None
    revision: int = 0
    asked: tuple[Asked, ...] = ()
    clears: tuple[Clear, ...] = ()
    updates: tuple[Updating, ...] = ()
    inquiries: tuple[Inquiry, ...] = ()
    answers: tuple[Answered, ...] = ()
    seen: tuple[Seen, ...] = ()
    reports: tuple[Report, ...] = ()
    transactions: tuple[Transaction, ...] = ()
    lapsed_at: Timestamp | None = None
    said: tuple[Said, ...] = ()
    limits: tuple[LimitOfOthers, ...] = ()
    needs: tuple[Needed, ...] = ()
    units: tuple[RateUnit, ...] = ()
    periods_most: int | None = None

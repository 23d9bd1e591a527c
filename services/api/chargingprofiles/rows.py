"""Charging profiles as the API takes and gives them. PURE."""

import datetime as dt
from decimal import Decimal
from typing import Annotated, Any

import msgspec

from schemas.chargingprofiles import ChargingProfileChanged, Known, ProfileStatus, ProfileTemplateProvisioned
from schemas.chargingschedules import ChargingProfile, ChargingSchedule, RateUnit
from schemas.command import EvseId
from services.api.commands.bodies import Asking
from services.api.commands.fleetbodies import Stations
from services.api.commands.rows import CommandView
from services.api.web.bodies import Body, Owner


class SetProfile(Asking, frozen=True, kw_only=True):
    """Which profile is set, where, and how the command travels. Name a `profile` or a `template`, an `evse` or a `session`."""

    profile: Annotated[
        ChargingProfile | None,
        msgspec.Meta(
            description="The profile. Without a start an Absolute one starts now; without a unit it is in the station's own."
        ),
    ] = None
    template: Annotated[str | None, msgspec.Meta(description="The name of a template.")] = None
    evse: Annotated[EvseId | None, msgspec.Meta(description="Where; 0: the whole station.")] = None
    session: Annotated[
        str | None,
        msgspec.Meta(description="A session that runs there: its EVSE and transaction are taken, for a TxProfile."),
    ] = None


class AskComposite(Asking, frozen=True, kw_only=True):
    """For which EVSE and time the composite schedule is asked for, and how the command travels."""

    evse: Annotated[EvseId, msgspec.Meta(description="0: the whole station.")] = 0
    duration_s: Annotated[int, msgspec.Meta(ge=1, le=31_536_000, description="From now on.")] = 86_400
    unit: Annotated[RateUnit | None, msgspec.Meta(description="Null: as the station likes.")] = None


class ProvisionTemplate(Body, frozen=True, kw_only=True):
    """A profile to be set by its name: without `profile_id` and `transaction_id`."""

    profile: ChargingProfile
    label: Annotated[str, msgspec.Meta(max_length=200)] = ""
    tenant: Owner = None


class ApplyTemplate(Asking, frozen=True, kw_only=True):
    """At which stations a template is set, and how the commands travel."""

    stations: Stations
    evse: Annotated[EvseId, msgspec.Meta(description="0: the whole station.")] = 0


class Profile(msgspec.Struct, frozen=True, kw_only=True):
    """What stands under a number at a station. `known`: whether it was asked for, the station accepted it, or reported it.

    `source` says who set it, CSO being this system. `detail`: the station's word, or the reason, where the status does not say it.
    `command_id` is that of the command that set it, empty where the station alone knows of it.
    """

    charging_profile: str
    station: str
    profile_id: int
    evse: int
    profile: ChargingProfile
    source: str
    status: ProfileStatus | str
    known: Known | str
    detail: str
    transaction_id: str
    command_id: str
    requested_at: dt.datetime | None
    requested_by: str
    confirmed_at: dt.datetime | None
    ended_at: dt.datetime | None
    changed_at: dt.datetime


class Answered(msgspec.Struct, frozen=True, kw_only=True):
    """What stands under the number, and the command about it with its outcome; `profile` is null where it is not known yet."""

    profile_id: int
    profile: Profile | None
    command: CommandView


class ProfileFilter(msgspec.Struct, frozen=True, kw_only=True):
    """Which profiles; None does not filter."""

    station: str | None = None
    status: str | None = None


ALL_PROFILES = ProfileFilter()


class Limit(msgspec.Struct, frozen=True, kw_only=True):
    """A limit that somebody else set at a station and that holds. EVSE 0 is the station as a whole."""

    station: str
    evse: int
    source: str
    local_generation: bool
    grid_critical: bool | None
    schedules: tuple[ChargingSchedule, ...]
    received_at: dt.datetime


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """What became of the needs of an EV. `policy` decided it: off, standing, fast or level. `reason` says why there is no profile, or
    what made the last one. `profile_id` is the profile that was sent last, `plans` how many were. `energy_wh` is what the EV asked for,
    `planned_wh` what it can have by the profile until `departure_at`; null where that is not known. `outcome` is that of the command
    which sent the profile, `ev_within` whether the EV means to charge within it; null: it did not say.
    """

    station: str
    needs: str
    policy: str
    status: str
    reason: str
    transaction_id: str
    profile_id: int | None
    command_id: str
    energy_wh: Decimal | None
    planned_wh: Decimal | None
    departure_at: dt.datetime | None
    plans: int
    changed_at: dt.datetime
    outcome: str = ""
    ev_within: bool | None = None
    ev_told_at: dt.datetime | None = None


class Needs(msgspec.Struct, frozen=True, kw_only=True):
    """What an EV asked for, and what became of it. `parameters` by the names of OCPP; `answered` is what the station was told.

    Of EVs with an inverter (2.1): `der_controls` that it can do, how it detects that the grid is gone, and what `inverter` it is.
    """

    id: str
    station: str
    evse: int
    energy_transfer: str
    control_mode: str
    departure_at: dt.datetime | None
    parameters: dict[str, Decimal]
    der_controls: tuple[str, ...]
    islanding_detection: tuple[str, ...]
    inverter: dict[str, str]
    answered: str
    received_at: dt.datetime
    plan: Plan | None = None


class CompositePeriod(msgspec.Struct, frozen=True, kw_only=True):
    """What holds from `start_s` after the schedule's start."""

    start_s: int
    limit: Decimal | None = None
    discharge_limit: Decimal | None = None
    setpoint: Decimal | None = None
    phases: int | None = None


class Composite(msgspec.Struct, frozen=True, kw_only=True):
    """What a station will allow by all of its profiles together; the last period ends after `duration_s`."""

    evse: int
    starts_at: dt.datetime
    duration_s: int
    unit: str
    periods: tuple[CompositePeriod, ...]


class CompositeAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """The composite schedule, null where the station told none, and the command with its outcome."""

    schedule: Composite | None
    command: CommandView


class Template(msgspec.Struct, frozen=True, kw_only=True):
    """A profile by name."""

    template: str
    label: str
    profile: ChargingProfile
    provisioned_at: dt.datetime
    provisioned_by: str
    tenant: str


class Templates(msgspec.Struct, frozen=True, kw_only=True):
    """All templates by name."""

    items: tuple[Template, ...]


def profile_of(record: ChargingProfileChanged) -> Profile:
    """The record as the API gives it."""
    return Profile(**{name: getattr(record, name) for name in Profile.__struct_fields__})


def template_of(record: ProfileTemplateProvisioned) -> Template:
    """The record as the API gives it."""
    return Template(**{name: getattr(record, name) for name in Template.__struct_fields__})


def composite_of(response: Any, *, evse: int, duration_s: int, at: dt.datetime) -> Composite | None:
    """The schedule in a station's answer to GetCompositeSchedule, whichever of its two forms it has; None where it has none.

    Either the schedule says all of itself (K08), or its start stands beside it (1.6, 6.22).
    """
    if not isinstance(response, dict):
        return None
    whole, beside = response.get("schedule"), response.get("chargingSchedule")
    told = whole if isinstance(whole, dict) else beside if isinstance(beside, dict) else None
    if told is None:
        return None
    started = told.get("scheduleStart") or response.get("scheduleStart") or told.get("startSchedule")
    members = {
        "evse": evse,
        "starts_at": started or at.isoformat(),
        "duration_s": told.get("duration") or duration_s,
        "unit": told.get("chargingRateUnit") or "",
        "periods": [_period(each) for each in told.get("chargingSchedulePeriod") or () if isinstance(each, dict)],
    }
    try:
        return msgspec.convert(members, Composite, strict=False)
    except msgspec.ValidationError:
        return None  # the answer itself has what the station said


def _period(told: dict[str, Any]) -> dict[str, Any]:
    names = {
        "start_s": "startPeriod",
        "limit": "limit",
        "discharge_limit": "dischargeLimit",
        "setpoint": "setpoint",
        "phases": "numberPhases",
    }
    found = {name: told.get(wire) for name, wire in names.items()}
    return {name: str(value) if isinstance(value, float) else value for name, value in found.items()}

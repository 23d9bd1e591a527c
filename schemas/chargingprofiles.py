"""Charging profiles at stations: what is installed where, by whom it is known, and the limits that others set (2.x part 2, K and Q)."""

from typing import Annotated, ClassVar, Literal

import msgspec

from schemas.base import CallDecided, OcppVersion, Record, ReplyTo, Timestamp, derived_id
from schemas.chargingneeds import (
    ChargingLimitCleared,
    ChargingLimitReported,
    ChargingNeedsReported,
    ChargingPlanChanged,
    EVScheduleReported,
    PriorityChargingReported,
)
from schemas.chargingschedules import WHOLE_MOST, ChargingProfile, ScheduleUpdate
from schemas.facts import FactReported
from schemas.operators import DEPLOYMENT
from schemas.reports import UNNUMBERED, ReportPart
from schemas.topic import Topic

ProfileStatus = Literal[
    "requested",
    "unconfirmed",
    "refused",
    "cancelled",
    "waiting",
    "installed",
    "cleared",
    "replaced",
    "ended",
    "gone",
]
"""`requested`: the station has not answered yet. `unconfirmed`: nobody knows whether the station has it, for no answer came.
`refused`: the station does not have it; `detail` has its word. `waiting`: it came with a remote start, whose transaction has not
begun. `cleared`: by a ClearChargingProfile. `replaced`: by a profile that takes its place. `ended`: with its transaction.
`gone`: a report of the station that should have it does not."""

STANDING: frozenset[ProfileStatus] = frozenset({"requested", "unconfirmed", "waiting", "installed"})
"""The station has the profile, or may come to have it."""

REPLACES_BY_PLACE: frozenset[OcppVersion] = frozenset({"1.6"})
"""Versions in which a profile also replaces one of its purpose and stack level at its EVSE (1.6, 5.16); in 2.x its number alone does."""

Known = Literal["asked", "accepted", "reported"]
"""How a profile is known: it was asked for, the station accepted it, or the station reported it."""


def profile_id_of(command_id: str) -> int:
    """The number of a profile whose caller gave none: positive, of 31 bits, the same for the same command."""
    return int(derived_id(command_id, "charging-profile")[:8], 16) % WHOLE_MOST + 1


def charging_profile_of(station: str, profile_id: int) -> str:
    """What names a number of a station among those of all stations."""
    return derived_id(station, "charging-profile", profile_id)


# -- facts from the gateway, on csms.energy ---------------------------------------------------------------------------


class ChargingProfilesReported(ReportPart, frozen=True, kw_only=True, tag="charging-profiles-reported"):
    """ReportChargingProfiles: profiles of one EVSE (0: the station's own) from one source, CSO being the CSMS (K09).

    The message does not number its parts: they count in the order in which they came.
    """

    message: ClassVar[str] = "ReportChargingProfiles"

    seq_no: int = UNNUMBERED
    evse: int
    source: str
    profiles: tuple[ChargingProfile, ...] = ()

    @property
    def size(self) -> int:
        """How many profiles the part carries."""
        return len(self.profiles)


class ScheduleUpdateRequested(Record, frozen=True, kw_only=True, tag="schedule-update-requested"):
    """PullDynamicScheduleUpdate: the station asks what its dynamic profile is to hold now (K28.FR.10)."""

    id: str
    station: str
    profile_id: int
    reply_to: ReplyTo
    deviations: tuple[str, ...] = ()
    further: dict[str, msgspec.Raw] = {}
    received_at: Timestamp


# -- the decision, to the gateway's route -----------------------------------------------------------------------------


class ScheduleUpdateDecided(CallDecided, frozen=True, kw_only=True, tag="schedule-update-decided"):
    """What a dynamic profile is to hold now (K28.FR.07); no `update`: the station has no dynamic profile of that number (FR.12)."""

    update: ScheduleUpdate | None = None


# -- what the service says, on csms.charging-profile-states -----------------------------------------------------------


class ChargingProfileChanged(Record, frozen=True, kw_only=True, tag="charging-profile-changed"):
    """What stands under a profile's number at a station, as a whole, after a change; the newest `revision` stands for all before.

    `charging_profile` names the number among those of all stations (`charging_profile_of`). `command_id` is the command that set it,
    empty where the station alone knows it. `source` is ChargingLimitSourceEnumType, CSO being the CSMS. `detail` is the station's
    word, or the reason, where `status` does not say it. `transaction_id` is the transaction of a TxProfile. `confirmed_at` is when
    the station last accepted or reported it; `ended_at` since when it has it no more.
    """

    id: str
    charging_profile: str
    station: str
    profile_id: int
    revision: int
    evse: int
    profile: ChargingProfile
    source: str = "CSO"
    status: ProfileStatus
    known: Known
    detail: str = ""
    transaction_id: str = ""
    command_id: str = ""
    requested_at: Timestamp | None = None
    requested_by: str = ""
    confirmed_at: Timestamp | None = None
    ended_at: Timestamp | None = None
    changed_at: Timestamp


TemplateName = Annotated[str, msgspec.Meta(min_length=1, max_length=64, pattern="^[A-Za-z0-9][A-Za-z0-9._-]*$")]

# -- reference data, on csms.ref.charging-profile-templates (compacted) -----------------------------------------------


class ProfileTemplateProvisioned(Record, frozen=True, kw_only=True, tag="profile-template-provisioned"):
    """A profile to be set at stations by its name: without numbers of its own, and of no transaction. `tenant`: whose it is."""

    template: str
    profile: ChargingProfile
    label: str = ""
    provisioned_at: Timestamp
    provisioned_by: str = ""
    tenant: str = DEPLOYMENT


class ProfileTemplateRemoved(Record, frozen=True, kw_only=True, tag="profile-template-removed"):
    """The template is no longer known; what was set by it stays. Replaces the provisioning in its topic."""

    template: str
    removed_at: Timestamp
    removed_by: str = ""
    tenant: str = DEPLOYMENT


ENERGY = Topic(
    name="csms.energy",
    meaning="Charging profiles, limits of others and the needs of EVs, as stations report them.",
    records=(
        ChargingProfilesReported,
        ChargingLimitReported,
        ChargingLimitCleared,
        ChargingNeedsReported,
        EVScheduleReported,
        PriorityChargingReported,
        ScheduleUpdateRequested,
        FactReported,
    ),
)
CHARGING_PROFILE_STATES = Topic(
    name="csms.charging-profile-states",
    meaning="Each charging profile of a station, and what became of each EV's needs, as a whole, after every change.",
    records=(ChargingProfileChanged, ChargingPlanChanged),
)
REF_PROFILE_TEMPLATES = Topic(
    name="csms.ref.charging-profile-templates",
    meaning="Reference data: charging profiles by name, to be set at stations.",
    records=(ProfileTemplateProvisioned, ProfileTemplateRemoved),
    key="template",
    retention_s=None,
)

TOPICS = (ENERGY, CHARGING_PROFILE_STATES, REF_PROFILE_TEMPLATES)

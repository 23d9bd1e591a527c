"""Commands of charging profiles: set, clear, ask for them, and steer what is set (2.x part 2, K and Q; 1.6, 5.5, 5.7, 5.16)."""

from collections.abc import Iterable
from typing import Annotated, ClassVar, Literal

import msgspec

from schemas.base import Timestamp
from schemas.chargingschedules import (
    EXTERNAL,
    WHOLE_MOST,
    ChargingProfile,
    ProfileId,
    Purpose,
    RateUnit,
    ScheduleUpdate,
    Seconds,
)
from schemas.command import EvseId, Fault, StationCommand, about
from schemas.profilerules import profile_faults, update_faults
from schemas.reports import AskedInParts

TransactionId = Annotated[
    str,
    msgspec.Meta(min_length=1, max_length=36),
    about("Transaction", "The id that the station knows it by.", example="1234567", picks="transaction"),
]

SOURCES = ("EMS", "Other", "SO", "CSO")
"""Who may have set a limit (ChargingLimitSourceEnumType): asked for all of them, a station reports every profile (K09.FR.03)."""

EnergyTransfer = Literal[
    "AC_single_phase",
    "AC_two_phase",
    "AC_three_phase",
    "DC",
    "AC_BPT",
    "AC_BPT_DER",
    "AC_DER",
    "DC_BPT",
    "DC_ACDP",
    "DC_ACDP_BPT",
    "WPT",
]


class SetChargingProfile(StationCommand, frozen=True, kw_only=True):
    """Limit charging by a profile: at an EVSE, of a transaction, or of the whole station (K01).

    A profile with the same number is replaced (K01.FR.05); in 1.6 also one of the same purpose and stack level (5.16).
    """

    title: ClassVar[str] = "Set a charging profile"

    evse: Annotated[EvseId, about("EVSE", "0: the whole station.", example=0, picks="evse")]
    profile: Annotated[
        ChargingProfile,
        about(
            "Profile",
            example={
                "purpose": "TxDefaultProfile",
                "schedules": [{"unit": "W", "start_at": "2026-01-01T00:00:00Z", "periods": [{"limit": "11000"}]}],
            },
        ),
    ]

    def faults(self) -> Iterable[Fault]:
        """By the rules of K01."""
        return profile_faults(self.profile, self.evse)


class ClearChargingProfile(StationCommand, frozen=True, kw_only=True):
    """Take charging profiles away: one by its number, or all that fit (K10; 1.6, 5.5).

    A station that has none that fit answers Unknown; the outcome is `accepted`, its `detail` has the word.
    """

    title: ClassVar[str] = "Clear charging profiles"

    profile_id: Annotated[ProfileId | None, about("Profile id", "Alone; or say below which.", example=1234567)] = None
    evse: Annotated[EvseId | None, about("EVSE", "0: those of the whole station.", picks="evse")] = None
    purpose: Annotated[Purpose | None, about("Purpose")] = None
    stack_level: Annotated[Seconds | None, about("Stack level")] = None

    def faults(self) -> Iterable[Fault]:
        """By K10.FR.02 and FR.06."""
        wanted = [name for name in ("evse", "purpose", "stack_level") if getattr(self, name) is not None]
        if self.profile_id is None and not wanted:
            yield Fault("profile_id", "is missing: name a profile, or say which by evse, purpose or stack_level")
        if self.profile_id is not None and wanted:
            yield Fault(wanted[0], "must be left out where profile_id names the profile (K10.FR.02)")
        if self.purpose in EXTERNAL:
            yield Fault("purpose", "is of limits that others set; they cannot be cleared from here (K10.FR.06)")


class GetChargingProfiles(AskedInParts, frozen=True, kw_only=True):
    """Have the station report its charging profiles (K09). Without any criterion: all of them. 1.6 cannot.

    A station that has none that fit answers NoProfiles; the outcome is `accepted`, its `detail` has the word.
    """

    title: ClassVar[str] = "Report charging profiles"
    brings: ClassVar[str] = "ReportChargingProfiles"

    evse: Annotated[EvseId | None, about("EVSE", "Empty: every EVSE; 0: the whole station.", picks="evse")] = None
    profile_ids: Annotated[tuple[ProfileId, ...], msgspec.Meta(max_length=100), about("Profile ids")] = ()
    purpose: Annotated[Purpose | None, about("Purpose")] = None
    stack_level: Annotated[Seconds | None, about("Stack level")] = None
    sources: Annotated[
        tuple[str, ...], msgspec.Meta(max_length=4), about("Set by", "ChargingLimitSource.", suggests=SOURCES)
    ] = ()

    def faults(self) -> Iterable[Fault]:
        """By K09.FR.03."""
        if self.profile_ids and (self.purpose is not None or self.stack_level is not None or self.sources):
            yield Fault("profile_ids", "stand alone: leave out purpose, stack_level and sources (K09.FR.03)")


class GetCompositeSchedule(StationCommand, frozen=True, kw_only=True):
    """Ask what the station will allow, by all of its profiles together (K08; 1.6, 5.7)."""

    title: ClassVar[str] = "Composite schedule"

    evse: Annotated[EvseId, about("EVSE", "0: the whole station.", example=1, picks="evse")]
    duration_s: Annotated[
        int, msgspec.Meta(ge=1, le=WHOLE_MOST), about("For the next (s)", "From now on.", example=86400)
    ] = 86_400
    unit: Annotated[RateUnit | None, about("Unit", "Empty: as the station likes.")] = None


class UsePriorityCharging(StationCommand, frozen=True, kw_only=True):
    """Let a transaction charge by the station's PriorityCharging profile, or no more (K21; 2.1 alone)."""

    title: ClassVar[str] = "Priority charging"

    transaction_id: TransactionId
    activate: Annotated[bool, about("Activate", "No: back to the other profiles.", example=True)] = True


class UpdateDynamicSchedule(StationCommand, frozen=True, kw_only=True):
    """Give a dynamic profile other limits or set points, at once (K28, Q04; 2.1 alone)."""

    title: ClassVar[str] = "Update a dynamic profile"

    profile_id: Annotated[ProfileId, about("Profile id", "Of a dynamic profile that is set.", example=1234567)]
    update: Annotated[ScheduleUpdate, about("Update", example={"limit": "7000"})]

    def faults(self) -> Iterable[Fault]:
        """An update says something that a station can take."""
        return update_faults(self.update)


class AFRRSignal(StationCommand, frozen=True, kw_only=True):
    """Pass on a signal for frequency restoration (Q07, Q08; 2.1 alone)."""

    title: ClassVar[str] = "Frequency signal (aFRR)"

    at: Annotated[Timestamp, about("At", "When the signal becomes active.", example="2026-01-01T00:00:00Z")]
    signal: Annotated[int, msgspec.Meta(ge=-WHOLE_MOST - 1, le=WHOLE_MOST), about("Signal", example=1)]


class NotifyAllowedEnergyTransfer(StationCommand, frozen=True, kw_only=True):
    """Say which ways of energy transfer a running transaction may use from now on (Q01, Q02; 2.1 alone)."""

    title: ClassVar[str] = "Allowed energy transfer"

    transaction_id: TransactionId
    modes: Annotated[
        tuple[EnergyTransfer, ...],
        msgspec.Meta(min_length=1, max_length=11),
        about("Ways", "One a line: AC_three_phase, DC, AC_BPT, DC_BPT ...", example=["AC_BPT"]),
    ]

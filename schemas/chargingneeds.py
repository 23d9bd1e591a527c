"""Limits and needs: what others than the CSMS allow a station, and what EVs ask for and mean to do (2.x part 2, K11 to K29)."""

from decimal import Decimal
from typing import Literal

import msgspec

from schemas.base import CallDecided, Record, ReplyTo, Timestamp
from schemas.chargingschedules import ChargingSchedule

NeedsStatus = Literal["Accepted", "Rejected", "Processing", "NoChargingProfile"]
"""NotifyEVChargingNeedsStatusEnumType of 2.1."""

NeedsPolicy = Literal["off", "standing", "fast", "level"]
"""What becomes of an EV's needs. `off`: they are refused. `standing`: the profile that the operator set serves. `fast`: as much as all
known limits allow, at once. `level`: no more than is needed to be ready at the departure."""


class ChargingLimitReported(Record, frozen=True, kw_only=True, tag="charging-limit-reported"):
    """NotifyChargingLimit: others than the CSMS limit the station, or one EVSE (K11, K12, K23 to K27, K29).

    `local_generation`: it adds to the limits instead (K27). `schedules` where the station tells them. `deviations` and `further`
    are as in TransactionReported.
    """

    id: str
    station: str
    evse: int | None = None
    source: str
    local_generation: bool = False
    grid_critical: bool | None = None
    schedules: tuple[ChargingSchedule, ...] = ()
    deviations: tuple[str, ...] = ()
    further: dict[str, msgspec.Raw] = {}
    received_at: Timestamp


class ChargingLimitCleared(Record, frozen=True, kw_only=True, tag="charging-limit-cleared"):
    """ClearedChargingLimit: the limit from this source holds no more (K13)."""

    id: str
    station: str
    evse: int | None = None
    source: str
    deviations: tuple[str, ...] = ()
    further: dict[str, msgspec.Raw] = {}
    received_at: Timestamp


class ChargingNeedsReported(Record, frozen=True, kw_only=True, tag="charging-needs-reported"):
    """NotifyEVChargingNeeds: what an EV asks for by ISO 15118 (K15, K17 to K20).

    `parameters` are those of the EV by their names in the message (`evMaxPower`, `targetSoC`), whichever kind of charging they
    are of; those of its inverter are there too (R02). `answered` is the status that the gateway answered itself, in records of before
    the service `chargingprofiles` decided; empty: `reply_to` is the CALL that waits for the decision. `at` is when the EV said so, where
    the station tells it. `der_controls`: the DERControlEnumTypes that its inverter can do; `islanding_detection`: how that detects that
    the grid is gone; `inverter`: its maker, model, serial number and versions by their names in the message.
    """

    id: str
    station: str
    evse: int
    energy_transfer: str = ""
    other_transfers: tuple[str, ...] = ()
    control_mode: str = ""
    mobility_mode: str = ""
    departure_at: Timestamp | None = None
    most_periods: int | None = None
    parameters: dict[str, Decimal] = {}
    answered: str = ""
    at: Timestamp | None = None
    deviations: tuple[str, ...] = ()
    further: dict[str, msgspec.Raw] = {}
    received_at: Timestamp
    der_controls: tuple[str, ...] = ()
    islanding_detection: tuple[str, ...] = ()
    inverter: dict[str, str] = {}
    reply_to: ReplyTo | None = None

    @property
    def by_iso_20(self) -> bool:
        """Whether the EV speaks ISO 15118-20, whose parameters are of V2X (K18.FR.06, K19.FR.06)."""
        return any(name.startswith("v2x") for name in self.parameters) or bool(self.control_mode)


class ChargingNeedsDecided(CallDecided, frozen=True, kw_only=True, tag="charging-needs-decided"):
    """Whether a charging profile follows (K15.FR.03 to FR.05, K17.FR.03 to FR.05, K19.FR.04)."""

    status: NeedsStatus


class ChargingPlanChanged(Record, frozen=True, kw_only=True, tag="charging-plan-changed"):
    """What became of the needs of an EV, as a whole, after a change; the newest `revision` stands for all before.

    `needs` is the id of ChargingNeedsReported. `status` is what the station was answered, empty while it waits. `reason` says why there
    is no profile, or what made the last one. `profile_id` and `command_id` are those of the profile that was sent last. `energy_wh` is
    what the EV asked for, `planned_wh` what it can have by the profile until `departure_at`; None where that is not known.
    `plans` counts the profiles that were sent for these needs. `outcome` is that of the command that sent the last one, empty until it
    is known; `ev_within`: whether the EV means to charge within it, by what it told at `ev_told_at`.
    """

    id: str
    station: str
    needs: str
    evse: int
    revision: int
    policy: NeedsPolicy
    status: NeedsStatus | Literal[""] = ""
    reason: str = ""
    transaction_id: str = ""
    profile_id: int | None = None
    command_id: str = ""
    energy_wh: Decimal | None = None
    planned_wh: Decimal | None = None
    departure_at: Timestamp | None = None
    plans: int = 0
    changed_at: Timestamp
    outcome: str = ""
    ev_within: bool | None = None
    ev_told_at: Timestamp | None = None


class EVScheduleReported(Record, frozen=True, kw_only=True, tag="ev-schedule-reported"):
    """NotifyEVChargingSchedule: how an EV means to charge (K15.FR.10, K17.FR.10); its times count from `begins_at`.

    `reply_to`: the CALL that waits for the decision whether that is within our profile; absent in old records, which nobody waits for.
    """

    id: str
    station: str
    evse: int
    begins_at: Timestamp
    schedule: ChargingSchedule
    selected_schedule_id: int | None = None
    tolerance_accepted: bool | None = None
    reply_to: ReplyTo | None = None
    deviations: tuple[str, ...] = ()
    further: dict[str, msgspec.Raw] = {}
    received_at: Timestamp


class EVScheduleDecided(CallDecided, frozen=True, kw_only=True, tag="ev-schedule-decided"):
    """Whether the EV means to charge within our profile of its transaction; also where there is none (K15.FR.11, FR.12)."""

    within: bool


class PriorityChargingReported(Record, frozen=True, kw_only=True, tag="priority-charging-reported"):
    """NotifyPriorityCharging: priority charging of a transaction began or ended (K21, K22)."""

    id: str
    station: str
    transaction_id: str
    activated: bool
    deviations: tuple[str, ...] = ()
    further: dict[str, msgspec.Raw] = {}
    received_at: Timestamp

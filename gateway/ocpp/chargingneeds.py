"""Limits and needs: what others than the CSMS allow a station, and what EVs ask for (2.x part 2, K11 to K22)."""

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import msgspec

from gateway.ocpp.facts import fact
from gateway.ocpp.rows import Answer, Call, Capability, Inbound, carries, spelled, stored
from gateway.ocpp.spelling.moments import moment, planned
from gateway.ocpp.spelling.profiles import CARRIED_SCHEDULE, schedules_from
from schemas.base import Record
from schemas.chargingneeds import (
    ChargingLimitCleared,
    ChargingLimitReported,
    ChargingNeedsDecided,
    ChargingNeedsReported,
    EVScheduleDecided,
    EVScheduleReported,
    PriorityChargingReported,
)

PARAMETERS: Mapping[str, str] = {
    "acChargingParameters": "energyAmount evMinCurrent evMaxCurrent evMaxVoltage",
    "dcChargingParameters": "evMaxCurrent evMaxVoltage evMaxPower evEnergyCapacity energyAmount stateOfCharge fullSoC bulkSoC",
    "v2xChargingParameters": "minChargePower minChargePower_L2 minChargePower_L3 maxChargePower maxChargePower_L2 maxChargePower_L3"
    " minDischargePower minDischargePower_L2 minDischargePower_L3 maxDischargePower maxDischargePower_L2 maxDischargePower_L3"
    " minChargeCurrent maxChargeCurrent minDischargeCurrent maxDischargeCurrent minVoltage maxVoltage evTargetEnergyRequest"
    " evMinEnergyRequest evMaxEnergyRequest evMinV2XEnergyRequest evMaxV2XEnergyRequest targetSoC",
    "derChargingParameters": "evOverExcitedMaxDischargePower evOverExcitedPowerFactor evUnderExcitedMaxDischargePower"
    " evUnderExcitedPowerFactor maxApparentPower maxChargeApparentPower maxChargeApparentPower_L2 maxChargeApparentPower_L3"
    " maxDischargeApparentPower maxDischargeApparentPower_L2 maxDischargeApparentPower_L3 maxChargeReactivePower"
    " maxChargeReactivePower_L2 maxChargeReactivePower_L3 minChargeReactivePower minChargeReactivePower_L2 minChargeReactivePower_L3"
    " maxDischargeReactivePower maxDischargeReactivePower_L2 maxDischargeReactivePower_L3 minDischargeReactivePower"
    " minDischargeReactivePower_L2 minDischargeReactivePower_L3 nominalVoltage nominalVoltageOffset maxNominalVoltage minNominalVoltage"
    " evIslandingTripTime evMaximumLevel1DCInjection evDurationLevel1DCInjection evMaximumLevel2DCInjection"
    " evDurationLevel2DCInjection evReactiveSusceptance evSessionTotalDischargeEnergyAvailable",
}
"""The numbers that an EV gives, by the part of the message."""

INVERTER = [
    "evInverterManufacturer",
    "evInverterModel",
    "evInverterSerialNumber",
    "evInverterSwVersion",
    "evInverterHwVersion",
]
"""What the inverter in an EV is (R02)."""


def readable(record: Record, call: Call) -> tuple[Record, ...]:
    """The record, if every reader can read it; else the message as it came: a word of a vendor must not stop a service."""
    try:
        return (msgspec.json.decode(msgspec.json.encode(record), type=type(record)),)
    except msgspec.ValidationError:
        return fact(call, "energy")


def limited_2x(wire: Any, call: Call) -> tuple[Record, ...]:
    """2.x NotifyChargingLimit: somebody else limits the station (K11, K12, K27)."""
    limit = wire.chargingLimit
    return readable(
        ChargingLimitReported(
            id=call.id("charging-limit"),
            station=call.context.station,
            evse=wire.evseId,
            source=limit.chargingLimitSource or "",
            local_generation=bool(getattr(limit, "isLocalGeneration", None)),
            grid_critical=limit.isGridCritical,
            schedules=schedules_from(wire.chargingSchedule or (), call.context),
            received_at=call.context.received_at,
        ),
        call,
    )


def unlimited_2x(wire: Any, call: Call) -> tuple[Record, ...]:
    """2.x ClearedChargingLimit (K13)."""
    return (
        ChargingLimitCleared(
            id=call.id("charging-limit-cleared"),
            station=call.context.station,
            evse=wire.evseId,
            source=wire.chargingLimitSource or "",
            received_at=call.context.received_at,
        ),
    )


def needs_2x(wire: Any, call: Call) -> tuple[Record, ...]:
    """2.x NotifyEVChargingNeeds (K15, K17 to K20)."""
    needs = wire.chargingNeeds
    return (
        ChargingNeedsReported(
            id=call.id("charging-needs"),
            station=call.context.station,
            evse=wire.evseId or 0,
            energy_transfer=needs.requestedEnergyTransfer or "",
            other_transfers=tuple(getattr(needs, "availableEnergyTransfer", None) or ()),
            control_mode=getattr(needs, "controlMode", None) or "",
            mobility_mode=getattr(needs, "mobilityNeedsMode", None) or "",
            departure_at=planned(needs.departureTime, call.context) if needs.departureTime else None,
            most_periods=wire.maxScheduleTuples,
            parameters=_parameters(needs),
            at=moment(at, call.context).at if (at := getattr(wire, "timestamp", None)) else None,
            der_controls=tuple(getattr(_der(needs), "evSupportedDERControl", None) or ()),
            islanding_detection=tuple(getattr(_der(needs), "evIslandingDetectionMethod", None) or ()),
            inverter={name: text for name in INVERTER if (text := getattr(_der(needs), name, None))},
            reply_to=call.reply_to(),
            received_at=call.context.received_at,
        ),
    )


def _der(needs: Any) -> Any:
    return getattr(needs, "derChargingParameters", None)


def _parameters(needs: Any) -> dict[str, Decimal]:
    """What the EV can and wants, by the places of the message."""
    parts = ((part, getattr(needs, part, None), names) for part, names in PARAMETERS.items())
    return {
        f"{part}.{name}": Decimal(value)
        for part, struct, names in parts
        for name in (names.split() if struct is not None else ())
        if (value := getattr(struct, name, None)) is not None
    }


def needs_decided(decision: ChargingNeedsDecided, _: dt.datetime) -> bytes:
    """2.1 NotifyEVChargingNeedsResponse."""
    return msgspec.json.encode({"status": decision.status})


def needs_decided_201(decision: ChargingNeedsDecided, _: dt.datetime) -> bytes:
    """2.0.1 NotifyEVChargingNeedsResponse, which has no NoChargingProfile: Rejected says the same there (K15.FR.04)."""
    return msgspec.json.encode({"status": "Rejected" if decision.status == "NoChargingProfile" else decision.status})


def undecided(_: Any, __: Call) -> bytes:
    """Nobody decided in time: a profile may follow, and begins a renegotiation then (K15.FR.05)."""
    return b'{"status":"Processing"}'


def ev_schedule_2x(wire: Any, call: Call) -> tuple[Record, ...]:
    """2.x NotifyEVChargingSchedule: how the EV means to charge (K15.FR.10)."""
    (schedule,) = schedules_from((wire.chargingSchedule,), call.context)
    return readable(
        EVScheduleReported(
            id=call.id("ev-schedule"),
            station=call.context.station,
            evse=wire.evseId or 0,
            begins_at=planned(wire.timeBase or "", call.context) or call.context.received_at,
            schedule=schedule,
            selected_schedule_id=getattr(wire, "selectedChargingScheduleId", None),
            tolerance_accepted=getattr(wire, "powerToleranceAcceptance", None),
            reply_to=call.reply_to(),
            received_at=call.context.received_at,
        ),
        call,
    )


def ev_schedule_decided(decision: EVScheduleDecided, _: dt.datetime) -> bytes:
    """2.x NotifyEVChargingScheduleResponse (K15.FR.11, FR.12)."""
    return b'{"status":"Accepted"}' if decision.within else b'{"status":"Rejected"}'


def unchecked(_: Any, __: Call) -> bytes:
    """Nobody compared it with our profile in time; the station has, and it would not have sent what exceeds it (K15.FR.09)."""
    return b'{"status":"Accepted"}'


def priority_21(wire: Any, call: Call) -> tuple[Record, ...]:
    """2.1 NotifyPriorityCharging (K21, K22)."""
    return (
        PriorityChargingReported(
            id=call.id("priority-charging"),
            station=call.context.station,
            transaction_id=wire.transactionId,
            activated=bool(wire.activated),
            received_at=call.context.received_at,
        ),
    )


_NEEDS = carries(
    "requestedEnergyTransfer availableEnergyTransfer controlMode mobilityNeedsMode departureTime",
    **{part: carries(names) for part, names in PARAMETERS.items() if part != "derChargingParameters"},
    derChargingParameters=carries(
        " ".join(("evSupportedDERControl evIslandingDetectionMethod", PARAMETERS["derChargingParameters"], *INVERTER))
    ),
)

CHARGING_NEEDS = Capability(
    inbound=(
        stored(
            "NotifyChargingLimit",
            spelled(v2x=limited_2x),
            carried=spelled(
                v2x=carries(
                    "evseId",
                    chargingLimit=carries("chargingLimitSource isLocalGeneration isGridCritical"),
                    chargingSchedule=CARRIED_SCHEDULE,
                )
            ),
            needs=spelled(v2x="chargingLimit"),
        ),
        stored(
            "ClearedChargingLimit",
            spelled(v2x=unlimited_2x),
            carried=spelled(v2x=carries("evseId chargingLimitSource")),
            needs=spelled(v2x="chargingLimitSource"),
        ),
        Inbound(
            action="NotifyEVChargingNeeds",
            to=spelled(v2x=needs_2x),
            answer=Answer.DECIDED,
            fallback=undecided,
            decide=spelled(v201=needs_decided_201, v21=needs_decided),
            carried=spelled(v2x=carries("evseId maxScheduleTuples timestamp", chargingNeeds=_NEEDS)),
            needs=spelled(v2x="chargingNeeds"),
        ),
        Inbound(
            action="NotifyEVChargingSchedule",
            to=spelled(v2x=ev_schedule_2x),
            answer=Answer.DECIDED,
            fallback=unchecked,
            decide=spelled(v2x=ev_schedule_decided),
            carried=spelled(
                v2x=carries(
                    "timeBase evseId selectedChargingScheduleId powerToleranceAcceptance",
                    chargingSchedule=CARRIED_SCHEDULE,
                )
            ),
            needs=spelled(v2x="chargingSchedule"),
        ),
        stored(
            "NotifyPriorityCharging",
            spelled(v21=priority_21),
            carried=spelled(v21=carries("transactionId activated")),
            needs=spelled(v21="transactionId"),
        ),
    ),
)

"""Charging profiles: set, cleared, asked for and steered (K, Q; 1.6, 5.5, 5.7, 5.16)."""

import datetime as dt
from typing import Any

import msgspec

from gateway.ocpp.chargingneeds import readable
from gateway.ocpp.rows import (
    Answer,
    Call,
    Capability,
    Draft,
    Inbound,
    Invalid,
    Outbound,
    Unsupported,
    carries,
    present,
    spelled,
    stored,
)
from gateway.ocpp.spelling.moments import rfc3339
from gateway.ocpp.spelling.outcomes import by_answer
from gateway.ocpp.spelling.profiles import (
    CARRIED_PROFILE,
    PURPOSE_16,
    SpellProfile,
    profile_16,
    profile_21,
    profile_201,
    profiles_from,
    update_21,
)
from schemas.base import Record
from schemas.chargingprofiles import (
    ChargingProfilesReported,
    ScheduleUpdateDecided,
    ScheduleUpdateRequested,
    profile_id_of,
)
from schemas.profilecommands import (
    SOURCES,
    AFRRSignal,
    ClearChargingProfile,
    GetChargingProfiles,
    GetCompositeSchedule,
    NotifyAllowedEnergyTransfer,
    SetChargingProfile,
    UpdateDynamicSchedule,
    UsePriorityCharging,
)
from schemas.reports import request_id_of

# -- what stations say ------------------------------------------------------------------------------------------------


def reported_2x(wire: Any, call: Call) -> tuple[Record, ...]:
    """2.x ReportChargingProfiles: a part of the answer to GetChargingProfiles (K09)."""
    return readable(
        ChargingProfilesReported(
            id=call.id("charging-profiles"),
            station=call.context.station,
            request_id=wire.requestId,
            last=not wire.tbc,
            evse=wire.evseId or 0,
            source=wire.chargingLimitSource or "",
            profiles=profiles_from(wire.chargingProfile or (), call.context),
            received_at=call.context.received_at,
        ),
        call,
    )


def pulled_21(wire: Any, call: Call) -> tuple[Record, ...]:
    """2.1 PullDynamicScheduleUpdate: answered by what the service has for the profile (K28.FR.07, FR.12)."""
    return (
        ScheduleUpdateRequested(
            id=call.id("schedule-update"),
            station=call.context.station,
            profile_id=wire.chargingProfileId,
            reply_to=call.reply_to(),
            received_at=call.context.received_at,
        ),
    )


NO_UPDATE = b'{"status":"Rejected","statusInfo":{"reasonCode":"InvalidProfile"}}'
NOT_NOW = b'{"status":"Rejected","statusInfo":{"reasonCode":"InternalError"}}'


def update_decided_21(decision: ScheduleUpdateDecided, _: dt.datetime) -> bytes:
    """2.1 PullDynamicScheduleUpdateResponse."""
    if decision.update is None:
        return NO_UPDATE
    return msgspec.json.encode({"scheduleUpdate": update_21(decision.update), "status": "Accepted"})


def undecided(_: Any, __: Call) -> bytes:
    """Nobody knew in time: the profile holds what it holds."""
    return NOT_NOW


# -- what is asked of stations ----------------------------------------------------------------------------------------


def _set_2x(command: SetChargingProfile, command_id: str, spell: SpellProfile) -> Draft | Unsupported | Invalid:
    profile = spell(command.profile, _number(command, command_id))
    if isinstance(profile, Unsupported | Invalid):
        return profile
    return Draft("SetChargingProfile", {"evseId": command.evse, "chargingProfile": profile})


def set_21(command: SetChargingProfile, command_id: str) -> Draft | Unsupported | Invalid:
    """2.1 SetChargingProfile (K01)."""
    return _set_2x(command, command_id, profile_21)


def set_201(command: SetChargingProfile, command_id: str) -> Draft | Unsupported | Invalid:
    """2.0.1 SetChargingProfile (K01)."""
    return _set_2x(command, command_id, profile_201)


def set_16(command: SetChargingProfile, command_id: str) -> Draft | Unsupported | Invalid:
    """1.6 SetChargingProfile (5.16): connector n is EVSE n, connector 0 the station."""
    profile = profile_16(command.profile, _number(command, command_id))
    if isinstance(profile, Unsupported | Invalid):
        return profile
    return Draft("SetChargingProfile", {"connectorId": command.evse, "csChargingProfiles": profile})


def _number(command: SetChargingProfile, command_id: str) -> int:
    given = command.profile.profile_id
    return profile_id_of(command_id) if given is None else given


def clear_16(command: ClearChargingProfile, _: str) -> Draft | Unsupported:
    """1.6 ClearChargingProfile (5.5)."""
    if command.purpose is not None and command.purpose not in PURPOSE_16:
        return Unsupported(reason=f"OCPP 1.6 has no {command.purpose}")
    return Draft(
        "ClearChargingProfile",
        present(
            id=command.profile_id,
            connectorId=command.evse,
            chargingProfilePurpose=PURPOSE_16[command.purpose] if command.purpose is not None else None,
            stackLevel=command.stack_level,
        ),
    )


def clear_2x(command: ClearChargingProfile, _: str) -> Draft:
    """2.x ClearChargingProfile (K10.FR.02): by its number, or by criteria."""
    criteria = present(evseId=command.evse, chargingProfilePurpose=command.purpose, stackLevel=command.stack_level)
    return Draft(
        "ClearChargingProfile",
        present(chargingProfileId=command.profile_id, chargingProfileCriteria=criteria or None),
    )


def report_2x(command: GetChargingProfiles, command_id: str) -> Draft:
    """2.x GetChargingProfiles: without any criterion, those of every source (K09.FR.03)."""
    asked = command.profile_ids or command.purpose or command.sources or command.stack_level is not None
    return Draft(
        "GetChargingProfiles",
        present(
            requestId=request_id_of(command_id),
            evseId=command.evse,
            chargingProfile=present(
                chargingProfilePurpose=command.purpose,
                stackLevel=command.stack_level,
                chargingProfileId=list(command.profile_ids) or None,
                chargingLimitSource=list(command.sources) or (None if asked else list(SOURCES)),
            ),
        ),
    )


def composite_16(command: GetCompositeSchedule, _: str) -> Draft:
    """1.6 GetCompositeSchedule (5.7)."""
    return Draft(
        "GetCompositeSchedule",
        present(connectorId=command.evse, duration=command.duration_s, chargingRateUnit=command.unit),
    )


def composite_2x(command: GetCompositeSchedule, _: str) -> Draft:
    """2.x GetCompositeSchedule (K08)."""
    return Draft(
        "GetCompositeSchedule",
        present(duration=command.duration_s, chargingRateUnit=command.unit, evseId=command.evse),
    )


def priority_charging_21(command: UsePriorityCharging, _: str) -> Draft:
    """2.1 UsePriorityCharging (K21)."""
    return Draft("UsePriorityCharging", {"transactionId": command.transaction_id, "activate": command.activate})


def update_dynamic_21(command: UpdateDynamicSchedule, _: str) -> Draft:
    """2.1 UpdateDynamicSchedule (K28)."""
    members = {"chargingProfileId": command.profile_id, "scheduleUpdate": update_21(command.update)}
    return Draft("UpdateDynamicSchedule", members)


def afrr_21(command: AFRRSignal, _: str) -> Draft:
    """2.1 AFRRSignal (Q07)."""
    return Draft("AFRRSignal", {"timestamp": rfc3339(command.at), "signal": command.signal})


def energy_transfer_21(command: NotifyAllowedEnergyTransfer, _: str) -> Draft:
    """2.1 NotifyAllowedEnergyTransfer (Q01, Q02)."""
    members = {"transactionId": command.transaction_id, "allowedEnergyTransfer": list(command.modes)}
    return Draft("NotifyAllowedEnergyTransfer", members)


_ANSWERED = spelled(v16=by_answer, v2x=by_answer)
"""What has nothing that fits says so (Unknown, NoProfiles): an answer, no refusal."""

CHARGING_PROFILES = Capability(
    inbound=(
        stored(
            "ReportChargingProfiles",
            spelled(v2x=reported_2x),
            carried=spelled(v2x=carries("requestId tbc evseId chargingLimitSource", chargingProfile=CARRIED_PROFILE)),
            needs=spelled(v2x="requestId chargingProfile"),
        ),
        Inbound(
            action="PullDynamicScheduleUpdate",
            to=spelled(v21=pulled_21),
            answer=Answer.DECIDED,
            fallback=undecided,
            decide=spelled(v21=update_decided_21),
            carried=spelled(v21=carries("chargingProfileId")),
            needs=spelled(v21="chargingProfileId"),
        ),
    ),
    outbound=(
        Outbound(command=SetChargingProfile, to=spelled(v16=set_16, v201=set_201, v21=set_21)),
        Outbound(command=ClearChargingProfile, to=spelled(v16=clear_16, v2x=clear_2x), outcome=_ANSWERED),
        Outbound(command=GetChargingProfiles, to=spelled(v2x=report_2x), outcome=_ANSWERED),
        Outbound(command=GetCompositeSchedule, to=spelled(v16=composite_16, v2x=composite_2x)),
        Outbound(command=UsePriorityCharging, to=spelled(v21=priority_charging_21)),
        Outbound(command=UpdateDynamicSchedule, to=spelled(v21=update_dynamic_21)),
        Outbound(command=AFRRSignal, to=spelled(v21=afrr_21)),
        Outbound(command=NotifyAllowedEnergyTransfer, to=spelled(v21=energy_transfer_21)),
    ),
)

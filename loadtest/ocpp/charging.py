"""Charging profiles of a simulated station: what it keeps, reports and makes of them together, in every version. PURE."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import msgspec

from loadtest.ocpp.intents import BayView, DropProfiles, KeepProfile, Refusal, Reply, Say, View
from loadtest.ocpp.messages import Message, Payload
from loadtest.ocpp.needs2x import meant
from loadtest.ocpp.replies import Request, status
from loadtest.ocpp.schedules import REPEATS_S, VOLTAGE_V, Place, Wire, schedules, steps

OPTIONAL = ("chargingProfilePurpose", "stackLevel")


class Set16(Request, frozen=True, rename="camel"):
    """1.6 SetChargingProfile."""

    connector_id: int
    cs_charging_profiles: dict[str, Any]


class Set2x(Request, frozen=True, rename="camel"):
    """2.x SetChargingProfile."""

    evse_id: int
    charging_profile: dict[str, Any]


class Clear16(Request, frozen=True, rename="camel"):
    """1.6 ClearChargingProfile."""

    id: int | None = None
    connector_id: int | None = None
    charging_profile_purpose: str | None = None
    stack_level: int | None = None


class Clear2x(Request, frozen=True, rename="camel"):
    """2.x ClearChargingProfile."""

    charging_profile_id: int | None = None
    charging_profile_criteria: dict[str, Any] = {}


class Report(Request, frozen=True, rename="camel"):
    """2.x GetChargingProfiles."""

    request_id: int
    charging_profile: dict[str, Any]
    evse_id: int | None = None


class Composite16(Request, frozen=True, rename="camel"):
    """1.6 GetCompositeSchedule."""

    connector_id: int
    duration: int
    charging_rate_unit: str = "W"


class Composite2x(Request, frozen=True, rename="camel"):
    """2.x GetCompositeSchedule."""

    evse_id: int
    duration: int
    charging_rate_unit: str = "W"


class Priority(Request, frozen=True, rename="camel"):
    """2.1 UsePriorityCharging."""

    transaction_id: str
    activate: bool


class Update(Request, frozen=True, rename="camel"):
    """2.1 UpdateDynamicSchedule."""

    charging_profile_id: int
    schedule_update: dict[str, Any]


class Transfer(Request, frozen=True, rename="camel"):
    """2.1 NotifyAllowedEnergyTransfer."""

    transaction_id: str


def set_16(view: View, request: Any) -> Reply | Refusal:
    """1.6 SetChargingProfile (5.16)."""
    if request.connector_id and view.bay(request.connector_id) is None:
        return Refusal(code="PropertyConstraintViolation", description="connectorId: no such connector")
    profile = request.cs_charging_profiles
    transaction = profile.get("transactionId")
    same = [
        one.profile_id
        for one in standing(view)
        if one.evse == request.connector_id and all(one.profile.get(name) == profile.get(name) for name in OPTIONAL)
    ]
    found = _set(
        view,
        request.connector_id,
        profile,
        profile.get("chargingProfileId"),
        None if transaction is None else str(transaction),
    )
    replaced = DropProfiles(profile_ids=tuple(same))  # 5.16: of one purpose and stack level there is one
    return msgspec.structs.replace(found, intents=(replaced, *found.intents)) if found.intents else found


def set_2x(view: View, request: Any) -> Reply:
    """2.x SetChargingProfile (K01)."""
    if request.evse_id and view.bay(request.evse_id) is None:
        return status("Rejected")
    profile = request.charging_profile
    answer = _set(view, request.evse_id, profile, profile.get("id"), profile.get("transactionId"))
    if not answer.intents or profile.get("transactionId") not in view.telling:
        return answer
    said = meant(profile, request.evse_id, view.at)
    return answer if said is None else msgspec.structs.replace(answer, intents=(*answer.intents, Say(messages=(said,))))


def _set(view: View, evse: int, profile: Payload, number: Any, transaction: str | None) -> Reply:
    told = schedules(profile)
    if not isinstance(number, int) or not told or not told[0].get("chargingSchedulePeriod"):
        return status("Rejected")
    recurring = profile.get("chargingProfileKind") == "Recurring"
    if recurring and (profile.get("recurrencyKind") not in REPEATS_S or not told[0].get("startSchedule")):
        return status("Rejected")  # K01.FR.40
    if profile.get("chargingProfilePurpose") == "TxProfile" and view.charging(transaction or "") is None:
        return status("Rejected")  # K01.FR.09, FR.33; 1.6, 5.16
    ended = tuple(one.profile_id for one in view.profiles.values() if one not in standing(view))
    gone = (DropProfiles(profile_ids=ended),) if ended else ()
    return status("Accepted", *gone, KeepProfile(profile_id=number, evse=evse, profile=profile))


def clear_16(view: View, request: Any) -> Reply:
    """1.6 ClearChargingProfile (5.5)."""
    criteria = {"chargingProfilePurpose": request.charging_profile_purpose, "stackLevel": request.stack_level}
    return _clear(view, request.id, request.connector_id, criteria)


def clear_2x(view: View, request: Any) -> Reply:
    """2.x ClearChargingProfile (K10)."""
    criteria = request.charging_profile_criteria
    return _clear(view, request.charging_profile_id, criteria.get("evseId"), criteria)


def _clear(view: View, number: int | None, evse: int | None, criteria: Payload) -> Reply:
    def fits(one: KeepProfile) -> bool:
        if number is not None:
            return one.profile_id == number
        return evse in (None, one.evse) and _matches(one, criteria)

    gone = [one for one in standing(view) if fits(one)]
    if not gone:
        return status("Unknown")
    return status("Accepted", DropProfiles(profile_ids=tuple(one.profile_id for one in gone)))


def report_2x(view: View, request: Any) -> Reply:
    """2.x GetChargingProfiles: a message for each EVSE that has some (K09)."""
    wanted = request.charging_profile
    numbers, sources = wanted.get("chargingProfileId"), wanted.get("chargingLimitSource")
    found = [
        one
        for one in standing(view)
        if request.evse_id in (None, one.evse)
        and (not numbers or one.profile_id in numbers)
        and (not sources or "CSO" in sources)
        and _matches(one, wanted)
    ]
    if not found:
        return status("NoProfiles")
    evses = sorted({one.evse for one in found})
    parts = tuple(
        Message(
            "ReportChargingProfiles",
            {
                "requestId": request.request_id,
                "chargingLimitSource": "CSO",
                "chargingProfile": [one.profile for one in found if one.evse == evse],
                "tbc": evse != evses[-1],
                "evseId": evse,
            },
        )
        for evse in evses
    )
    return status("Accepted", Say(messages=parts))


def composite_16(view: View, request: Any) -> Reply:
    """1.6 GetCompositeSchedule (5.7)."""
    evse = request.connector_id
    if evse and view.bay(evse) is None:
        return status("Rejected")
    schedule = {"duration": request.duration, "startSchedule": view.at, **_composite(view, evse, request)}
    return Reply(
        payload={"status": "Accepted", "connectorId": evse, "scheduleStart": view.at, "chargingSchedule": schedule}
    )


def composite_2x(view: View, request: Any) -> Reply:
    """2.x GetCompositeSchedule (K08)."""
    evse = request.evse_id
    if evse and view.bay(evse) is None:
        return status("Rejected")
    schedule = {"evseId": evse, "duration": request.duration, "scheduleStart": view.at}
    return Reply(payload={"status": "Accepted", "schedule": schedule | _composite(view, evse, request)})


def _composite(view: View, evse: int, request: Any) -> Payload:
    """What is allowed from each moment on at which that changes: at an EVSE, or with 0 at all of them together (K08)."""
    bays = [bay for bay in view.bays if evse in (0, bay.evse)]
    found = [dict(_allowed(view, bay, request)) for bay in bays]
    periods: list[Wire] = []
    for at in sorted({moment for each in found for moment in each}):
        limit = round(sum(each[max(moment for moment in each if moment <= at)] for each in found), 1)
        if not periods or periods[-1]["limit"] != limit:
            periods.append({"startPeriod": at, "limit": limit})
    return {"chargingRateUnit": request.charging_rate_unit, "chargingSchedulePeriod": periods}


def _allowed(view: View, bay: BayView, request: Any) -> Iterator[tuple[int, float]]:
    """The limits of an EVSE in the unit that is asked for, never above what its outlet can give."""
    scale = 1 if request.charging_rate_unit == "A" else VOLTAGE_V * (bay.phases or 3)
    most = bay.peak_w / (VOLTAGE_V * (bay.phases or 3))
    for at, amps in steps(standing(view), place_of(view, bay), datetime.fromisoformat(view.at), request.duration):
        yield at, (most if amps is None else min(amps, most)) * scale


def place_of(view: View, bay: BayView) -> Place:
    """The EVSE as its profiles see it."""
    return Place(bay.evse, len(view.bays), bay.phases, bay.transaction_id, bay.began_at)


def priority_21(view: View, request: Any) -> Reply:
    """2.1 UsePriorityCharging (K21)."""
    if view.charging(request.transaction_id) is None:
        return status("Rejected")
    has = any(one.profile.get("chargingProfilePurpose") == "PriorityCharging" for one in standing(view))
    if request.activate and not has:
        return status("NoProfile")
    told: Payload = {"transactionId": request.transaction_id, "activated": request.activate}
    return status("Accepted", Say(messages=(Message("NotifyPriorityCharging", told),)))


def update_21(view: View, request: Any) -> Reply:
    """2.1 UpdateDynamicSchedule (K28.FR.06, FR.11)."""
    one = next((each for each in standing(view) if each.profile_id == request.charging_profile_id), None)
    if one is None or one.profile.get("chargingProfileKind") != "Dynamic":
        return status("Rejected")
    (schedule,) = schedules(one.profile)
    (period,) = schedule["chargingSchedulePeriod"]
    changed = schedule | {"chargingSchedulePeriod": [period | request.schedule_update]}
    kept = msgspec.structs.replace(one, profile=one.profile | {"chargingSchedule": [changed]})
    return status("Accepted", kept)


def transfer_21(view: View, request: Any) -> Reply:
    """2.1 NotifyAllowedEnergyTransfer (Q01)."""
    return status("Rejected" if view.charging(request.transaction_id) is None else "Accepted")


def afrr_21(_view: View, _request: Any) -> Reply:
    """2.1 AFRRSignal: no schedule here has a signal curve (Q08.FR.11)."""
    return status("Rejected")


def standing(view: View) -> list[KeepProfile]:
    """The profiles that the station has: one of a transaction goes with it (K02.FR.05)."""
    running = {bay.transaction_id for bay in view.bays}
    return [
        one
        for one in view.profiles.values()
        if one.profile.get("chargingProfilePurpose") != "TxProfile"
        or str(one.profile.get("transactionId") or "") in running
    ]


def _matches(one: KeepProfile, criteria: Payload) -> bool:
    return all(criteria.get(name) in (None, one.profile.get(name)) for name in OPTIONAL)

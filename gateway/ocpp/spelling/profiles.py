"""Charging profiles as each version spells them, to the wire and from it. Numbers keep every digit; nothing is left out in silence."""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from typing import Any

import msgspec

from gateway.ocpp.rows import Context, Invalid, Unsupported, carries, exact, present
from gateway.ocpp.spelling.moments import planned, rfc3339
from schemas.chargingschedules import (
    ChargingProfile,
    ChargingSchedule,
    FrequencyPoint,
    SchedulePeriod,
    ScheduleUpdate,
    SignalPoint,
    SocLimit,
)

UPDATE_2X: Mapping[str, str] = {
    "limit": "limit",
    "limit_l2": "limit_L2",
    "limit_l3": "limit_L3",
    "discharge_limit": "dischargeLimit",
    "discharge_limit_l2": "dischargeLimit_L2",
    "discharge_limit_l3": "dischargeLimit_L3",
    "setpoint": "setpoint",
    "setpoint_l2": "setpoint_L2",
    "setpoint_l3": "setpoint_L3",
    "setpoint_reactive": "setpointReactive",
    "setpoint_reactive_l2": "setpointReactive_L2",
    "setpoint_reactive_l3": "setpointReactive_L3",
}
PERIOD_2X: Mapping[str, str] = {
    "start_s": "startPeriod",
    **UPDATE_2X,
    "phases": "numberPhases",
    "phase_to_use": "phaseToUse",
    "preconditioning": "preconditioningRequest",
    "evse_sleep": "evseSleep",
    "baseline": "v2xBaseline",
    "operation_mode": "operationMode",
    "frequency_curve": "v2xFreqWattCurve",
    "signal_curve": "v2xSignalWattCurve",
}
SCHEDULE_2X: Mapping[str, str] = {
    "schedule_id": "id",
    "limit_at_soc": "limitAtSoC",
    "start_at": "startSchedule",
    "duration_s": "duration",
    "unit": "chargingRateUnit",
    "min_rate": "minChargingRate",
    "power_tolerance": "powerTolerance",
    "signature_id": "signatureId",
    "digest": "digestValue",
    "local_time": "useLocalTime",
    "periods": "chargingSchedulePeriod",
    "randomized_delay_s": "randomizedDelay",
}
PROFILE_2X: Mapping[str, str] = {
    "profile_id": "id",
    "stack_level": "stackLevel",
    "purpose": "chargingProfilePurpose",
    "kind": "chargingProfileKind",
    "recurrency": "recurrencyKind",
    "valid_from": "validFrom",
    "valid_to": "validTo",
    "transaction_id": "transactionId",
    "schedules": "chargingSchedule",
    "max_offline_s": "maxOfflineDuration",
    "invalid_after_offline": "invalidAfterOfflineDuration",
    "update_interval_s": "dynUpdateInterval",
    "updated_at": "dynUpdateTime",
    "price_signature": "priceScheduleSignature",
}
"""The members of 2.1 by ours, in the order of the schema."""

PERIOD_OLD = frozenset({"start_s", "limit", "phases", "phase_to_use"})
SCHEDULE_OLD = frozenset({"schedule_id", "start_at", "duration_s", "unit", "min_rate", "periods"})
PROFILE_OLD = frozenset(
    {
        "profile_id",
        "stack_level",
        "purpose",
        "kind",
        "recurrency",
        "valid_from",
        "valid_to",
        "transaction_id",
        "schedules",
    }
)
"""What versions before 2.1 have."""

PURPOSE_16 = {
    "ChargingStationMaxProfile": "ChargePointMaxProfile",
    "TxDefaultProfile": "TxDefaultProfile",
    "TxProfile": "TxProfile",
}
PURPOSES_SINCE_21 = frozenset({"PriorityCharging", "LocalGeneration"})
DECIMALS_16 = 1
"""1.6, 7.13 and 7.14: limits have at most one digit after the point."""

CARRIED_POINTS = {"v2xFreqWattCurve": carries("frequency power"), "v2xSignalWattCurve": carries("signal power")}
CARRIED_PERIOD = carries(" ".join(name for name in PERIOD_2X.values() if name not in CARRIED_POINTS), **CARRIED_POINTS)
CARRIED_SCHEDULE = carries(
    " ".join(name for name in SCHEDULE_2X.values() if name not in ("limitAtSoC", "chargingSchedulePeriod")),
    limitAtSoC=carries("soc limit"),
    chargingSchedulePeriod=CARRIED_PERIOD,
)
CARRIED_PROFILE = carries(
    " ".join(name for name in PROFILE_2X.values() if name != "chargingSchedule"), chargingSchedule=CARRIED_SCHEDULE
)
"""What records carry of a profile in 2.x; price schedules go into `further`."""


SpellProfile = Callable[[ChargingProfile, int], dict[str, Any] | Unsupported | Invalid]
"""From a profile and its number to its spelling in one version."""


# -- to the wire ------------------------------------------------------------------------------------------------------


def profile_21(profile: ChargingProfile, number: int) -> dict[str, Any]:
    """2.1 ChargingProfileType; `number` is its id."""
    return (
        {"id": number}
        | _members(profile, PROFILE_2X)
        | {
            "id": number,
            "chargingSchedule": [schedule_2x(each, place) for place, each in enumerate(profile.schedules, 1)],
        }
    )


def profile_201(profile: ChargingProfile, number: int) -> dict[str, Any] | Unsupported | Invalid:
    """2.0.1 ChargingProfileType: every period has a limit; what is of 2.1 alone cannot be said."""
    return too_new(profile, "2.0.1") or _unlimited(profile, "2.0.1") or profile_21(profile, number)


def profile_16(profile: ChargingProfile, number: int) -> dict[str, Any] | Unsupported | Invalid:
    """1.6 ChargingProfile (7.8): one schedule, limits with one digit after the point, transactions that are integers."""
    if (refused := _not_in_16(profile)) is not None:
        return refused
    (schedule,) = profile.schedules
    return present(
        chargingProfileId=number,
        transactionId=int(profile.transaction_id) if profile.transaction_id else None,
        stackLevel=profile.stack_level,
        chargingProfilePurpose=PURPOSE_16[profile.purpose],
        chargingProfileKind=profile.kind,
        recurrencyKind=profile.recurrency,
        validFrom=_value(profile.valid_from),
        validTo=_value(profile.valid_to),
        chargingSchedule=present(
            duration=schedule.duration_s,
            startSchedule=_value(schedule.start_at),
            chargingRateUnit=schedule.unit,
            chargingSchedulePeriod=[
                present(startPeriod=each.start_s, limit=_value(each.limit), numberPhases=each.phases)
                for each in schedule.periods
            ],
            minChargingRate=_value(schedule.min_rate),
        ),
    )


def schedule_2x(schedule: ChargingSchedule, place: int) -> dict[str, Any]:
    """2.x ChargingScheduleType; its id is its place in the profile where nobody gave one."""
    number = place if schedule.schedule_id is None else schedule.schedule_id
    members = {"id": number} | _members(schedule, SCHEDULE_2X)
    members["chargingSchedulePeriod"] = [_members(each, PERIOD_2X) for each in schedule.periods]
    return members


def update_21(update: ScheduleUpdate) -> dict[str, Any]:
    """2.1 ChargingScheduleUpdateType."""
    return _members(update, UPDATE_2X)


def too_new(profile: ChargingProfile, version: str) -> Unsupported | None:
    """What of a profile a version before 2.1 has no word for."""
    named: list[str] = [name for name in (profile.purpose,) if name in PURPOSES_SINCE_21]
    named += [name for name in (profile.kind,) if name == "Dynamic"]
    named += _beyond(profile, PROFILE_2X, PROFILE_OLD)
    for schedule in profile.schedules:
        named += _beyond(schedule, SCHEDULE_2X, SCHEDULE_OLD)
        named += [name for period in schedule.periods for name in _beyond(period, PERIOD_2X, PERIOD_OLD)]
    if not named:
        return None
    return Unsupported(reason=f"OCPP {version} has no {', '.join(dict.fromkeys(named))} in charging profiles")


def _beyond(struct: msgspec.Struct, known: Mapping[str, str], old: frozenset[str]) -> list[str]:
    return [name for name in known if name not in old and getattr(struct, name) not in (None, "", ())]


def _unlimited(profile: ChargingProfile, version: str) -> Invalid | None:
    if all(period.limit is not None for schedule in profile.schedules for period in schedule.periods):
        return None
    return Invalid(description=f"every period needs a limit in OCPP {version}")


def _not_in_16(profile: ChargingProfile) -> Unsupported | Invalid | None:
    if (refused := too_new(profile, "1.6")) is not None:
        return refused
    if len(profile.schedules) != 1:
        return Invalid(description="OCPP 1.6 has one schedule in a profile")
    (schedule,) = profile.schedules
    if any(period.phase_to_use is not None for period in schedule.periods):
        return Unsupported(reason="OCPP 1.6 has no phase_to_use in charging profiles")
    numbers = [schedule.min_rate, *(period.limit for period in schedule.periods)]
    if any(number is not None and number != round(number, DECIMALS_16) for number in numbers):
        return Invalid(description="OCPP 1.6 takes one digit after the point in a limit")
    transaction = profile.transaction_id
    if transaction and not (transaction.isascii() and transaction.removeprefix("-").isdigit()):
        return Invalid(description=f"transaction_id must be an integer in OCPP 1.6, is {transaction!r}")
    return _unlimited(profile, "1.6")


def _members(struct: msgspec.Struct, names: Mapping[str, str]) -> dict[str, Any]:
    said = ((wire, getattr(struct, name)) for name, wire in names.items())
    return {wire: _value(value) for wire, value in said if value is not None and value not in ("", ())}


def _value(value: Any) -> Any:
    match value:
        case Decimal():
            return exact(value)
        case dt.datetime():
            return rfc3339(value)
        case msgspec.Struct():
            return {name: _value(getattr(value, name)) for name in value.__struct_fields__}
        case tuple():
            return [_value(each) for each in value]
    return value


# -- from the wire ----------------------------------------------------------------------------------------------------


def profiles_from(wire: Iterable[Any], context: Context) -> tuple[ChargingProfile, ...]:
    """2.x ChargingProfileTypes, as far as they go: whether their words are ours is for the caller to see."""
    return tuple(_profile(each, context) for each in wire)


def schedules_from(wire: Iterable[Any], context: Context) -> tuple[ChargingSchedule, ...]:
    """2.x ChargingScheduleTypes, likewise."""
    return tuple(_schedule(each, context) for each in wire)


def _profile(wire: Any, context: Context) -> ChargingProfile:
    told = _read(wire, PROFILE_2X, context)
    return ChargingProfile(
        **{"purpose": "", "stack_level": 0, **told, "schedules": schedules_from(wire.chargingSchedule or (), context)}
    )


def _schedule(wire: Any, context: Context) -> ChargingSchedule:
    told = _read(wire, SCHEDULE_2X, context)
    told["periods"] = tuple(_period(each) for each in wire.chargingSchedulePeriod or ())
    if (soc := getattr(wire, "limitAtSoC", None)) is not None:
        told["limit_at_soc"] = SocLimit(soc=soc.soc, limit=soc.limit)
    return ChargingSchedule(**told)


def _period(wire: Any) -> SchedulePeriod:
    told = _read(wire, PERIOD_2X, None)
    for name, point, of in (("frequency_curve", FrequencyPoint, "frequency"), ("signal_curve", SignalPoint, "signal")):
        if points := told.get(name):
            told[name] = tuple(point(**{of: getattr(each, of), "power": each.power}) for each in points)
    return SchedulePeriod(**told)


_TIMES = frozenset({"start_at", "valid_from", "valid_to", "updated_at"})


def _read(wire: Any, names: Mapping[str, str], context: Context | None) -> dict[str, Any]:
    """The members that the message has, by our names. Versions before 2.1 have fewer."""
    told = {name: getattr(wire, member, None) for name, member in names.items()}
    found = {name: value for name, value in told.items() if value is not None}
    if context is not None:
        return {name: planned(value, context) if name in _TIMES else value for name, value in found.items()}
    return found

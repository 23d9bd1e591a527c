"""Generated commands: valid values of every member of a canonical command, made from its types."""

import datetime as dt
from collections.abc import Iterator
from random import Random
from typing import Any, get_args

import msgspec
from msgspec import inspect

from schemas.command import StationCommand
from schemas.commands import Command, RawCall
from schemas.pricemessages import ShowFinalCost, ShowRunningCost
from schemas.profilecommands import SetChargingProfile, UpdateDynamicSchedule
from schemas.stationcommands import TRIGGERS, TriggerMessage

KINDS: tuple[type[StationCommand], ...] = tuple(kind for kind in get_args(Command) if kind is not RawCall)
"""Every canonical command."""

CHECKSUM = "^[0-9a-fA-F]{32}$"
CLOCK = "^([01][0-9]|2[0-3]):[0-5][0-9]$"
DAY = "^[12][0-9]{3}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$"

PERIOD = {"start_s": 0, "limit": "11000", "phases": 3}
PROFILES: tuple[dict[str, Any], ...] = (
    {
        "purpose": "TxDefaultProfile",
        "stack_level": 3,
        "profile_id": 77,
        "schedules": [
            {
                "unit": "W",
                "start_at": "2026-01-01T00:00:00Z",
                "duration_s": 3600,
                "min_rate": "1000",
                "periods": [PERIOD, {"start_s": 600, "limit": "7400"}],
            }
        ],
    },
)
_SCHEDULE = {"unit": "W", "start_at": "2026-01-01T00:00:00Z"}
PROFILES += (
    {
        "purpose": "TxProfile",
        "kind": "Relative",
        "transaction_id": "T-1",
        "schedules": [
            {"unit": "A", "randomized_delay_s": 30, "periods": [{"limit": "16", "phases": 1, "phase_to_use": 2}]}
        ],
    },
    {
        "purpose": "TxDefaultProfile",
        "kind": "Recurring",
        "recurrency": "Daily",
        "valid_from": "2026-01-01T00:00:00Z",
        "valid_to": "2026-02-01T00:00:00Z",
        "schedules": [_SCHEDULE | {"periods": [PERIOD]}],
    },
    {
        "purpose": "TxDefaultProfile",
        "kind": "Dynamic",
        "update_interval_s": 60,
        "schedules": [
            {"unit": "W", "periods": [{"operation_mode": "ExternalSetpoint", "setpoint": "-5", "setpoint_l2": "3"}]}
        ],
    },
    {
        "purpose": "TxDefaultProfile",
        "schedules": [
            _SCHEDULE
            | {
                "local_time": True,
                "power_tolerance": "100",
                "limit_at_soc": {"soc": 80, "limit": "5000"},
                "periods": [
                    {
                        "operation_mode": "LocalFrequency",
                        "baseline": "10",
                        "frequency_curve": [{"frequency": "50", "power": "0"}, {"frequency": "51", "power": "-9"}],
                        "preconditioning": True,
                        "evse_sleep": False,
                    }
                ],
            }
        ],
    },
)
FITTING: dict[type[StationCommand], tuple[dict[str, Any], ...]] = {
    SetChargingProfile: tuple({"evse": 1, "profile": profile} for profile in PROFILES),
    TriggerMessage: tuple({"requested_message": name, "evse": 1, "connector": 1} for name in TRIGGERS),
    ShowRunningCost: (
        {
            "transaction_id": "77",
            "at": "2026-06-01T12:00:00Z",
            "meter_wh": 1000,
            "cost": 2,
            "state": "Idle",
            "kwh_price": 3,
            "hour_price": 4,
            "flat_fee": 5,
            "idle_hour_price": 6,
        },
    ),
    ShowFinalCost: ({"transaction_id": "77", "cost": 2, "text": "x", "qr_code": "https://r.example"},),
    UpdateDynamicSchedule: ({"profile_id": 7, "update": {"limit": "11000"}},),
}
"""Arguments that keep the rules of K01, and words that there are."""

FIRST = dt.datetime(2026, 3, 29, tzinfo=dt.UTC)


def generated(kind: type[StationCommand], rng: Random, optional: float) -> dict[str, Any]:
    """The arguments of a command as JSON values; each optional member is given with this probability.

    The types hold. Whether the whole makes sense is for `faults` and for the rows of the gateway to say.
    """
    return _struct(inspect.type_info(kind), rng, optional)


def arguments(kind: type[StationCommand], rng: Random) -> dict[str, Any]:
    """Generated arguments; of commands whose members must fit together, arguments in which they do."""
    fitting = FITTING.get(kind)
    return generated(kind, rng, rng.choice((0.2, 0.6, 0.9))) if fitting is None else rng.choice(fitting)


def others(kind: type[StationCommand], whole: dict[str, Any], rng: Random) -> Iterator[tuple[str, dict[str, Any]]]:
    """The path of each member that is given, at any depth, and the arguments with another value there."""
    yield from _others(inspect.type_info(kind), whole, rng)


def _struct(info: Any, rng: Random, optional: float) -> dict[str, Any]:
    return {
        field.encode_name: _value(field.type, rng, optional)
        for field in info.fields
        if field.required or rng.random() < optional
    }


def _value(info: Any, rng: Random, optional: float) -> Any:
    match info:
        case inspect.Metadata(type=inner):
            return _value(inner, rng, optional)
        case inspect.UnionType(types=types):
            return _value(rng.choice([each for each in types if not isinstance(each, inspect.NoneType)]), rng, optional)
        case inspect.StructType():
            return _struct(info, rng, optional)
        case inspect.VarTupleType(item_type=item, min_length=least):
            return [_value(item, rng, optional) for _ in range(max(least or 0, rng.choice((1, 1, 2))))]
        case inspect.LiteralType(values=values):
            return rng.choice(values)
        case inspect.BoolType():
            return rng.random() < 0.5
        case inspect.IntType(ge=least, le=most):
            return rng.randint(least or 0, min(20 if most is None else most, (least or 0) + 20))
        case inspect.DecimalType():
            return rng.randint(1, 100)
        case inspect.DateTimeType():
            return (FIRST + dt.timedelta(seconds=rng.randrange(100_000))).isoformat()
        case inspect.StrType(pattern=pattern, max_length=most):
            return _text(pattern, rng)[:most]
        case inspect.RawType():
            return msgspec.Raw(f'"w{rng.randrange(10**6)}"'.encode())
    raise NotImplementedError(f"no values of {info} are made yet")


def _text(pattern: str | None, rng: Random) -> str:
    made = {
        CHECKSUM: f"{rng.getrandbits(128):032x}",
        CLOCK: f"{rng.randrange(24):02}:{rng.randrange(60):02}",
        DAY: f"2026-{rng.randint(1, 12):02}-{rng.randint(1, 28):02}",
    }
    return made.get(pattern or "", f"w{rng.randrange(10**6):06}")


def _others(info: Any, value: Any, rng: Random) -> Iterator[tuple[str, Any]]:
    match info:
        case inspect.Metadata(type=inner):
            yield from _others(inner, value, rng)
        case inspect.StructType(fields=fields):
            for field in fields:
                if field.encode_name in value:
                    for path, changed in _others(field.type, value[field.encode_name], rng):
                        inner = f".{path}" if path and path[0] != "[" else path
                        yield f"{field.name}{inner}", {**value, field.encode_name: changed}
        case inspect.UnionType(types=types):
            inner = next(each for each in types if not isinstance(each, inspect.NoneType))
            yield from _others(inner, value, rng)
        case inspect.VarTupleType(item_type=item):
            for at, one in enumerate(value):
                for path, changed in _others(item, one, rng):
                    yield f"[]{'.' if path and path[0] != '[' else ''}{path}", [*value[:at], changed, *value[at + 1 :]]
        case _:
            changed = next((made for _ in range(20) if (made := _value(info, rng, 1.0)) != value), value)
            if changed != value:
                yield "", changed


def built(kind: type[StationCommand], whole: dict[str, Any]) -> StationCommand | None:
    """The command of these arguments; None where something stands against sending it to any station."""
    command = msgspec.json.decode(msgspec.json.encode(whole), type=kind, strict=False)
    return None if list(command.faults()) else command

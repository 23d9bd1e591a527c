"""Examples: makes one example of every record from its types, for the generated pages and the golden bytes. PURE."""

import datetime as dt
from decimal import Decimal
from typing import Any, TypeVar

import msgspec
from msgspec import inspect

S = TypeVar("S", bound=msgspec.Struct)

MOMENT = dt.datetime(2026, 3, 29, 0, 59, 59, 123000, tzinfo=dt.UTC)
"""The moment of every example: the last second before a change of clocks, with milliseconds."""

_WORDS = {
    "id": "3f1c0a6f5b1d4c2e9a7788f0e1d2c3b4",
    "station": "DE-BER-0001",
    "gateway": "gw-0",
    "session": "9b2f7d1e4c3a4f5b8d6e0a1b2c3d4e5f",
    "transaction_id": "1234567",
    "token": "04A2B3C4D5",
    "vendor": "Example",
    "message_id": "19223201",
    "command_id": "c0ffee00c0ffee00c0ffee00c0ffee00",
    "noun": "firmware",
    "action": "FirmwareStatusNotification",
    "site": "berlin-1",
    "time_zone": "Europe/Berlin",
    "currency": "EUR",
    "tariff": "day-and-night",
    "tariffs": "day-and-night",
    "target": "station:DE-BER-0001",
    "start_time": "07:00",
    "end_time": "19:00",
    "start_date": "2026-01-01",
    "end_date": "2027-01-01",
    "start_time_of_day": "07:00",
    "end_time_of_day": "19:00",
    "valid_from_date": "2026-01-01",
    "valid_to_date": "2027-01-01",
    "campaign": "0c0ffee00c0ffee00c0ffee00c0ffee0",
    "zones": "Europe/Berlin",
}


def example(struct: type[S]) -> S:
    """An instance of a record or state type with every member filled, the same each time."""
    value: S = _struct(struct)
    return value


def _struct(struct: type[Any]) -> Any:
    info = inspect.type_info(struct)
    assert isinstance(info, inspect.StructType)
    return struct(**{field.name: _member(field) for field in info.fields})


def _member(field: inspect.Field) -> Any:
    kind = field.type.type if isinstance(field.type, inspect.Metadata) else field.type
    # Not the default where there is a choice, because defaults are left out on the wire.
    if isinstance(kind, inspect.LiteralType):
        return next(value for value in kind.values if value != field.default)
    if isinstance(kind, inspect.BoolType):
        return field.default is not True
    return _value(field.type, field.name)


def _value(kind: inspect.Type, name: str) -> Any:  # noqa: PLR0911, PLR0912 a flat match over the kinds of types
    match kind:
        case inspect.Metadata(type=inner):
            return _value(inner, name)
        case inspect.UnionType(types=types):
            return _value(next(t for t in types if not isinstance(t, inspect.NoneType)), name)
        case inspect.StructType(cls=cls):
            return _struct(cls)
        case inspect.LiteralType(values=values):
            return values[0]
        case inspect.StrType(max_length=longest):
            return _WORDS.get(name, name)[:longest]
        case inspect.BoolType():
            return True
        case inspect.IntType(le=greatest):
            return 7 if greatest is None else min(7, greatest)
        case inspect.FloatType(le=greatest):
            return 7.5 if greatest is None or greatest >= 7.5 else greatest / 2
        case inspect.EnumType(cls=words):
            return next(iter(words))
        case inspect.DecimalType():
            return Decimal("7321.250")
        case inspect.DateTimeType():
            return MOMENT
        case inspect.BytesType():
            return b"\x00\xff"
        case inspect.RawType():
            return msgspec.Raw(b'{"status":"Accepted"}')
        case inspect.VarTupleType(item_type=item):
            return (_value(item, name),)
        case inspect.TupleType(item_types=items):
            return tuple(_value(item, name) for item in items)
        case inspect.ListType(item_type=item):
            return [_value(item, name)]
        case inspect.FrozenSetType(item_type=item):
            return frozenset([_value(item, name)])
        case inspect.DictType(key_type=key, value_type=value):
            return {_value(key, "key"): _value(value, name)}
    raise TypeError(f"no example for {kind!r}: add its kind to schemas.examples")

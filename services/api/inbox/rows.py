"""What could not be believed, read or acted on, and who sends what breaks its schema, as the API and the console read it. PURE."""

import datetime as dt
from typing import Any

import msgspec


class Fact(msgspec.Struct, frozen=True, kw_only=True):
    """A message that was kept as it came, under its noun."""

    id: str
    station: str
    noun: str
    action: str
    payload: Any
    at: dt.datetime


class QuarantinedValue(msgspec.Struct, frozen=True, kw_only=True):
    """A meter value that was not believed, whole, with the reason."""

    id: str
    station: str
    session: str
    evse: int | None
    transaction_id: str
    reason: str
    meter_value: Any
    at: dt.datetime
    received_at: dt.datetime


class DeadLetter(msgspec.Struct, frozen=True, kw_only=True):
    """A record that a service could not read or apply, with the reason."""

    id: str
    service: str
    topic: str
    partition: int
    offset: int
    key: str
    value: str
    encoding: str
    reason: str
    at: dt.datetime


class DeviationCount(msgspec.Struct, frozen=True, kw_only=True):
    """How often messages of one make needed a rule. Where a station did not boot on the connection, its make is that of its last boot."""

    vendor: str
    model: str
    firmware_version: str
    version: str
    action: str
    rule: str
    path: str
    messages: int
    stations: int
    station: str
    first_at: dt.datetime
    last_at: dt.datetime


class QuarantinedMessage(msgspec.Struct, frozen=True, kw_only=True):
    """A message that could not be read: what the station sent, and the error that it was answered."""

    id: str
    station: str
    version: str
    action: str
    code: str
    reason: str
    payload: str
    received_at: dt.datetime


class DeviationFilter(msgspec.Struct, frozen=True, kw_only=True):
    """Which deviations to count. `since` bounds the time of arrival."""

    since: dt.datetime
    vendor: str | None = None
    station: str | None = None
    rule: str | None = None

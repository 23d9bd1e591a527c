"""Events of variables and monitors as the API gives them. PURE."""

import datetime as dt

import msgspec


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """One event of a variable. `cleared`: what an earlier event told of is over; `cause`: the event that caused this one.

    `monitor_id` is the monitor that made it, `severity` 0 (danger) to 9 (debug), null where the station does not tell them.
    An error of a connector of a 1.6 station has the variable Problem, its `error_code`, and the vendor's code in `tech_code`.
    """

    station: str
    event_id: int
    key: str
    trigger: str
    value: str
    cleared: bool
    cause: int | None
    monitor_id: int | None
    severity: int | None
    origin: str
    tech_code: str
    tech_info: str
    error_code: str
    vendor_id: str
    transaction_id: str
    at: dt.datetime
    received_at: dt.datetime


class ReportedMonitor(msgspec.Struct, frozen=True, kw_only=True):
    """One monitor of the newest report of monitors. `value` is a number as text: the limit, the change, or seconds."""

    station: str
    monitor_id: int
    key: str
    type: str
    value: str
    severity: int
    transaction: bool
    origin: str
    received_at: dt.datetime


class EventStream(msgspec.Struct, frozen=True, kw_only=True):
    """A stream of values (2.1) as the station last told it: `opened`, or ended. By which monitor, and how often it is sent."""

    station: str
    stream_id: int
    opened: bool
    monitor_id: int | None
    interval_s: int | None
    values: int | None
    received_at: dt.datetime


class StreamValue(msgspec.Struct, frozen=True, kw_only=True):
    """One value of a stream, `at` its time by the station. `pending`: so many values the station had still to send then."""

    station: str
    stream_id: int
    value: str
    at: dt.datetime
    pending: int
    received_at: dt.datetime


class EventFilter(msgspec.Struct, frozen=True, kw_only=True):
    """Which events; None does not filter. `key` in any case; `severity`: that one or worse."""

    station: str
    key: str | None = None
    trigger: str | None = None
    severity: int | None = None
    cleared: bool | None = None

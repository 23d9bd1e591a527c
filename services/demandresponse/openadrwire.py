"""OpenADR 3.1 as it is on the wire: the objects that a VEN reads and writes, as far as they are used here. PURE.

Members that are not named are left alone. Durations are ISO 8601, as far as OpenADR uses them: weeks to seconds, and years for "without
end" (`P9999Y`). A start in the year 1 means "now" (OpenADR 3.1 user guide).
"""

import datetime as dt
import re
from typing import Any

import msgspec

Duration = str
FOREVER = dt.timedelta(days=10_000)
NOW_YEAR = 1


class Payload(msgspec.Struct, frozen=True, kw_only=True):
    """A valuesMap: values of one type."""

    type: str
    values: tuple[Any, ...] = ()


class IntervalPeriod(msgspec.Struct, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """When an interval is, for how long, and within which time of it clients begin."""

    start: dt.datetime | None = None
    duration: Duration | None = None
    randomize_start: Duration | None = None


class Interval(msgspec.Struct, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """An interval of an event or a report; without a period of its own it follows the one before."""

    id: int = 0
    interval_period: IntervalPeriod | None = None
    payloads: tuple[Payload, ...] = ()


class PayloadDescriptor(msgspec.Struct, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """What the values of a payload type mean. `units`: KW, W, A, PERCENT ..."""

    payload_type: str
    units: str | None = None


class VtnEvent(msgspec.Struct, frozen=True, kw_only=True, rename={"program_id": "programID"}, omit_defaults=True):
    """An event. `priority`: 0 is the highest. `targets`: in 3.1, texts."""

    id: str
    program_id: str
    created: dt.datetime = msgspec.field(name="createdDateTime")
    name: str | None = msgspec.field(name="eventName", default=None)
    priority: int | None = None
    targets: tuple[Any, ...] | None = None
    report_descriptors: tuple[PayloadDescriptor, ...] | None = msgspec.field(name="reportDescriptors", default=None)
    payload_descriptors: tuple[PayloadDescriptor, ...] | None = msgspec.field(name="payloadDescriptors", default=None)
    period: IntervalPeriod | None = msgspec.field(name="intervalPeriod", default=None)
    intervals: tuple[Interval, ...] | None = None


class Program(msgspec.Struct, frozen=True, kw_only=True):
    """A programme."""

    id: str
    name: str = msgspec.field(name="programName")


class ReportResource(msgspec.Struct, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """What is reported of a resource, or of all together (`AGGREGATED_REPORT`)."""

    resource_name: str
    interval_period: IntervalPeriod
    intervals: tuple[Interval, ...]


class VtnReport(msgspec.Struct, frozen=True, kw_only=True):
    """A report, as a VEN sends it."""

    object_type: str = msgspec.field(name="objectType", default="REPORT")
    event_id: str = msgspec.field(name="eventID")
    client_name: str = msgspec.field(name="clientName")
    report_name: str = msgspec.field(name="reportName")
    payload_descriptors: tuple[dict[str, str], ...] = msgspec.field(name="payloadDescriptors", default=())
    resources: tuple[ReportResource, ...] = ()


class Unreadable(ValueError):
    """A text that is no duration."""


_DURATION = re.compile(
    r"P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?"
)


def duration_of(text: str) -> dt.timedelta:
    """A duration; ten thousand days for longer ones, 30 days a month and 365 a year. Raises Unreadable."""
    match = _DURATION.fullmatch(text)
    if match is None or len(text) < 3:  # noqa: PLR2004 P1D is the shortest
        raise Unreadable(f"{text!r} is no duration as in PT15M or P1D")
    years, months, weeks, days, hours, minutes, seconds = (float(each or 0) for each in match.groups())
    total_s = (years * 365 + months * 30 + weeks * 7 + days) * 86_400 + hours * 3_600 + minutes * 60 + seconds
    return min(dt.timedelta(seconds=min(total_s, FOREVER.total_seconds())), FOREVER)

"""OpenADR events as events of this product, and reports of these as OpenADR reports. PURE.

An event here has one limit, an OpenADR event one for each interval: so each interval is an event of its own, whose id follows from both.

| payload type | becomes |
|---|---|
| IMPORT_CAPACITY_LIMIT, DISPATCH_SETPOINT | a limit of each site together, in the descriptor's unit (kW where it names none) |
| SIMPLE | level 0: nothing; 1 to 3: a percentage of the baseline, as the settings say |
| all others | nothing, and they are named: CHARGE_STATE_SETPOINT is a state of charge, which no limit of a station is |
"""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec

from schemas.base import derived_id
from services.demandresponse.openadrwire import (
    NOW_YEAR,
    Interval,
    IntervalPeriod,
    Payload,
    ReportResource,
    Unreadable,
    VtnEvent,
    VtnReport,
    duration_of,
)

SOURCE = "openadr"
LIMITS = ("IMPORT_CAPACITY_LIMIT", "DISPATCH_SETPOINT")
WATTS: Mapping[str, float] = {"KW": 1_000.0, "W": 1.0, "MW": 1_000_000.0}
PART = dt.timedelta(days=30)
"""What is longer is ordered a part after the other, each once the one before is over."""
PRIORITY_MOST = 9


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """An event that is to be there: its id, its body for the API, and which OpenADR event it is of."""

    event: str
    body: dict[str, Any]
    vtn_event: str


class Mapped(msgspec.Struct, frozen=True, kw_only=True):
    """What an OpenADR event becomes, and what of it is not acted on."""

    wanted: tuple[Wanted, ...] = ()
    ignored: tuple[str, ...] = ()


def mapped(event: VtnEvent, programme: str, now: dt.datetime, simple: Sequence[int]) -> Mapped:
    """The events for an OpenADR event. `simple`: percentages for levels 0, 1, 2 and 3."""
    wanted, ignored = list[Wanted](), list[str]()
    units = {each.payload_type: each.units for each in event.payload_descriptors or ()}
    try:
        timed = list(_timed(event))
    except Unreadable as error:
        return Mapped(ignored=(str(error),))
    for interval, start, length, random in timed:
        if start + length <= now:
            continue
        limit = None
        for payload in interval.payloads:
            found = _limit(payload, units.get(payload.type), simple)
            if found is None:
                ignored.append(payload.type)
            limit = limit or found
        if limit is None or "nothing" in limit:
            continue
        number = max(0, (now - start) // PART)
        begins = start + number * PART
        id_ = f"{SOURCE}-{derived_id(event.id, interval.id, number)}"
        late = random * _fraction(id_) if number == 0 else dt.timedelta()
        body = {
            "title": event.name or f"OpenADR {event.id}",
            "programme": programme,
            "from_at": (begins + late).isoformat(),
            "to_at": min(start + length, begins + PART).isoformat(),
            "priority": PRIORITY_MOST - min(event.priority, PRIORITY_MOST) if event.priority is not None else 5,
            "source": SOURCE,
            "source_id": event.id,
            **limit,
            **_scope(event.targets or ()),
        }
        wanted.append(Wanted(event=id_, body=body, vtn_event=event.id))
    return Mapped(wanted=tuple(wanted), ignored=tuple(dict.fromkeys(ignored)))


def _timed(event: VtnEvent) -> Iterable[tuple[Interval, dt.datetime, dt.timedelta, dt.timedelta]]:
    """Each interval with its start, its length and the time within which clients begin. Raises Unreadable."""
    first = event.period or IntervalPeriod()
    at = _start(first, event.created)
    for interval in event.intervals or ():
        own = interval.interval_period or IntervalPeriod()
        start = _start(own, event.created) if own.start is not None else at
        length = duration_of(own.duration or first.duration or "P9999Y")
        random = duration_of(own.randomize_start or first.randomize_start or "PT0S")
        yield interval, start, length, min(random, length)
        at = start + length


def _start(period: IntervalPeriod, created: dt.datetime) -> dt.datetime:
    """The start; without one, or with one in the year 1, when the event was made."""
    if period.start is None or period.start.year == NOW_YEAR:
        return created.replace(microsecond=0)
    return period.start


def _limit(payload: Payload, units: str | None, simple: Sequence[int]) -> dict[str, Any] | None:
    """What a payload asks for; `nothing` where it asks for none, None where it is not acted on."""
    value = payload.values[0] if payload.values else None
    if isinstance(value, bool) or not isinstance(value, int | float) or value < 0:
        return None
    if payload.type in LIMITS and (units or "KW").upper() in WATTS:
        watts = round(value * WATTS[(units or "KW").upper()], 3)
        return {"limit_w": f"{watts:.3f}", "per": "site"}
    if payload.type == "SIMPLE" and int(value) < len(simple):
        return {"nothing": True} if value == 0 else {"percent": str(simple[int(value)])}
    return None


def _scope(targets: Iterable[Any]) -> dict[str, Any]:
    """Targets are sites by name, or labels as `name=value`; none: every station."""
    texts = [each for each in targets if isinstance(each, str)]
    labels = dict(each.split("=", 1) for each in texts if "=" in each)
    sites = [each for each in texts if "=" not in each]
    return ({"sites": sites} if sites else {}) | ({"labels": labels} if labels else {})


def _fraction(id_: str) -> float:
    """The event's own part, 0 to 1, of the time within which clients begin: the same each time."""
    return int(derived_id(id_, "randomized")[:8], 16) / 2**32


# -- reports ------------------------------------------------------------------------------------------------------------


def report_for(vtn_event: str, reports: Iterable[Mapping[str, Any]], client_name: str) -> VtnReport:
    """The report of an OpenADR event, of the reports of the events that it became: metered and baseline power by minute, in kW."""
    minutes: dict[str, list[float]] = {}
    for report in reports:
        for row in report["minutes"]:
            of = minutes.setdefault(row["minute"], [0.0, 0.0])
            of[0] += row["metered_w"] / 1_000
            of[1] += row["baseline_w"] / 1_000
    intervals = tuple(
        Interval(
            id=number,
            interval_period=IntervalPeriod(start=dt.datetime.fromisoformat(minute), duration="PT1M"),
            payloads=(
                Payload(type="DEMAND", values=(round(metered, 3),)),
                Payload(type="BASELINE", values=(round(baseline, 3),)),
            ),
        )
        for number, (minute, (metered, baseline)) in enumerate(sorted(minutes.items()))
    )
    first = dt.datetime.fromisoformat(min(minutes)) if minutes else dt.datetime.fromtimestamp(0, dt.UTC)
    return VtnReport(
        event_id=vtn_event,
        client_name=client_name,
        report_name=f"demand-response-{vtn_event}",
        payload_descriptors=(
            {"payloadType": "DEMAND", "readingType": "DIRECT_READ", "units": "KW"},
            {"payloadType": "BASELINE", "readingType": "ESTIMATED", "units": "KW"},
        ),
        resources=(
            ReportResource(
                resource_name="AGGREGATED_REPORT",
                interval_period=IntervalPeriod(start=first, duration=f"PT{max(1, len(intervals))}M"),
                intervals=intervals,
            ),
        ),
    )

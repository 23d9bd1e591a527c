"""Demand response as the API takes and gives it. PURE."""

import datetime as dt
from decimal import Decimal
from typing import Annotated, Literal

import msgspec

from schemas.base import Timestamp
from schemas.demandresponse import (
    MOST_SITES,
    Amps,
    DemandEventChanged,
    DemandStationChanged,
    DemandTerms,
    EventStatus,
    Kind,
    Minutes,
    Percent,
    StationStatus,
    Watts,
)
from services.api.web.bodies import Body, Owner

Name = Annotated[str, msgspec.Meta(min_length=1, max_length=255)]
Sites = Annotated[
    tuple[Name, ...], msgspec.Meta(max_length=MOST_SITES, description="At one of these sites; empty: anywhere.")
]
Labels = Annotated[
    dict[Name, str], msgspec.Meta(max_length=20, description="Stations that have each of them, with this value.")
]
FromAt = Annotated[
    Timestamp | None, msgspec.Meta(description="When the limit begins; null: now.", examples=["2026-06-01T17:00:00Z"])
]
ToAt = Annotated[Timestamp, msgspec.Meta(description="When it ends.", examples=["2026-06-01T19:00:00Z"])]


class OrderEvent(Body, frozen=True, kw_only=True):
    """A demand-response event. Exactly one of `limit_w`, `limit_a` and `percent` is given."""

    title: Annotated[str, msgspec.Meta(max_length=200, description="For people.")] = ""
    programme: Annotated[str, msgspec.Meta(max_length=200, description="The programme that it is of.")] = ""
    sites: Sites = ()
    labels: Labels = {}
    limit_w: Annotated[Watts | None, msgspec.Meta(description="Limit in W.", examples=["4200"])] = None
    limit_a: Annotated[Amps | None, msgspec.Meta(description="Limit in A for each phase.")] = None
    percent: Annotated[
        Percent | None,
        msgspec.Meta(
            description="What may still be drawn, in percent of the baseline of each station as reckoned now."
        ),
    ] = None
    per: Annotated[
        Literal["station", "site"],
        msgspec.Meta(
            description="Whether a limit is that of each `station` or of each `site` together.",
        ),
    ] = "station"
    floor_w: Annotated[Watts | None, msgspec.Meta(description="No station gets less than that, in W.")] = None
    from_at: FromAt = None
    to_at: ToAt
    ramp_down_min: Annotated[
        Minutes, msgspec.Meta(description="Minutes in which the limit comes down, from `from_at` on.")
    ] = 0
    ramp_up_min: Annotated[Minutes, msgspec.Meta(description="Minutes in which it goes up again, from `to_at` on.")] = 0
    priority: Annotated[int, msgspec.Meta(ge=0, le=9, description="For people: 9 is the highest.")] = 5
    source: Annotated[str, msgspec.Meta(max_length=100, description="Who asks for it, e.g. `openadr`.")] = ""
    source_id: Annotated[str, msgspec.Meta(max_length=200, description="What it is called there.")] = ""
    tenant: Owner = None


class OrderDimming(Body, frozen=True, kw_only=True):
    """A grid operator's order by par. 14a EnWG for the charging points behind one connection, which is a site here."""

    site: Annotated[Name, msgspec.Meta(description="The site behind the connection.", examples=["berlin-1"])]
    control: Annotated[
        Literal["direct", "ems"],
        msgspec.Meta(
            description="`direct`: each charging point has at least 4.2 kW. `ems`: together they have at least what the formula of"
            " BK6-22-300 gives for their number.",
        ),
    ] = "ems"
    limit_w: Annotated[
        Watts | None, msgspec.Meta(description="All of them together, in W; null: the least that the rule allows.")
    ] = None
    from_at: FromAt = None
    to_at: ToAt
    title: Annotated[str, msgspec.Meta(max_length=200, description="For people.")] = ""
    source_id: Annotated[str, msgspec.Meta(max_length=200, description="The grid operator's number of the order.")] = ""
    tenant: Owner = None


class OptOut(Body, frozen=True, kw_only=True):
    """Whether a site is out of an event."""

    out: Annotated[bool, msgspec.Meta(description="False: it takes part again.")] = True


class DemandEvent(msgspec.Struct, frozen=True, kw_only=True):
    """An event as it is now. `stations`: how many are concerned.

    `edition` grows with each change that matters to stations.
    """

    event: str
    status: EventStatus
    kind: Kind
    title: str
    programme: str
    sites: tuple[str, ...]
    labels: dict[str, str]
    limit_w: Decimal | None
    limit_a: Decimal | None
    percent: Decimal | None
    per: str
    floor_w: Decimal | None
    from_at: dt.datetime
    to_at: dt.datetime
    ramp_down_min: int
    ramp_up_min: int
    priority: int
    source: str
    source_id: str
    opted_out: tuple[str, ...]
    stations: int
    edition: int
    requested_at: dt.datetime
    requested_by: str
    cancelled_at: dt.datetime | None
    cancelled_by: str
    changed_at: dt.datetime
    tenant: str


class DemandStation(msgspec.Struct, frozen=True, kw_only=True):
    """What became of an event at a station. `least` is what it was told at least, of all its events together, in `unit`."""

    event: str
    station: str
    site: str
    status: StationStatus | str
    detail: str
    edition: int
    limit_w: Decimal | None
    limit_a: Decimal | None
    baseline_w: Decimal | None
    least: Decimal | None
    unit: str | None
    purpose: str | None
    command_id: str
    attempts: int
    from_at: dt.datetime
    to_at: dt.datetime
    ordered_at: dt.datetime
    asked_at: dt.datetime | None
    accepted_at: dt.datetime | None
    changed_at: dt.datetime


class DemandStationFilter(msgspec.Struct, frozen=True, kw_only=True):
    """Which of them; None does not filter."""

    event: str | None = None
    station: str | None = None
    status: str | None = None
    site: str | None = None


ALL_STATIONS = DemandStationFilter()


def event_of(record: DemandEventChanged) -> DemandEvent:
    """The record as the API gives it."""
    terms = {name: getattr(record.terms, name) for name in DemandTerms.__struct_fields__}
    own = {
        name: getattr(record, name)
        for name in DemandEvent.__struct_fields__
        if name not in DemandTerms.__struct_fields__
    }
    return DemandEvent(**terms, **own)


def station_of(record: DemandStationChanged) -> DemandStation:
    """The record as the API gives it."""
    return msgspec.convert(record, DemandStation, from_attributes=True)

"""Demand response: charging is limited for a time, because a programme, a grid operator or an operator asks for it.

An event is ordered over the API (or by the OpenADR client, which calls the API) and is a key of `csms.demand-event-orders`; what it is
now stands on `csms.demand-events`, which the service of the stations follows as a reference. Each station in its scope gets an order of its
own as well, on `csms.demand-station-orders`, so that ten thousand of them are told at once, each by the worker that owns it.
"""

from decimal import Decimal
from typing import Annotated, Literal, Protocol

import msgspec

from schemas.base import Record, Timestamp
from schemas.chargingschedules import Purpose, RateUnit
from schemas.operators import DEPLOYMENT
from schemas.topic import Topic

EventStatus = Literal["planned", "active", "over", "cancelled"]
"""Status of an event. `active` lasts from its beginning to the end of its ramp up."""

OPEN: frozenset[EventStatus] = frozenset({"planned", "active"})

Kind = Literal["demand-response", "dimming"]
"""`dimming`: a grid operator's order by par. 14a EnWG (BK6-22-300)."""

StationStatus = Literal[
    "waiting",
    "asked",
    "accepted",
    "rejected",
    "unreachable",
    "unanswered",
    "unlimited",
    "opted-out",
    "released",
    "over",
]
"""What became of an event at a station.

`waiting`: it is told later, for the event is far. `unreachable`: it is not connected, and is told when it comes back. `unanswered`: it is
asked again after a pause. `rejected`: it took the limit in no form. `unlimited`: nobody knows its baseline, of which the event asks for a
part. `opted-out`, `released`: the event has no effect here, for its site opted out; it was cancelled, or does not concern it any more.
"""

MOST_SITES, MOST_STATIONS = 2_000, 50_000
"""Of one event."""

Watts = Decimal
Amps = Decimal
Percent = Decimal
GREATEST: dict[str, Decimal] = {
    "limit_w": Decimal(1_000_000_000),
    "limit_a": Decimal(100_000),
    "percent": Decimal(100),
    "floor_w": Decimal(1_000_000_000),
}
"""The members of terms that are numbers of such a kind, 0 or greater, and the greatest of each."""

Minutes = Annotated[int, msgspec.Meta(ge=0, le=240)]


class Placed(Protocol):
    """Where a station is."""

    @property
    def removed(self) -> bool: ...
    @property
    def tenant(self) -> str: ...
    @property
    def site(self) -> str: ...
    @property
    def labels(self) -> dict[str, str]: ...


class DemandTerms(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What an event asks for, where, and when.

    One of `limit_w`, `limit_a` (for each phase) and `percent` is set. `per`: whether a limit is that of each station or of each site
    together. `percent` is what may still be drawn, of the baseline of each station. Empty `sites` and `labels`: every station of the
    tenant; a station has to be at one of the sites, and have all labels. `floor_w`: no station gets less than that.
    `ramp_down_min` minutes from `from_at` on the limit comes down to what is asked for, and goes up again as slowly from `to_at` on.
    Of events at the same time the lesser limit counts; `priority` (9: the highest) is for people and reports.
    """

    title: str = ""
    programme: str = ""
    kind: Kind = "demand-response"
    sites: tuple[str, ...] = ()
    labels: dict[str, str] = {}
    limit_w: Watts | None = None
    limit_a: Amps | None = None
    percent: Percent | None = None
    per: Literal["station", "site"] = "station"
    floor_w: Watts | None = None
    from_at: Timestamp
    to_at: Timestamp
    ramp_down_min: Minutes = 0
    ramp_up_min: Minutes = 0
    priority: Annotated[int, msgspec.Meta(ge=0, le=9)] = 5
    source: str = ""
    source_id: str = ""


def in_scope(terms: DemandTerms, owner: str, station: Placed) -> bool:
    """Whether a station is in the scope of an event of this tenant (empty: of the deployment, which is of all tenants)."""
    if station.removed or owner not in (DEPLOYMENT, station.tenant):
        return False
    if terms.sites and station.site not in terms.sites:
        return False
    return all(station.labels.get(name) == value for name, value in terms.labels.items())


# -- orders of operators, on csms.demand-event-orders, keyed by event ---------------------------------------------------


class DemandEventOrdered(Record, frozen=True, kw_only=True, tag="demand-event-ordered"):
    """An operator orders an event, or changes what one asks for. `edition`: 1 at first, one more with each change.

    An order with another edition than the next is too late: somebody else changed the event meanwhile. `stations`: how many got an order
    of their own.
    """

    id: str
    event: str
    edition: int = 1
    terms: DemandTerms
    stations: int = 0
    requested_at: Timestamp
    requested_by: str = ""
    tenant: str = DEPLOYMENT


class DemandEventCancelled(Record, frozen=True, kw_only=True, tag="demand-event-cancelled"):
    """An operator cancels an event: what stations were told is taken back."""

    id: str
    event: str
    requested_at: Timestamp
    requested_by: str = ""
    tenant: str = DEPLOYMENT


class DemandSiteOpted(Record, frozen=True, kw_only=True, tag="demand-site-opted"):
    """An operator takes a site out of an event (`out`), or back into it."""

    id: str
    event: str
    site: str
    out: bool = True
    requested_at: Timestamp
    requested_by: str = ""
    tenant: str = DEPLOYMENT


# -- what an event is, on csms.demand-events (compacted) ----------------------------------------------------------------


class DemandEventChanged(Record, frozen=True, kw_only=True, tag="demand-event-changed"):
    """An event as a whole, after a change; the newest `revision` replaces all before.

    `edition` grows with everything that matters to stations: the terms, the sites that opted out, the cancellation.
    """

    id: str
    event: str
    revision: int
    edition: int = 1
    status: EventStatus = "planned"
    terms: DemandTerms
    opted_out: tuple[str, ...] = ()
    stations: int = 0
    requested_at: Timestamp
    requested_by: str = ""
    cancelled_at: Timestamp | None = None
    cancelled_by: str = ""
    changed_at: Timestamp
    tenant: str = DEPLOYMENT


# -- orders of stations, on csms.demand-station-orders ------------------------------------------------------------------


class DemandStationOrdered(Record, frozen=True, kw_only=True, tag="demand-station-ordered"):
    """A station is in the scope of an event. `part` of a limit that is of its site together is its own.

    `baseline_w`: what it would draw without the event, as reckoned when this was ordered; None: not known, or not needed.
    """

    id: str
    station: str
    event: str
    edition: int = 1
    terms: DemandTerms
    part: Decimal = Decimal(1)
    baseline_w: Watts | None = None
    owner: str = DEPLOYMENT
    ordered_at: Timestamp


# -- what became of it, on csms.demand-stations -------------------------------------------------------------------------


class DemandStationChanged(Record, frozen=True, kw_only=True, tag="demand-station-changed"):
    """An event at a station as a whole, after a change; the newest `revision` replaces all before.

    `limit_w` and `limit_a` are what the event asks of the station while it is fully in force, `least` what the station was told at least,
    of all events together, in `unit`, by a profile of `purpose`. `accepted_at`: when it accepted that first. `command_id` is that of the
    latest attempt; `detail` has the station's word, or the reason.
    """

    id: str
    demand_station: str
    station: str
    site: str = ""
    event: str
    edition: int = 1
    revision: int
    status: StationStatus
    detail: str = ""
    limit_w: Decimal | None = None
    limit_a: Decimal | None = None
    baseline_w: Decimal | None = None
    least: Decimal | None = None
    unit: RateUnit | None = None
    purpose: Purpose | None = None
    command_id: str = ""
    attempts: int = 0
    from_at: Timestamp
    to_at: Timestamp
    ordered_at: Timestamp
    asked_at: Timestamp | None = None
    accepted_at: Timestamp | None = None
    changed_at: Timestamp


DEMAND_EVENT_ORDERS = Topic(
    name="csms.demand-event-orders",
    meaning="Demand-response events that operators order, change and cancel, and sites that they take out of them.",
    records=(DemandEventOrdered, DemandEventCancelled, DemandSiteOpted),
    key="event",
)
DEMAND_EVENTS = Topic(
    name="csms.demand-events",
    meaning="Each demand-response event as a whole, after every change.",
    records=(DemandEventChanged,),
    key="event",
    retention_s=None,
)
DEMAND_STATION_ORDERS = Topic(
    name="csms.demand-station-orders",
    meaning="Which demand-response events concern a station.",
    records=(DemandStationOrdered,),
)
DEMAND_STATIONS = Topic(
    name="csms.demand-stations",
    meaning="What became of each demand-response event at each station, as a whole, after every change.",
    records=(DemandStationChanged,),
)

TOPICS = (DEMAND_EVENT_ORDERS, DEMAND_EVENTS, DEMAND_STATION_ORDERS, DEMAND_STATIONS)

"""What `demandresponse` remembers of a station, and `demandevents` of an event."""

from decimal import Decimal
from typing import Literal

import msgspec

from schemas.base import Timestamp
from schemas.chargingschedules import Purpose, RateUnit
from schemas.demandresponse import DemandEventChanged, DemandStationChanged, DemandTerms


class HeldEvent(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An event that concerns the station. `off`: why it has no effect here; empty: it has.

    `said` is what was published of it last. `owner`: the tenant whose event it is.
    """

    event: str
    edition: int
    terms: DemandTerms
    part: Decimal = Decimal(1)
    baseline_w: Decimal | None = None
    owner: str = ""
    ordered_at: Timestamp
    off: Literal["", "cancelled", "opted-out", "left"] = ""
    asked_at: Timestamp | None = None
    accepted_at: Timestamp | None = None
    attempts: int = 0
    said: DemandStationChanged | None = None


class ToldLimit(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A schedule that a station was given: `digest` of it, when it ends by itself, its least limit, and by which kind of profile.

    `events` names the events, in their editions, that it was made of.
    """

    digest: str
    events: str = ""
    ends_at: Timestamp
    least: Decimal
    unit: RateUnit
    purpose: Purpose


class StationDemand(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A station: where it is, what it takes, the events that concern it, and what it was told.

    `told` is what it may have: accepted, or sent and without an answer; `accepted`: it accepted that. `asking` is under way, `clearing`
    that the profile is being taken away, by `command_id`, given up at `until`. `form`: which purpose and unit it is asked in, by place in
    the list of those that there are; `refused` names the events whose limit it took in none.
    `look_at`: when the time alone changes something next. `over`: the events that were over last.
    """

    station: str
    connected: bool = False
    removed: bool = False
    site: str = ""
    labels: dict[str, str] = {}
    tenant: str = ""
    evses: int = 1
    units: tuple[RateUnit, ...] = ()
    periods_most: int | None = None
    epoch: int = 0
    booted_at: Timestamp | None = None
    seen_at: Timestamp | None = None
    events: tuple[HeldEvent, ...] = ()
    told: ToldLimit | None = None
    accepted: bool = False
    asking: ToldLimit | None = None
    clearing: bool = False
    command_id: str = ""
    until: Timestamp | None = None
    form: int = 0
    refused: str = ""
    failures: int = 0
    not_before: Timestamp | None = None
    detail: str = ""
    sent: int = 0
    look_at: Timestamp | None = None
    over: tuple[str, ...] = ()


class DemandEventState(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An event, and which orders were applied to it last."""

    key: str
    event: DemandEventChanged | None = None
    applied: tuple[str, ...] = ()

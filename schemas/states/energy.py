"""What `energy` remembers of a site: what is known of each EVSE and meter, what was told to whom, and what is on its way.

Currents are in A for each phase, as plain numbers: they are worked with, not accounted. Times are ours, but for `measured_at`.
"""

from typing import Literal

import msgspec

from schemas.base import Timestamp
from schemas.chargingschedules import RateUnit
from schemas.operators import DEFAULT_TENANT
from schemas.sitetrees import Line


class Told(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A limit for a transaction that was sent: `amps` until the lease ends at `until`, `after_a` from then on."""

    command_id: str
    transaction_id: str
    amps: float
    after_a: float
    at: Timestamp
    until: Timestamp


class Fallback(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A default for all transactions (TxDefaultProfile) that was sent."""

    command_id: str
    amps: float
    at: Timestamp


class EvseState(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is known of an EVSE of a site, and what it was told.

    `heard_at`: the time of the newest EvseObserved; None: nothing was ever heard. `began_at`: when its transaction was first seen.
    `measured_at`: the newest reading by the station's clock, `read_at` by ours.

    `fallback_a`: the default that it accepted last; None: none. `fallback_sent`: one whose outcome is awaited; `fallback_maybe_a`: the
    greatest of those of which nobody knows whether it has them. `fallback_read`: the composite schedule proved it.

    `told`: the limit that it accepted last; `sent`: one whose outcome is awaited; `maybe`: what stands for those of which nobody knows.
    `falling_a` counts until `falling_until`: what it was told before it accepted less. `told_at`: when it was last told anything.
    `count`: how often, from which the ids of commands follow. `failures` in a row;
    nothing is sent before `not_before` but what a limit needs. `again`: it is to be told again what it was told.

    `paused_at`: since when it is given nothing; `resumed_at`: when it was given something again. `ceiling_a`: what its car takes, with
    some room; `below_since`: since when it has taken less than it may.

    `phases`: its own phases that its car loads, as measured; empty: not known. `narrow`: readings in a row that say so.

    `strikes`: how often in a row it drew more than it may although it was told again; `strike_at` the last time, `drawn_a` what it drew.
    `reading`: the command that asks for its composite schedule, and when it left.
    """

    station: str
    evse: int
    heard_at: Timestamp | None = None
    connected: bool = False
    transaction_id: str = ""
    session: str = ""
    charging_state: str = ""
    began_at: Timestamp | None = None
    amps: dict[Line, float] = {}
    watts: float | None = None
    energy_wh: float | None = None
    measured_at: Timestamp | None = None
    read_at: Timestamp | None = None
    units: tuple[RateUnit, ...] = ()
    external_a: float | None = None
    fallback_a: float | None = None
    fallback_sent: Fallback | None = None
    fallback_maybe_a: float | None = None
    fallback_read: bool = False
    fallback_failures: int = 0
    told: Told | None = None
    sent: Told | None = None
    maybe: Told | None = None
    falling_a: float = 0.0
    falling_until: Timestamp | None = None
    told_at: Timestamp | None = None
    count: int = 0
    failures: int = 0
    not_before: Timestamp | None = None
    again: bool = False
    paused_at: Timestamp | None = None
    resumed_at: Timestamp | None = None
    ceiling_a: float | None = None
    below_since: Timestamp | None = None
    phases: tuple[Line, ...] = ()
    narrow: int = 0
    strikes: int = 0
    strike_at: Timestamp | None = None
    drawn_a: float = 0.0
    reading: Fallback | None = None


class MeterState(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The newest reading of a meter by line, and the greatest that it has ever read on any line."""

    meter: str
    amps: dict[Line, float] = {}
    greatest_a: float = 0.0
    measured_at: Timestamp
    received_at: Timestamp


class Need(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is needed at an EVSE, as it was stated last."""

    station: str
    evse: int
    transaction_id: str = ""
    energy_wh: float | None = None
    departure_at: Timestamp | None = None
    at: Timestamp


class Alert(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An alert that stands."""

    what: Literal["disobeys", "exceeded", "meter-silent", "unconfirmed"]
    subject: str
    detail: str = ""


class SiteState(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What `energy` remembers of a site.

    `known_at`: when it was first heard of with its tree as it is, by `tree`, a digest. `at`: the newest time that was seen. `wake_at`: when
    it is next to be looked at. `published`: a digest of the last snapshot, which left at `published_at`. `over_since`: since when a
    measured load has been above its limit.
    """

    site: str
    tenant: str = DEFAULT_TENANT
    tree: str = ""
    known_at: Timestamp | None = None
    at: Timestamp | None = None
    evses: tuple[EvseState, ...] = ()
    meters: tuple[MeterState, ...] = ()
    needs: tuple[Need, ...] = ()
    alerts: tuple[Alert, ...] = ()
    over_since: Timestamp | None = None
    revision: int = 0
    published: str = ""
    published_at: Timestamp | None = None
    wake_at: Timestamp | None = None

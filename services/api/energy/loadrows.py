"""Loads of sites as the API gives them: as they are now, over time, and what needs a person. PURE."""

import datetime as dt
from decimal import Decimal

import msgspec

from schemas.energy import EvseLoad, NodeLoad, SiteAlerted, SiteLoadChanged
from schemas.sitetrees import Line


class SiteLoad(msgspec.Struct, frozen=True, kw_only=True):
    """A site as it is now. `nodes`: what flows through each, and what may; `evses`: what each was told, draws and counts with.

    A line that a node does not name has no load that is known, or no limit.
    """

    site: str
    tenant: str
    revision: int
    exceeded: bool
    nodes: tuple[NodeLoad, ...]
    evses: tuple[EvseLoad, ...]
    at: dt.datetime


class LoadFilter(msgspec.Struct, frozen=True, kw_only=True):
    """Which sites; None does not filter."""

    exceeded: bool | None = None


ALL_LOADS = LoadFilter()


class LoadPoint(msgspec.Struct, frozen=True, kw_only=True):
    """A node during a step of time: its greatest loads, and the smallest limits. A line that is missing: not known, or no limit."""

    at: dt.datetime
    load_a: dict[Line, float]
    told_a: dict[Line, float]
    limit_a: dict[Line, float]
    load_w: float | None
    limit_w: float | None
    exceeded: bool


class LoadHistory(msgspec.Struct, frozen=True, kw_only=True):
    """Loads of a node in steps; steps in which nothing changed are left out: what was before them holds on."""

    site: str
    node: str
    step_s: int
    points: tuple[LoadPoint, ...]


class Alert(msgspec.Struct, frozen=True, kw_only=True):
    """Something at a site that needs a person, as it is now; `over`: it is so no more, since `at`."""

    alert: str
    site: str
    tenant: str
    what: str
    subject: str
    detail: str
    over: bool
    at: dt.datetime


class AlertFilter(msgspec.Struct, frozen=True, kw_only=True):
    """Which alerts; None does not filter."""

    site: str | None = None
    over: bool | None = None


ALL_ALERTS = AlertFilter()


class MeterNow(msgspec.Struct, frozen=True, kw_only=True):
    """The newest reading of a site's meter."""

    site: str
    tenant: str
    meter: str
    l1_a: Decimal | None
    l2_a: Decimal | None
    l3_a: Decimal | None
    watts: Decimal | None
    measured_at: dt.datetime


def load_of(record: SiteLoadChanged) -> SiteLoad:
    """The record as the API gives it."""
    return SiteLoad(**{name: getattr(record, name) for name in SiteLoad.__struct_fields__})


def alert_of(record: SiteAlerted) -> Alert:
    """The record as the API gives it."""
    return Alert(**{name: getattr(record, name) for name in Alert.__struct_fields__})

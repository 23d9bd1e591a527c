"""Site trees: how the power of a site is distributed, from the grid connection to each EVSE, and what limits it there. PURE.

A tree is a flat list of nodes, each with the name of its parent; the one without a parent is the grid connection. Currents are in A on
each line conductor (L1, L2, L3 of the grid connection), powers in W of all lines together. What flows through a node is the sum of what
the EVSEs below it draw, each with its phase angle. Lines have the grid connection's names everywhere in the tree.
"""

from decimal import Decimal
from typing import Annotated, Literal

import msgspec

from schemas.localtimes import DayOfWeek, TimeOfDay

Line = Literal["L1", "L2", "L3"]
LINES: tuple[Line, ...] = ("L1", "L2", "L3")

NodeKind = Literal["grid", "transformer", "panel", "circuit", "evse"]
MeterKind = Literal["load", "solar", "battery"]
"""What a meter measures: a load that nobody manages, what the sun gives (negative is given), or a battery (negative: it discharges)."""

NODES_MOST, METERS_MOST, WINDOWS_MOST = 2_000, 100, 48

Name = Annotated[str, msgspec.Meta(min_length=1, max_length=64, pattern="^[A-Za-z0-9][A-Za-z0-9._:-]*$")]
Amps = Decimal
"""0 to 100,000; `tree_faults` says what a tree must keep to."""
Watts = Decimal


class Limits(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What may flow through a node; None: no limit of its own.

    `amps` holds for each line; `amps_by_line` for single ones, where they differ. `watts` holds for all lines together.
    """

    amps: Amps | None = None
    amps_by_line: Annotated[dict[Line, Amps], msgspec.Meta(max_length=3)] = {}
    watts: Watts | None = None

    def __hash__(self) -> int:
        """By all members: it is the default of others."""
        return hash((self.amps, *sorted(self.amps_by_line.items()), self.watts))


class LimitWindow(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Other limits at some time of the day or week, by the site's time zone; the lesser of these and the node's own counts.

    The end is exclusive; an end of 00:00 is the end of the day, one before the start is on the next day. No day named: every day.
    """

    days: Annotated[tuple[DayOfWeek, ...], msgspec.Meta(max_length=7)] = ()
    start_time: TimeOfDay = "00:00"
    end_time: TimeOfDay = "00:00"
    limits: Limits


class Outlet(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The EVSE that a node of kind `evse` is, and how it is wired.

    `lines` are the lines to which its own L1, L2, L3 are connected, in this order: `("L2", "L3", "L1")` for OCPP's STR rotation, one line
    where it has one phase, and the two lines between which it is connected where `delta`. Empty: unknown; then it counts on every line
    until measurements tell. `min_a` and `max_a` are in A for each of its phases; a car is given `min_a` or more, or nothing (IEC 61851: 6).
    `step_a`: currents are told in such steps. `priority`: a higher one is served before all lower; `weight`: its share among equals.
    `fallback_a`: what it may draw while nobody can reach it; None: computed from the limits (`SiteTree.fallback_share`).
    """

    station: Annotated[str, msgspec.Meta(min_length=1, max_length=255)]
    evse: Annotated[int, msgspec.Meta(ge=1, le=1_000)] = 1
    lines: Annotated[tuple[Line, ...], msgspec.Meta(max_length=3)] = ()
    delta: bool = False
    dc: bool = False
    min_a: Amps = Decimal(6)
    max_a: Amps = Decimal(32)
    step_a: Decimal = Decimal(1)
    priority: Annotated[int, msgspec.Meta(ge=0, le=9)] = 5
    weight: Decimal = Decimal(1)
    fallback_a: Amps | None = None


class Node(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A place of the tree. `reserve` is kept free below its limits. `outlet`: of nodes of kind `evse`, and of these only.

    `turns`: of a transformer with a delta primary and a wye secondary (Dyn): primary amperes for one ampere of the secondary, for each
    winding. Its own limits are those of its secondary; what its primary may carry is the limit of its parent.
    """

    node: Name
    parent: Annotated[str, msgspec.Meta(max_length=64)] = ""
    kind: NodeKind
    label: Annotated[str, msgspec.Meta(max_length=200)] = ""
    limits: Limits = Limits()
    windows: Annotated[tuple[LimitWindow, ...], msgspec.Meta(max_length=WINDOWS_MOST)] = ()
    reserve: Limits = Limits()
    turns: Decimal | None = None
    outlet: Outlet | None = None


class SiteMeter(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A meter of what Voltbus does not steer, at a node: its readings count as flowing through that node and all above it.

    Readings come over the API or the topic `csms.site-facts`, or, where `station` is named, from that station's own readings (`evse` 0,
    location Inlet or Upstream). A meter that has been silent for `stale_after_s` counts with `assumed_a` on each line from then on;
    None: with the greatest that it has read.
    """

    meter: Name
    node: Name
    kind: MeterKind = "load"
    label: Annotated[str, msgspec.Meta(max_length=200)] = ""
    station: Annotated[str, msgspec.Meta(max_length=255)] = ""
    stale_after_s: Annotated[int, msgspec.Meta(ge=5, le=86_400)] = 300
    assumed_a: Amps | None = None


class SiteTree(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How a site distributes its power. `voltage`: between a line and neutral.

    `managed`: Voltbus sets limits at the EVSEs; otherwise it only shows loads. `fallback_share`: at most this part of each limit is
    given out as the fallbacks of EVSEs: what each may draw while nobody can reach it, or before it is told anything. `latency_s`:
    within this time a station obeys what it accepted.
    """

    label: Annotated[str, msgspec.Meta(max_length=200)] = ""
    managed: bool = True
    time_zone: Annotated[str, msgspec.Meta(max_length=64)] = ""
    voltage: Decimal = Decimal(230)
    fallback_share: Decimal = Decimal("0.3")
    latency_s: Annotated[int, msgspec.Meta(ge=1, le=60)] = 3
    nodes: Annotated[tuple[Node, ...], msgspec.Meta(min_length=1, max_length=NODES_MOST)]
    meters: Annotated[tuple[SiteMeter, ...], msgspec.Meta(max_length=METERS_MOST)] = ()

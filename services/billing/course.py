"""Course: how a session used its connector over time: energy charged so far, and whether it charged or only parked. PURE.

Energy is the register's, brought in line with what `transactions` makes of the session as a whole (resets, odd begins and dips
are settled there): between readings it grows steadily. What the station says of charging decides what is parking; where
it says nothing, energy that does not grow for IDLE_US does.
"""

import datetime as dt
from bisect import bisect_right
from decimal import Decimal
from itertools import pairwise
from typing import NamedTuple

from schemas.billing import ChargingStateMark, FlowMark, Sample, SessionUsage, Use
from services.billing.localtime import SECOND_US, micros

UNITS_PER_WH = 10_000
"""Energy is counted in tenths of a milliwatt hour: readings are kept to four decimals of a Wh."""

IDLE_US = 300 * SECOND_US
"""Registers count in steps: one that stands still for less may only be waiting for its next."""

_USES: dict[str, Use] = {
    "Charging": "charging",
    "EVConnected": "parking",
    "SuspendedEV": "parking",
    "Idle": "parking",
    "SuspendedEVSE": "withheld",
}
"""What OCPP's ChargingStateEnumType means for time: nobody parks because the station gives nothing."""


class Node(NamedTuple):
    """Energy charged until a moment."""

    us: int
    energy: int


class UseMark(NamedTuple):
    """From this moment on the session's time is used so."""

    us: int
    use: Use


class Course(NamedTuple):
    """A session's course: `nodes` from its begin to its end, energy never falling; `uses` from its begin on."""

    nodes: tuple[Node, ...]
    uses: tuple[UseMark, ...]
    energy_known: bool = True

    @property
    def began_us(self) -> int:
        """When it began."""
        return self.nodes[0].us

    @property
    def ended_us(self) -> int:
        """When it ended, or how far it is known."""
        return self.nodes[-1].us


class Metered(NamedTuple):
    """What the session as a whole is known to have charged."""

    started_at: dt.datetime
    ended_at: dt.datetime
    start_wh: Decimal | None
    stop_wh: Decimal | None
    energy_wh: Decimal | None


def course_of(metered: Metered, usage: SessionUsage) -> Course:
    """The course of a session from what is remembered of it. `ended_at` is not before `started_at`."""
    began, ended = micros(metered.started_at), micros(metered.ended_at)
    nodes = _nodes(metered, usage.register, began, ended)
    known = metered.energy_wh is not None
    return Course(nodes, _uses(nodes, usage, energy_known=known), known)


def units(wh: Decimal) -> int:
    """An energy in units of the course."""
    return int((wh * UNITS_PER_WH).to_integral_value())


# -- energy -----------------------------------------------------------------------------------------------------------


def _nodes(metered: Metered, samples: tuple[Sample, ...], began: int, ended: int) -> tuple[Node, ...]:
    total = units(metered.energy_wh or Decimal(0))
    register = _register(metered, samples, began, ended)
    if metered.start_wh is None or metered.stop_wh is None or not register:
        return Node(began, 0), Node(ended, total)
    start = units(metered.start_wh)
    only_rose = units(metered.stop_wh) - start == total
    charged = _clamped(register, start, total) if only_rose else _scaled(register, start, total)
    inner = [node for node in charged if began < node.us < ended]
    return Node(began, 0), *inner, Node(ended, total)


def _register(metered: Metered, samples: tuple[Sample, ...], began: int, ended: int) -> list[Node]:
    """The register's readings during the session, one a moment, the last word being the session's own."""
    register: dict[int, int] = {}
    for sample in samples:
        if began <= sample.us <= ended:
            register[sample.us] = max(sample.units, register.get(sample.us, 0))
    if metered.stop_wh is not None:
        register[ended] = units(metered.stop_wh)
    return [Node(us, register[us]) for us in sorted(register)]


def _clamped(register: list[Node], start: int, total: int) -> list[Node]:
    """The register only rose: what lies outside of where it began and ended, or falls, is not believed."""
    charged, nodes = 0, []
    for us, value in register:
        charged = min(max(value - start, charged), total)
        nodes.append(Node(us, charged))
    return nodes


def _scaled(register: list[Node], start: int, total: int) -> list[Node]:
    """The register was reset or jumped: its rises share what the session is known to have charged."""
    rises, before, charged = [], start, 0
    for us, value in register:
        charged += max(0, value - before)
        before = value
        rises.append(Node(us, charged))
    return [Node(us, rise * total // charged) for us, rise in rises] if charged else []


# -- time -------------------------------------------------------------------------------------------------------------


def _uses(nodes: tuple[Node, ...], usage: SessionUsage, *, energy_known: bool) -> tuple[UseMark, ...]:
    began, ended = nodes[0].us, nodes[-1].us
    idle = _idle_stretches(nodes, usage.flows) if energy_known else []
    edges = {began, *(us for stretch in idle for us in stretch), *(micros(mark.at) for mark in usage.states)}
    starts = [stretch[0] for stretch in idle]
    marks: list[UseMark] = []
    for us in sorted(us for us in edges if began <= us <= ended):
        use = _told(usage.states, us) or _measured(idle, starts, us)
        if not marks or marks[-1].use != use:
            marks.append(UseMark(us, use))
    return tuple(marks)


def _told(states: tuple[ChargingStateMark, ...], us: int) -> Use | None:
    """What the station last said, where it said something that means anything."""
    said = next((mark for mark in reversed(states) if micros(mark.at) <= us), None)
    return _USES.get(said.state) if said is not None else None


def _measured(idle: list[tuple[int, int]], starts: list[int], us: int) -> Use:
    place = bisect_right(starts, us) - 1
    return "parking" if place >= 0 and us < idle[place][1] else "charging"


def _idle_stretches(nodes: tuple[Node, ...], flows: tuple[FlowMark, ...]) -> list[tuple[int, int]]:
    """Where no energy came for IDLE_US or longer, and the meter did not say that power flows all the while."""
    stretches: list[tuple[int, int]] = []
    since = nodes[0]
    for before, node in pairwise(nodes):
        if node.energy != before.energy:
            stretches.append((since.us, before.us))
            since = node
    stretches.append((since.us, nodes[-1].us))
    return [(a, b) for a, b in stretches if b - a >= IDLE_US and not _flows_throughout(flows, a, b)]


def _flows_throughout(flows: tuple[FlowMark, ...], since: int, until: int) -> bool:
    flowing = False
    for mark in flows:
        us = micros(mark.at)
        if us > until:
            break
        if us <= since:
            flowing = mark.flows
        elif not mark.flows:
            return False
    return flowing

"""Course: the course of a session over time: energy charged so far, energy given back, and the use of its time. PURE.

Energy is that of the register, adjusted to the totals that `transactions` computes for the session (which handles resets, odd begins
and dips); between readings it grows linearly. The use of time comes from `uses`: a vehicle that gives energy back does not park.
"""

import datetime as dt
from bisect import bisect_left
from collections.abc import Callable
from decimal import Decimal
from typing import NamedTuple

from msgspec.structs import replace

from schemas.billing import Sample, SessionUsage, Use
from services.billing.localtime import micros
from services.billing.money import Rational, share
from services.billing.uses import UNITS_PER_WH, uses_of


class Node(NamedTuple):
    """Energy charged until a moment: integers at a reading, possibly fractions between two."""

    us: Rational
    energy: Rational


class UseMark(NamedTuple):
    """The use of the session's time from this moment on."""

    us: int
    use: Use


class Course(NamedTuple):
    """A session's course: `nodes` from its begin to its end, energy never falling; `uses` from its begin on.

    `exports` are the nodes of the energy given back; none where the vehicle gave none back.
    """

    nodes: tuple[Node, ...]
    uses: tuple[UseMark, ...]
    energy_known: bool = True
    exports: tuple[Node, ...] = ()

    @property
    def began_us(self) -> Rational:
        """When it began."""
        return self.nodes[0].us

    @property
    def ended_us(self) -> Rational:
        """When it ended, or until when it is known."""
        return self.nodes[-1].us


class SessionTotals(NamedTuple):
    """Times, registers and energy of the session as a whole, taken and given back."""

    started_at: dt.datetime
    ended_at: dt.datetime
    start_wh: Decimal | None
    stop_wh: Decimal | None
    energy_wh: Decimal | None
    export_start_wh: Decimal | None = None
    export_stop_wh: Decimal | None = None
    exported_wh: Decimal | None = None


def course_of(totals: SessionTotals, usage: SessionUsage) -> Course:
    """The course of a session by its totals and usage. `ended_at` is not before `started_at`."""
    began, ended = micros(totals.started_at), micros(totals.ended_at)
    nodes = _nodes(totals, usage.register, began, ended)
    energy_known = totals.energy_wh is not None
    exports = _exports(totals, usage.exported, began, ended) if totals.exported_wh else ()
    if exports:  # energy in either direction is use, whatever the power taken
        usage = replace(usage, flows=(), power_at=None)
    moved = _together(nodes, exports) if exports else nodes
    uses = uses_of(moved if energy_known or exports else (), usage, began, ended)
    return Course(nodes, tuple([UseMark(*mark) for mark in uses]), energy_known, exports)


def energy_until(nodes: tuple[Node, ...], us: Rational) -> Rational:
    """The energy until a moment between the first and the last of these nodes."""
    place = bisect_left(nodes, us, key=_us)
    after = nodes[place]
    if after.us == us:
        return after.energy
    before = nodes[place - 1]
    return before.energy + share(after.energy - before.energy, us - before.us, after.us - before.us)


def units(wh: Decimal) -> int:
    """An energy in units of the course."""
    return int((wh * UNITS_PER_WH).to_integral_value())


def _exports(totals: SessionTotals, samples: tuple[Sample, ...], began: int, ended: int) -> tuple[Node, ...]:
    given_back = totals._replace(
        start_wh=totals.export_start_wh, stop_wh=totals.export_stop_wh, energy_wh=totals.exported_wh
    )
    return _nodes(given_back, samples, began, ended)


def _together(taken: tuple[Node, ...], given_back: tuple[Node, ...]) -> tuple[Node, ...]:
    """The energy that moved in either direction until each moment that one of them has."""
    times = sorted({node.us for node in (*taken, *given_back)})
    return tuple([Node(us, energy_until(taken, us) + energy_until(given_back, us)) for us in times])


def _us(node: Node) -> Rational:
    return node.us


def _nodes(totals: SessionTotals, samples: tuple[Sample, ...], began: int, ended: int) -> tuple[Node, ...]:
    total = units(totals.energy_wh or Decimal(0))
    register = _register(totals, samples, began, ended)
    if totals.start_wh is None or totals.stop_wh is None or not register:
        return Node(began, 0), Node(ended, total)
    start = units(totals.start_wh)
    only_rose = units(totals.stop_wh) - start == total
    charged = _clamp(register, start, total) if only_rose else _read_falling(register, start, total)
    inner = [node for node in charged if began < node.us < ended]
    return Node(began, 0), *inner, Node(ended, total)


def _register(totals: SessionTotals, samples: tuple[Sample, ...], began: int, ended: int) -> list[Sample]:
    """The register's readings during the session, one per moment; the last one is the session's own."""
    register: dict[int, int] = {}
    for sample in samples:
        if began <= sample.us <= ended:
            register[sample.us] = max(sample.units, register.get(sample.us, 0))
    if totals.stop_wh is not None:
        register[ended] = units(totals.stop_wh)
    return [Sample(us, register[us]) for us in sorted(register)]


def _clamp(register: list[Sample], start: int, total: int) -> list[Node]:
    """Of a register that only rose: clamp readings outside of begin and end, and ignore falls."""
    charged, nodes = 0, []
    for sample in register:
        value = sample.units - start
        if value > charged:
            charged = min(value, total)
        nodes.append(Node(sample.us, charged))
    return nodes


# -- registers that fall ----------------------------------------------------------------------------------------------


def _read_falling(register: list[Sample], start: int, total: int) -> list[Node]:
    """Of a register that rolled over, was reset or jumped: interpret its falls so that its rise is the session's energy.

    Where no interpretation gives exactly that, the energy is distributed over its rises.
    """
    for fall in (_rollover, _from_zero, _unknown):
        nodes = _rises(register, start, fall)
        if nodes[-1].energy == total:
            return nodes
    charged = nodes[-1].energy
    return [Node(node.us, share(total, node.energy, charged)) for node in nodes] if charged else []


def _rises(register: list[Sample], start: int, fall: Callable[[int, int], int]) -> list[Node]:
    """The rise of the register until each reading; `fall` gives the rise at a reading lower than the one before."""
    nodes, before, charged = [], start, 0
    for sample in register:
        rise = sample.units - before
        charged += rise if rise >= 0 else fall(before, sample.units)
        before = sample.units
        nodes.append(Node(sample.us, charged))
    return nodes


def _rollover(before: int, value: int) -> int:
    """The rise if it rolled over at the next power of ten of a Wh."""
    most = UNITS_PER_WH
    while most <= before:
        most *= 10
    return most - before + value


def _from_zero(_: int, value: int) -> int:
    """The rise if it was reset to 0."""
    return value


def _unknown(_: int, __: int) -> int:
    """No rise, because it is unknown."""
    return 0

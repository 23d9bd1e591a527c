"""The tree of a site compiled: how the current of each EVSE loads each line and the power of each node. PURE.

A row is a limit's place: a node and one of its lines (A), or a node and "W" (watts of all lines together). The load of a line is the length
of a sum of phasors: each EVSE's current with its angle (`phasors`).

Where the lines of an EVSE are not known, it counts on each line with the most that it could be there: in phase where all possible wirings
are, otherwise outright, beside the sum of phasors.

An EVSE may always draw less than it was told. Above a transformer a current may reduce the sum of others, so `most` is the load in the
worst case: for each of the sets of EVSEs whose currents add up, one sum (`parts`).
"""

import cmath
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Literal, NamedTuple, cast
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from schemas.localtimes import DAYS_OF_WEEK
from schemas.sitetrees import LINES, Limits, LimitWindow, Line, Node, Outlet, SiteTree
from services.energy.phasors import ANGLES, Flags, Floats, Phasors, Wiring, counted, parts, possible, through

Where = Literal["L1", "L2", "L3", "W"]

WHERES: tuple[Where, ...] = (*LINES, "W")


class Row(NamedTuple):
    """The place of a limit: a line of a node in A, or its power in W."""

    node: str
    where: Where

    @property
    def name(self) -> str:
        """As it is shown: `panel-1 L2`, `grid W`."""
        return f"{self.node} {self.where}"


@dataclass(frozen=True, eq=False)
class Network:
    """A tree compiled. `nodes`: the nodes of its outlets, in the order of the tree; columns of all matrices. `rows`: where limits may be.

    `matrix` (rows x outlets): phasors in A (or W) for 1 A of each phase of the outlet; `outright`: what counts beside them, as its phase
    is not known. `parts` (parts x outlets): phasors of the sums of which the greatest is the most that a row carries; `owner`: the row of
    each, `starts`: the first part of each row. `columns`: for each outlet the parts that it loads, its phasor there, and what is outright.
    `loaded` (rows x outlets): whether the outlet loads the row at all.
    """

    nodes: tuple[str, ...]
    index: Mapping[str, int]
    rows: tuple[Row, ...]
    row_index: Mapping[Row, int]
    matrix: Phasors
    outright: Floats
    parts: Phasors
    owner: NDArray[np.intp]
    starts: NDArray[np.intp]
    columns: tuple[tuple[tuple[int, complex, float], ...], ...]
    loaded: Flags


def network(tree: SiteTree, wirings: Mapping[str, Wiring] | None = None) -> Network:
    """The tree with each outlet wired as it says, or as `wirings` knows better, by the outlet's node."""
    parents = {node.node: node for node in tree.nodes}
    places = [node for node in tree.nodes if node.outlet is not None]
    rows = tuple(Row(node.node, where) for node in tree.nodes if _has_rows(node) for where in WHERES)
    row_index = {row: at for at, row in enumerate(rows)}
    matrix = np.zeros((len(rows), len(places)), dtype=np.complex128)
    outright = np.zeros((len(rows), len(places)))
    known = wirings or {}
    for column, place in enumerate(places):
        assert place.outlet is not None
        wiring = known.get(place.node) or wiring_of(place.outlet)
        path = _path(parents, place)
        ways = possible(wiring, turned=sum(node.turns is not None for node in path), voltage=float(tree.voltage))
        for node in path:
            for line, where in enumerate(WHERES):
                if (at := row_index.get(Row(node.node, where))) is not None:
                    matrix[at, column], outright[at, column] = counted([each[line] for each in ways])
            if node.turns is not None:
                ways = [through(each, float(node.turns)) for each in ways]
    sums, owner = parts(matrix)
    nodes = tuple(place.node for place in places)
    index = {node: at for at, node in enumerate(nodes)}
    starts = np.searchsorted(owner, np.arange(len(rows)))
    columns = tuple(_column(sums[:, at], outright[owner, at]) for at in range(len(nodes)))
    loaded = (matrix != 0) | (outright != 0)
    return Network(nodes, index, rows, row_index, matrix, outright, sums, owner, starts, columns, loaded)


def _column(phasors: Phasors, outright: Floats) -> tuple[tuple[int, complex, float], ...]:
    used = np.flatnonzero((phasors != 0) | (outright != 0)).tolist()
    return tuple(zip(used, phasors[used].tolist(), outright[used].tolist(), strict=True))


def wiring_of(outlet: Outlet) -> Wiring:
    """The wiring that the tree says."""
    return Wiring(outlet.lines, outlet.delta, outlet.dc)


def loads(network: Network, amps: Floats) -> Floats:
    """What each row carries while the outlets draw exactly these currents (A for each phase, by outlet)."""
    return np.abs(network.matrix @ amps) + network.outright @ amps


def most(network: Network, amps: Floats) -> Floats:
    """The most that each row carries while each outlet draws at most this."""
    sums = np.maximum.reduceat(np.abs(network.parts @ amps), network.starts)
    return cast(Floats, sums + network.outright @ amps)


def limits(tree: SiteTree, network: Network, at: datetime | None) -> Floats:
    """The limit of each row at a time, less what is kept in reserve, 0 or more; infinite where there is none.

    Of the limits of a node and of its windows that hold then, the least counts. No time: windows are left out.
    """
    local = at.astimezone(ZoneInfo(tree.time_zone or "UTC")) if at else None
    return _limits(tree, network, lambda window: local is not None and _holds(window, local))


def background(tree: SiteTree, network: Network, meters: Mapping[str, Mapping[Line, Decimal]]) -> Floats:
    """What unmanaged meters take of each row: the limit less this is left for the outlets. `meters`: their readings by name.

    Loads count with their length. What flows the other way (sun, a battery) makes room as far as is certain for every split of the room
    between the outlets, so that this may be less than 0: in full where all of them are in phase with it, in part where they are not (up to
    the row's least limit), none where an outlet's phase is not known.
    """
    flows = _flows(tree, network, meters)
    least = _limits(tree, network, lambda _: True)
    result = np.zeros(len(network.rows))
    for at, row in enumerate(network.rows):
        flow = flows[at]
        if row.where == "W":
            result[at] = flow.real
        elif flow:
            result[at] = -_made_room(flow, network.matrix[at], bool(network.outright[at].any()), float(least[at]))
    return result


def _has_rows(node: Node) -> bool:
    """Every place between the grid and the EVSEs, as its load is shown; of EVSEs those with limits of their own."""
    return node.outlet is None or node.limits != Limits() or any(window.limits != Limits() for window in node.windows)


def _path(parents: Mapping[str, Node], place: Node) -> list[Node]:
    """From the outlet's node up to the grid connection."""
    path, node = [place], place
    while node.parent:
        node = parents[node.parent]
        if node in path:
            raise ValueError(f"the tree has a loop at {node.node}")
        path.append(node)
    return path


# -- limits and meters --------------------------------------------------------------------------------------------------


def _limits(tree: SiteTree, network: Network, holds: Callable[[LimitWindow], bool]) -> Floats:
    """The least limits of each row, of the windows those that hold."""
    nodes = {node.node: node for node in tree.nodes}
    result = np.full(len(network.rows), np.inf)
    for at, (name, where) in enumerate(network.rows):
        node = nodes[name]
        told = [node.limits, *(window.limits for window in node.windows if holds(window))]
        known = [limit for each in told if (limit := _limit(each, where)) is not None]
        if known:
            result[at] = max(0.0, min(known) - (_limit(node.reserve, where) or 0.0))
    return result


def _limit(limits: Limits, where: Where) -> float | None:
    limit = limits.watts if where == "W" else limits.amps_by_line.get(where, limits.amps)
    return None if limit is None else float(limit)


def _holds(window: LimitWindow, local: datetime) -> bool:
    """By local time; the end is exclusive, 00:00 is the end of the day, and an end before the start is on the next day."""
    time = f"{local:%H:%M}"
    end = "24:00" if window.end_time == "00:00" else window.end_time
    if window.start_time < end:
        return window.start_time <= time < end and _on_day(window, local)
    return (window.start_time <= time and _on_day(window, local)) or (
        time < end and _on_day(window, local - timedelta(days=1))
    )


def _on_day(window: LimitWindow, local: datetime) -> bool:
    return not window.days or DAYS_OF_WEEK[local.weekday()] in window.days


def _flows(tree: SiteTree, network: Network, meters: Mapping[str, Mapping[Line, Decimal]]) -> Phasors:
    """The sum of what the meters read, as it flows through each row. A transformer's own meter reads its secondary."""
    parents = {node.node: node for node in tree.nodes}
    top = _voltage_at_the_top(tree, parents)
    flows = np.zeros(len(network.rows), dtype=np.complex128)
    for meter in tree.meters:
        if not (amps := meters.get(meter.meter)):
            continue
        path = _path(parents, parents[meter.node])
        ratios = [float(node.turns) * math.sqrt(3) for node in path if node.turns is not None]
        turn = cmath.exp(1j * math.radians(30.0 * len(ratios)))
        one, two, three = (ANGLES[at] * turn * float(amps.get(line, 0)) for at, line in enumerate(LINES))
        carried = one, two, three, complex(top * math.prod(ratios) * float(sum(amps.values())))
        for node in path:
            for line, where in enumerate(WHERES):
                if (at := network.row_index.get(Row(node.node, where))) is not None:
                    flows[at] += carried[line]
            if node.turns is not None:
                carried = through(carried, float(node.turns))
    return flows


def _voltage_at_the_top(tree: SiteTree, parents: Mapping[str, Node]) -> float:
    """Between a line and neutral at the grid connection: the tree's voltage is that at its EVSEs."""
    place = next((node for node in tree.nodes if node.outlet is not None), None)
    above = _path(parents, place) if place else []
    ratios = [float(node.turns) * math.sqrt(3) for node in above if node.turns is not None]
    return float(tree.voltage) / math.prod(ratios)


def _made_room(flow: complex, phasors: Phasors, unknown: bool, least: float) -> float:
    """How much longer the outlets' sum may be for this flow beside it: negative where it takes room.

    With b the flow's length, R the limit and c the cosine of the greatest angle between an outlet's current and the flow's opposite: a sum
    of length R + b(2c - 1) stays within R, for b up to R.
    """
    length = abs(flow)
    used = phasors[phasors != 0]
    cosine = min((-(flow.conjugate() * used).real / (np.abs(used) * length)).tolist(), default=-1.0)
    if cosine < 0.5:
        return -length
    if unknown:
        return 0.0
    return length if cosine > 1 - 1e-9 else min(length, least) * (2 * cosine - 1)

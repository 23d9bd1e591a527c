"""Drawing: a site's tree with what flows through each node, as its page shows it: bars of load, limit and headroom by phase. PURE."""

from collections.abc import Iterator, Mapping
from decimal import Decimal

import msgspec

from schemas.energy import EvseLoad, NodeLoad
from schemas.sitetrees import LINES, Limits, Node, SiteTree
from services.api.energy.loadrows import SiteLoad

KILO = 1_000
NEARLY = 0.9
"""From this part of a limit on a bar warns."""


class Bar(msgspec.Struct, frozen=True, kw_only=True):
    """One line of a node, or its power (`kW`): the load as measured, what may be drawn by what EVSEs were told, and the limit.

    None: not known, or no limit.
    """

    label: str
    unit: str
    load: float | None
    told: float | None
    limit: float | None

    @property
    def most(self) -> float:
        """What the whole bar stands for."""
        return max(self.limit or 0.0, self.load or 0.0, self.told or 0.0) or 1.0

    @property
    def load_width(self) -> float:
        """In hundredths of the bar."""
        return self._width(self.load)

    @property
    def told_width(self) -> float:
        """In hundredths of the bar."""
        return self._width(self.told)

    @property
    def limit_at(self) -> float | None:
        """Where the limit is, in hundredths; None where there is none."""
        return None if self.limit is None else self._width(self.limit)

    @property
    def free(self) -> float | None:
        """The headroom: below zero where the limit is exceeded."""
        return None if self.limit is None or self.load is None else round(self.limit - self.load, 2)

    @property
    def tone(self) -> str:
        """How near the limit is."""
        if self.limit is None or self.load is None:
            return "busy"
        return "bad" if self.load > self.limit else "warn" if self.load >= NEARLY * self.limit else "good"

    @property
    def said(self) -> str:
        """The bar in words."""
        if self.load is None:
            return "not known" if self.limit is None else f"not known, limit {_number(self.limit)} {self.unit}"
        load = f"{_number(self.load)} {self.unit}"
        if self.limit is None or self.free is None:
            return load
        return f"{load} of {_number(self.limit)} {self.unit}, " + (
            f"{_number(self.free)} free" if self.free >= 0 else f"{_number(-self.free)} too much"
        )

    def _width(self, value: float | None) -> float:
        return round(max(0.0, value or 0.0) / self.most * 100, 1)


class Branch(msgspec.Struct, frozen=True, kw_only=True):
    """A node of the drawn tree with what is below it. `limited`: its own limits in words. `evse`: of an EVSE, once something is known."""

    node: Node
    limited: str
    bars: tuple[Bar, ...]
    exceeded: bool
    evse: EvseLoad | None
    children: tuple["Branch", ...]


def drawn(tree: SiteTree, load: SiteLoad | None) -> Branch:
    """The tree from its grid connection on. `load` None: nothing is known of it yet."""
    below: dict[str, list[Node]] = {}
    for node in tree.nodes:
        below.setdefault(node.parent, []).append(node)
    loads = {} if load is None else {each.node: each for each in load.nodes}
    evses = {} if load is None else {each.node: each for each in load.evses}
    return _branch(below[""][0], below, loads, evses)


def _branch(
    node: Node,
    below: Mapping[str, list[Node]],
    loads: Mapping[str, NodeLoad],
    evses: Mapping[str, EvseLoad],
) -> Branch:
    known, evse = loads.get(node.node), evses.get(node.node)
    bars = _evse_bars(node, evse) if node.outlet is not None else bars_of(known)
    return Branch(
        node=node,
        limited=limited(node),
        bars=bars,
        exceeded=known is not None and known.exceeded,
        evse=evse,
        children=tuple(_branch(each, below, loads, evses) for each in below.get(node.node, ())),
    )


def bars_of(load: NodeLoad | None) -> tuple[Bar, ...]:
    """A bar for each line of which something is known, and one for the power."""
    return () if load is None else tuple(_bars(load))


def _bars(load: NodeLoad) -> Iterator[Bar]:
    for line in LINES:
        values = tuple(_float(amps.get(line)) for amps in (load.load_a, load.told_a, load.limit_a))
        if values != (None, None, None):
            yield Bar(label=line, unit="A", load=values[0], told=values[1], limit=values[2])
    if load.limit_w is not None:
        yield Bar(label="Power", unit="kW", load=_kilo(load.load_w), told=None, limit=_kilo(load.limit_w))


def _evse_bars(node: Node, evse: EvseLoad | None) -> tuple[Bar, ...]:
    """What an EVSE draws on each of its phases, of what it can; beside what it was told."""
    if evse is None or node.outlet is None:
        return ()
    bar = Bar(
        label="Phase" if len(evse.lines) != 1 else evse.lines[0],
        unit="A",
        load=_float(evse.draws_a),
        told=_float(evse.told_a),
        limit=_float(node.outlet.max_a),
    )
    return (bar,)


def limited(node: Node) -> str:
    """A node's own limits in words."""
    parts = [_limits(node.limits)]
    parts += [f"{_limits(node.reserve)} kept free"] if node.reserve != Limits() else []
    parts += ["other limits at times"] if node.windows else []
    if node.outlet is not None:
        parts.append(f"{node.outlet.min_a:f} to {node.outlet.max_a:f} A")
    return ", ".join(filter(None, parts))


def _limits(limits: Limits) -> str:
    parts = [f"{limits.amps:f} A"] if limits.amps is not None else []
    parts += [f"{line} {amps:f} A" for line, amps in limits.amps_by_line.items()]
    parts += [f"{_number(float(limits.watts) / KILO)} kW"] if limits.watts is not None else []
    return ", ".join(parts)


def _float(value: Decimal | None) -> float | None:
    return None if value is None else float(value)


def _kilo(value: Decimal | None) -> float | None:
    return None if value is None else round(float(value) / KILO, 3)


def _number(value: float) -> str:
    return f"{value:,.1f}".removesuffix(".0")

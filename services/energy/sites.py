"""Sites: trees made ready for deciding, once for each tree and each way in which its EVSEs are wired. PURE."""

import hashlib
from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import cached_property
from typing import NamedTuple

import msgspec
import numpy as np
from msgspec.structs import replace

from schemas.base import Record
from schemas.energy import Amperes, SiteProvisioned
from schemas.sitetrees import LINES, Limits, Line, Node, Outlet
from services.energy.network import Network, background, limits, most, network
from services.energy.phasors import Floats, Wiring
from services.energy.sharing import Claim, share

WIRED_MOST = 8
"""So many ways in which the EVSEs of a site are wired are kept ready; the oldest is made again."""

AHEAD = timedelta(seconds=20)
"""A limit that begins is kept to so long before: until then everybody has been told, and obeys."""

Lines = tuple[Line, ...]


class Place(NamedTuple):
    """An EVSE of the tree. `phases`: how many of its own it has, as far as the tree says."""

    node: str
    station: str
    evse: int
    outlet: Outlet
    min_a: float
    max_a: float
    step_a: float

    @property
    def phases(self) -> int:
        """By how many phases it charges."""
        if self.outlet.delta:
            return 1
        return len(self.outlet.lines) or 3


class Site:
    """A site with its tree; everything that follows from the tree alone is worked out once."""

    def __init__(self, record: SiteProvisioned) -> None:
        self.site, self.tenant, self.tree = record.site, record.tenant, record.tree
        self.digest = hashlib.blake2b(msgspec.json.encode(record.tree), digest_size=9).hexdigest()
        self.places = tuple(_place(node, node.outlet) for node in self.tree.nodes if node.outlet is not None)
        self.by_evse = {(place.station, place.evse): at for at, place in enumerate(self.places)}
        self.latency = timedelta(seconds=self.tree.latency_s)
        self.plain = network(self.tree)
        self._wired: dict[tuple[tuple[str, Lines], ...], Network] = {(): self.plain}

    def wired(self, narrowed: Mapping[str, Lines]) -> Network:
        """The network where these outlets load fewer lines than they could."""
        key = tuple(sorted(narrowed.items()))
        if key not in self._wired:
            if len(self._wired) > WIRED_MOST:
                del self._wired[next(each for each in self._wired if each)]
            outlets = {place.node: place.outlet for place in self.places}
            wirings = {node: Wiring(lines, outlets[node].delta, outlets[node].dc) for node, lines in key}
            self._wired[key] = network(self.tree, wirings)
        return self._wired[key]

    @cached_property
    def fallbacks(self) -> Floats:
        """What each EVSE may draw by itself: as the tree says; the others share what is left of each limit's `fallback_share`."""
        said = np.array([_said(place) for place in self.places])
        least = replace(self.tree, nodes=tuple(_at_its_least(node) for node in self.tree.nodes))
        limit = limits(least, self.plain, None)
        room = np.multiply(limit, float(self.tree.fallback_share), out=limit, where=np.isfinite(limit))
        claims = [
            Claim(place.node, place.min_a, place.max_a, place.step_a)
            for place in self.places
            if place.outlet.fallback_a is None
        ]
        given = share(self.plain, room, claims, said)
        return np.array([given.get(place.node, said[at]) for at, place in enumerate(self.places)])

    @cached_property
    def has_windows(self) -> bool:
        """Whether limits change by the time of day."""
        return any(node.windows for node in self.tree.nodes)

    def limits(self, at: datetime) -> Floats:
        """The limit of each row now, or very soon where that is less."""
        if not self.has_windows:
            return self._constant.copy()
        return np.minimum(limits(self.tree, self.plain, at), limits(self.tree, self.plain, at + AHEAD))

    def background(self, meters: Mapping[str, Amperes]) -> Floats:
        """What flows beside the EVSEs, by row."""
        return background(self.tree, self.plain, meters)

    @cached_property
    def _constant(self) -> Floats:
        return limits(self.tree, self.plain, None)

    @cached_property
    def by_phase(self) -> tuple[Network, ...]:
        """For each phase of the EVSEs a network that it alone loads; EVSEs whose phases cannot be told apart are in the first."""
        apart = [place for place in self.places if place.outlet.lines and not (place.outlet.delta or place.outlet.dc)]
        networks = []
        for phase in range(len(LINES)):
            lines = {place.node: place.outlet.lines[phase : phase + 1] for place in apart}
            networks.append(network(self.tree, {node: Wiring(line) for node, line in lines.items() if line}))
        return tuple(networks)

    def unused(self, wired: Network, amps: Floats) -> Floats:
        """What the next cars at these EVSEs may load by row, on lines that the present ones do not."""
        if wired is self.plain:
            return np.zeros(len(self.plain.rows))
        return np.maximum(most(self.plain, amps) - most(wired, amps), 0.0)


class Sites:
    """Sites made ready once, until they are provisioned anew. What is given for the same record is the same."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[Record, Site]] = {}

    def __call__(self, record: Record | None) -> Site | None:
        """The site of a reference record; None where there is none, or it was removed."""
        if not isinstance(record, SiteProvisioned):
            return None
        known = self._known.get(record.site)
        if known is None or (known[0] is not record and known[0] != record):
            known = self._known[record.site] = (record, Site(record))
        return known[1]


def _place(node: Node, outlet: Outlet) -> Place:
    low, high, step = float(outlet.min_a), float(outlet.max_a), float(outlet.step_a)
    return Place(node.node, outlet.station, outlet.evse, outlet, low, high, step)


def _said(place: Place) -> float:
    return 0.0 if place.outlet.fallback_a is None else float(place.outlet.fallback_a)


def _at_its_least(node: Node) -> Node:
    """The node with the least limits that its windows ever bring."""
    every = (node.limits, *(window.limits for window in node.windows))
    by_line = {
        line: min(told)
        for line in LINES
        if (told := [limit for each in every if (limit := each.amps_by_line.get(line, each.amps)) is not None])
    }
    watts = min((each.watts for each in every if each.watts is not None), default=None)
    return replace(node, limits=Limits(amps_by_line=by_line, watts=watts), windows=())

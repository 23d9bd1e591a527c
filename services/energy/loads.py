"""Loads: a site as a whole as it is published, with what flows through each node, what may, and what each EVSE is told. PURE."""

import hashlib
from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import NamedTuple

import msgspec
import numpy as np
from msgspec.structs import replace

from schemas.base import derived_id
from schemas.energy import Amperes, EvseLoad, EvseStanding, NodeLoad, SiteLoadChanged
from schemas.sitetrees import LINES, Line
from schemas.states.energy import EvseState, SiteState
from services.energy.network import Row, most
from services.energy.observing import draws, lines_of
from services.energy.phasors import Floats
from services.energy.targets import Scene, is_full

APART = timedelta(seconds=1)
"""At most so often a site is published, unless a limit is exceeded or is so no more."""

OVER_SHARE = 0.01
"""A load counts as above its limit from so much on: meters and stations are no more exact than that."""


class Measured(NamedTuple):
    """What is measured at a site: `carried` by row with what flows beside, and the rows above their limits."""

    carried: Floats
    over: tuple[Row, ...]


def measured(seen: Scene) -> Measured:
    """What flows now, by the newest readings, phase by phase where they are told apart."""
    voltage = float(seen.site.tree.voltage)
    drawn = np.zeros((len(LINES), len(seen.evses)))
    for at, (evse, place) in enumerate(zip(seen.evses, seen.site.places, strict=True)):
        if not evse.transaction_id:
            continue
        lines = 0 if place.outlet.delta or place.outlet.dc else len(place.outlet.lines)
        if evse.amps and lines:
            drawn[:lines, at] = [evse.amps.get(line, 0.0) for line in LINES[:lines]]
        else:
            drawn[: max(lines, 1), at] = draws(evse, place, voltage) or 0.0
    sums = [network.matrix @ amps for network, amps in zip(seen.site.by_phase, drawn, strict=True)]
    beside = [network.outright @ amps for network, amps in zip(seen.site.by_phase, drawn, strict=True)]
    carried = np.abs(np.sum(sums, axis=0)) + np.sum(beside, axis=0) + seen.beside
    over = np.flatnonzero(carried > seen.limits * (1 + OVER_SHARE) + 1e-6)
    return Measured(carried, tuple(seen.network.rows[at] for at in over.tolist()))


def published(
    state: SiteState, seen: Scene, found: Measured, wanted: Mapping[int, float]
) -> tuple[SiteState, list[SiteLoadChanged]]:
    """The state and the snapshot, where it says something new and the last one is old enough."""
    at, turned = seen.at, bool(found.over) != (state.over_since is not None)
    state = replace(state, over_since=(state.over_since or at) if found.over else None)
    if not turned and state.published_at is not None and at < state.published_at + APART:
        return state, []
    nodes, evses = _nodes(seen, found), _evses(seen, wanted)
    digest = hashlib.blake2b(msgspec.json.encode((nodes, evses)), digest_size=9).hexdigest()
    if digest == state.published:
        return state, []
    revision = state.revision + 1
    told = SiteLoadChanged(
        id=derived_id(state.site, "site-load", revision),
        site=state.site,
        revision=revision,
        nodes=nodes,
        evses=evses,
        exceeded=bool(found.over),
        tenant=seen.site.tenant,
        at=at,
    )
    return replace(state, revision=revision, published=digest, published_at=at), [told]


def _nodes(seen: Scene, found: Measured) -> tuple[NodeLoad, ...]:
    may = most(seen.network, seen.counts) + seen.beside
    over = {row.node for row in found.over}
    result = []
    for node in seen.site.tree.nodes:
        rows = {line: at for line in LINES if (at := seen.network.row_index.get(Row(node.node, line))) is not None}
        if not rows:
            continue
        watts = seen.network.row_index.get(Row(node.node, "W"))
        result.append(
            NodeLoad(
                node=node.node,
                load_a=_by_line(rows, found.carried),
                told_a=_by_line(rows, may),
                limit_a=_by_line(rows, seen.limits),
                load_w=None if watts is None else _number(found.carried[watts], 0),
                limit_w=None if watts is None or np.isinf(seen.limits[watts]) else _number(seen.limits[watts], 0),
                exceeded=node.node in over,
            )
        )
    return tuple(result)


def _by_line(rows: Mapping[Line, int], values: Floats) -> Amperes:
    return {line: _number(values[rows[line]], 1) for line in LINES if line in rows and np.isfinite(values[rows[line]])}


def _number(value: float, digits: int) -> Decimal:
    return Decimal(repr(round(float(value), digits))).normalize() + 0


def _evses(seen: Scene, wanted: Mapping[int, float]) -> tuple[EvseLoad, ...]:
    voltage = float(seen.site.tree.voltage)
    result = []
    for at, (evse, place) in enumerate(zip(seen.evses, seen.site.places, strict=True)):
        drawn = draws(evse, place, voltage) if evse.transaction_id else None
        target = wanted.get(at)
        lines = lines_of(evse, place)
        result.append(
            EvseLoad(
                node=place.node,
                station=place.station,
                evse=place.evse,
                standing=standing(evse, target),
                told_a=None if evse.told is None else _number(evse.told.amps, 1),
                target_a=None if target is None else _number(target, 1),
                counted_a=_number(seen.counts[at], 1),
                fallback_a=_number(seen.own[at], 1),
                draws_a=None if drawn is None else _number(drawn, 1),
                lines=lines,
                learnt=lines != place.outlet.lines,
                transaction_id=evse.transaction_id,
                detail=_detail(evse),
            )
        )
    return tuple(result)


def standing(evse: EvseState, target: float | None) -> EvseStanding:
    """What is to be said of an EVSE in a word."""
    if not evse.connected:
        return "unreachable"
    if not evse.transaction_id:
        return "idle"
    if evse.drawn_a:
        return "disobeys"
    if evse.paused_at is not None or (target == 0 and evse.sent is None):
        return "paused"
    if evse.told is None:
        return "waiting"
    return "full" if is_full(evse) else "charging"


def _detail(evse: EvseState) -> str:
    if evse.failures:
        return f"its limit was not accepted, {evse.failures} times in a row"
    if evse.fallback_a is None and evse.fallback_failures:
        return f"its fallback was not accepted, {evse.fallback_failures} times in a row"
    if evse.strikes:
        return f"it draws more than it may, {evse.strikes} times in a row"
    return ""


def next_published(state: SiteState, at: datetime) -> datetime | None:
    """When a change that could not be published yet may be."""
    if state.published_at is None or at >= state.published_at + APART:
        return None
    return state.published_at + APART

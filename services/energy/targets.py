"""Targets: what each EVSE is to be given by what is known now; who takes part in the sharing, and who counts as it is. PURE."""

from datetime import datetime, timedelta
from typing import NamedTuple

import numpy as np

from schemas.states.energy import EvseState, SiteState
from services.energy.counting import by_itself, counted, last_told
from services.energy.network import Network, most
from services.energy.observing import evse_of, flows, narrowed
from services.energy.phasors import TOLERANCE, Floats
from services.energy.sharing import Claim, share
from services.energy.sites import Site

PAUSED_LEAST = timedelta(minutes=5)
"""Between a pause and the resumption of the same session, and between a resumption and the next pause but one that a limit needs."""

TURN_AFTER = timedelta(minutes=10)
"""Who has waited so long is given its minimum before those that have charged since."""

FAILURES_MOST = 3
"""After so many failures in a row an EVSE takes part only when it is to be tried again: else it counts with what it may draw."""

FULL_PRIORITY, FULL_PROBED = -1, timedelta(minutes=15)
"""Whose car takes nothing is given what nobody else wants; once in so long it is served like the others, for it may want to go on."""

FULL_BELOW_A = 1.0


class Scene(NamedTuple):
    """A site at a moment: the EVSEs in the order of its places, and for each row and outlet what counts.

    `room`: what is left for the EVSEs; `floors`: their fallbacks; `own`: what each may draw by itself; `counts`: what each may at most.
    """

    site: Site
    at: datetime
    network: Network
    evses: tuple[EvseState, ...]
    limits: Floats
    beside: Floats
    room: Floats
    floors: Floats
    own: Floats
    counts: Floats


def scene(state: SiteState, site: Site, at: datetime) -> Scene:
    """The site as it is known now."""
    narrow = narrowed(state, site)
    wired = site.wired(narrow)
    known = {(each.station, each.evse): each for each in state.evses}
    evses = tuple(
        known.get((place.station, place.evse)) or evse_of(state, place.station, place.evse) for place in site.places
    )
    floors = site.fallbacks if site.tree.managed else np.zeros(len(evses))
    since = state.known_at or at
    own = np.array(
        [
            by_itself(evse, place, float(floor), since, at)
            for evse, place, floor in zip(evses, site.places, floors.tolist(), strict=True)
        ]
    )
    counts = np.array([counted(evse, mine, at) for evse, mine in zip(evses, own.tolist(), strict=True)])
    limit, beside = site.limits(at), site.background(flows(site, state, at))
    room = limit - beside
    if narrow:
        others = np.array([mine if place.node in narrow else 0.0 for place, mine in zip(site.places, own, strict=True)])
        room = room - site.unused(wired, others)
    return Scene(site, at, wired, evses, limit, beside, room, floors, own, counts)


def targets(seen: Scene) -> dict[int, float]:
    """What each EVSE that takes part is to be given, in A, by its place.

    The others count with what they may draw, and with the fallback that they are to have where that is more.
    """
    claims = {at: claim for at in range(len(seen.evses)) if (claim := _claim(seen, at)) is not None}
    reached = np.array([evse.connected for evse in seen.evses], dtype=bool)
    fixed = np.maximum(seen.counts, np.where(reached, seen.floors, 0.0))
    given = share(seen.network, seen.room, list(claims.values()), fixed)
    less = {at: seen.site.places[at].min_a for at, claim in claims.items() if not given[claim.node]}
    if any(low < claims[at].min_a for at, low in less.items()):
        # Not even the fallbacks fit: they do not count here and now, where everybody can be told less.
        claims |= {at: claims[at]._replace(min_a=low) for at, low in less.items()}
        given = share(seen.network, seen.room, list(claims.values()), fixed)
    return _as_they_are(seen) | {at: given[claim.node] for at, claim in claims.items()}


def _as_they_are(seen: Scene) -> dict[int, float]:
    """What those are given that do not take part and yet may be told: a pause that has to last, or what they did not take or obey."""
    result: dict[int, float] = {}
    for at, evse in enumerate(seen.evses):
        if not (evse.connected and evse.transaction_id):
            continue
        if is_held(evse, seen.at):
            result[at] = 0.0
        elif _refuses(evse, seen.at) or evse.drawn_a:
            result[at] = last_told(evse, float(seen.own[at]), seen.at)
    return result


def _claim(seen: Scene, at: int) -> Claim | None:
    evse, place, floor = seen.evses[at], seen.site.places[at], float(seen.floors[at])
    if not takes_part(evse, seen):
        return None
    low = max(place.min_a, floor)
    high = min(place.max_a, *(each for each in (evse.ceiling_a, evse.external_a) if each is not None), place.max_a)
    waited, full = _waited(evse, seen.at), is_full(evse)
    probed = evse.paused_at is not None and seen.at - evse.paused_at >= FULL_PROBED
    return Claim(
        node=place.node,
        min_a=low,
        max_a=high if high < place.min_a else max(high, low),
        step_a=place.step_a,
        weight=float(place.outlet.weight),
        priority=FULL_PRIORITY if full and not probed else place.outlet.priority,
        waited_s=waited,
    )


def takes_part(evse: EvseState, seen: Scene) -> bool:
    """Whether the EVSE may be told something: it has a session, is reached, obeys, and its pause has lasted long enough."""
    if not (evse.connected and evse.transaction_id) or _refuses(evse, seen.at) or evse.drawn_a:
        return False
    return not is_held(evse, seen.at) and not is_stuck(evse, seen)


def _refuses(evse: EvseState, at: datetime) -> bool:
    """Whether the EVSE took nothing several times in a row, and is not to be tried again yet."""
    return evse.failures >= FAILURES_MOST and evse.not_before is not None and at < evse.not_before


def is_held(evse: EvseState, at: datetime) -> bool:
    """Whether the EVSE was paused so short a time ago that it stays so."""
    return evse.paused_at is not None and at < evse.paused_at + PAUSED_LEAST


def is_stuck(evse: EvseState, seen: Scene) -> bool:
    """Whether the EVSE has let pass the time in which stations obey: others give way meanwhile."""
    return evse.sent is not None and seen.at >= evse.sent.at + seen.site.latency


def is_full(evse: EvseState) -> bool:
    """Whether its car takes nothing of what it may."""
    return (
        evse.below_since is not None
        and evse.ceiling_a is not None
        and max(evse.amps.values(), default=0.0) < FULL_BELOW_A
    )


def _waited(evse: EvseState, at: datetime) -> float:
    """In seconds; who was given something keeps it until another has waited for TURN_AFTER."""
    if evse.told is not None and evse.told.amps > 0:
        return 1.0
    since = evse.paused_at or evse.began_at
    waited = (at - since) if since is not None else timedelta()
    return waited.total_seconds() if waited >= TURN_AFTER else 0.0


def exceeded(seen: Scene, amps: Floats) -> Floats:
    """By how much each row would be exceeded if each EVSE drew this at most; below 0: so much is left."""
    return most(seen.network, amps) - seen.room


def fits(seen: Scene, counts: Floats, at: int, amps: float) -> bool:
    """Whether every row that this EVSE loads allows it so much, while each of the others draws what it counts with."""
    tried = counts.copy()
    tried[at] = max(float(counts[at]), amps)
    return not bool((exceeded(seen, tried)[seen.network.loaded[:, at]] > TOLERANCE).any())

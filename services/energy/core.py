"""Energy: shares the power of each site among its EVSEs, so that no limit is exceeded whatever becomes of stations. PURE.

Each record that says something new has the site looked at as a whole: what each EVSE may draw by all that is known (`counting`), what each
is to have (`targets`), who is told what now (`sequencing`), and what is to be published (`loads`, `alerting`).
"""

from collections.abc import Mapping
from datetime import datetime

import numpy as np
from msgspec.structs import replace

from schemas.base import Due, Poison, Record
from schemas.energy import (
    REF_SITES,
    EvseObserved,
    LimitAnswered,
    NeedStated,
    SiteChangedByOperator,
    SiteMeterReported,
)
from schemas.states.energy import EvseState, SiteState
from services.energy import fallbacks, leases
from services.energy.alerting import alerted
from services.energy.counting import allowed, by_itself, counted
from services.energy.loads import measured, published
from services.energy.obeying import obeying
from services.energy.observing import draws, evse_of, metered, needed, observed, with_evse
from services.energy.sequencing import sequenced
from services.energy.sites import Site, Sites
from services.energy.taking import taking
from services.energy.targets import Scene, fits, scene, targets
from services.energy.waking import wake_at

References = Mapping[str, Mapping[str, Record]]
Step = tuple[SiteState, list[Record]]

UNPLACED_MOST = 2_000
"""EVSEs of a site whose tree is not known yet, and meters of it."""


def initial(site: str) -> SiteState:
    """A site of which nothing is known."""
    return SiteState(site=site)


def due(state: SiteState) -> datetime | None:
    """When the site is next to be looked at."""
    return state.wake_at


def step(state: SiteState, event: Record, *, references: References, sites: Sites) -> Step:
    """Apply one record; decide anew if it says something new."""
    site = sites(references[REF_SITES.name].get(state.site))
    after = _applied(state, event, site)
    if after is state:
        return state, []
    after = replace(after, at=max(_moment(event), state.at or _moment(event)))
    return decided(after, site) if site is not None else (replace(after, wake_at=None), [])


def _applied(state: SiteState, event: Record, site: Site | None) -> SiteState:
    """What the record says. The same state: nothing new."""
    match event:
        case EvseObserved():
            return _observed(state, event, site)
        case LimitAnswered():
            return _answered(state, event, site)
        case SiteMeterReported():
            named = site is None or any(each.meter == event.meter for each in site.tree.meters)
            voltage = 230.0 if site is None else float(site.tree.voltage)
            return metered(state, event, voltage) if named and len(state.meters) < UNPLACED_MOST else state
        case NeedStated():
            placed = site is None or (event.station, event.evse) in site.by_evse
            return needed(state, event) if placed and len(state.needs) < UNPLACED_MOST else state
        case SiteChangedByOperator():
            return replace(state, wake_at=None)
        case Due():
            moment = event.sent_at or event.at
            return state if state.wake_at is None or moment < state.wake_at else replace(state, wake_at=None)
    raise Poison(f"energy has no use for a {type(event).__name__}")


def _moment(event: Record) -> datetime:
    match event:
        case EvseObserved() | LimitAnswered() | NeedStated() | SiteChangedByOperator():
            return event.at
        case SiteMeterReported():
            return event.received_at
        case Due():
            return event.sent_at or event.at
    raise AssertionError(f"{type(event).__name__} has no moment")


def _observed(state: SiteState, event: EvseObserved, site: Site | None) -> SiteState:
    """The EVSE as it is observed, and what a new reading says of its car and of what it was told."""
    at = None if site is None else site.by_evse.get((event.station, event.evse))
    if (site is not None and at is None) or len(state.evses) >= UNPLACED_MOST:
        return state
    before = evse_of(state, event.station, event.evse)
    after = observed(before, event)
    if after is before:
        return state
    if site is not None and at is not None and after.measured_at != before.measured_at:
        place, own = site.places[at], _own(state, after, site, at, event.at)
        most_allowed = max(allowed(after, own, event.at), after.falling_a if _falls(after, event.at) else 0.0)
        drawn = draws(after, place, float(site.tree.voltage))
        after = obeying(after, drawn, most_allowed, site.latency, event.at)
    return with_evse(state, after)


def _answered(state: SiteState, event: LimitAnswered, site: Site | None) -> SiteState:
    """What became of a limit, a fallback or a schedule that was asked for: of the EVSE whose command it was."""
    for before in state.evses:
        at = None if site is None else site.by_evse.get((before.station, before.evse))
        if before.station != event.station or site is None or at is None:
            continue
        own = _own(state, before, site, at, event.at)
        after = leases.answered(before, event, own, site.latency)
        after = fallbacks.answered(after, event)
        if after is before:
            continue
        if after.fallback_a != before.fallback_a and after.transaction_id:  # a lower one is obeyed as late as any limit
            was = counted(before, own, event.at)
            if was > counted(after, _own(state, after, site, at, event.at), event.at):
                after = replace(after, falling_a=was, falling_until=event.at + site.latency)
        return with_evse(state, after)
    return state


def _own(state: SiteState, evse: EvseState, site: Site, at: int, moment: datetime) -> float:
    since = state.known_at or moment
    return by_itself(evse, site.places[at], float(site.fallbacks[at]), since, moment)


def _falls(evse: EvseState, at: datetime) -> bool:
    return evse.falling_until is not None and at < evse.falling_until


# -- deciding -----------------------------------------------------------------------------------------------------------


def decided(state: SiteState, site: Site) -> Step:
    """Tell whom is to be told, and publish what is new."""
    assert state.at is not None
    at, state = state.at, _with_its_tree(state, site, state.at)
    state = _looked_after(state, site, at)
    seen = scene(state, site, at)
    wanted: dict[int, float] = {}
    outputs: list[Record] = []
    if site.tree.managed:
        wanted = targets(seen)
        seen, outputs = _told(seen, wanted)
        state = replace(state, evses=tuple(sorted(seen.evses, key=lambda each: (each.station, each.evse))))
    found = measured(seen)
    state, alerts = alerted(state, seen, found)
    state, snapshots = published(state, seen, found, wanted)
    state = replace(state, wake_at=wake_at(state, seen, wanted))
    return state, [*outputs, *alerts, *snapshots]


def _with_its_tree(state: SiteState, site: Site, at: datetime) -> SiteState:
    """The state without what the tree does not have; where the tree is new, it is known from now on."""
    if state.tree == site.digest:
        return state
    meters = {each.meter for each in site.tree.meters}
    return replace(
        state,
        tree=site.digest,
        tenant=site.tenant,
        known_at=at,
        evses=tuple(each for each in state.evses if (each.station, each.evse) in site.by_evse),
        meters=tuple(each for each in state.meters if each.meter in meters),
        needs=tuple(each for each in state.needs if (each.station, each.evse) in site.by_evse),
    )


def _looked_after(state: SiteState, site: Site, at: datetime) -> SiteState:
    """Commands of which nothing was heard are given up, and cars that take less give the rest away."""
    evses = []
    for known in state.evses:
        place = site.by_evse[(known.station, known.evse)]
        evse = fallbacks.lost(leases.lost(known, at), at)
        evses.append(taking(evse, site.places[place], site, allowed(evse, _own(state, evse, site, place, at), at), at))
    return replace(state, evses=tuple(evses))


def _told(seen: Scene, wanted: Mapping[int, float]) -> tuple[Scene, list[Record]]:
    """The site whose EVSEs have been told, and the commands. A fallback that is missing goes before what no limit needs."""
    evses, commands = list(seen.evses), list[Record]()
    missing = {at for at in range(len(evses)) if _is_to_have_fallback(seen, at)}
    for told in sequenced(seen, wanted):
        at, place = told.place, seen.site.places[told.place]
        if at in missing and told.why not in ("lower", "pause"):
            continue
        missing.discard(at)
        evses[at], command = leases.lease(
            evses[at], place, seen.site, leases.Limit(told.amps, float(seen.floors[at])), seen.at
        )
        commands.append(command)
    for at in sorted(missing):
        evses[at], command = fallbacks.install(
            evses[at], seen.site.places[at], seen.site, float(seen.floors[at]), seen.at
        )
        commands.append(command)
    for at, evse in enumerate(evses):
        if fallbacks.is_to_be_read(evse):
            evses[at], command = fallbacks.read(evse, seen.site.places[at], seen.site, seen.at)
            commands.append(command)
    counts = [counted(evse, max(float(own), _sent(evse)), seen.at) for evse, own in zip(evses, seen.own, strict=True)]
    return seen._replace(evses=tuple(evses), counts=np.array(counts)), commands


def _sent(evse: EvseState) -> float:
    return 0.0 if evse.fallback_sent is None else evse.fallback_sent.amps


def _is_to_have_fallback(seen: Scene, at: int) -> bool:
    """Whether the EVSE is to be told its fallback now: also a greater one only as far as the limits allow."""
    floor = float(seen.floors[at])
    if not fallbacks.is_to_be_told(seen.evses[at], floor, seen.at):
        return False
    return floor <= seen.counts[at] or fits(seen, seen.counts, at, floor)

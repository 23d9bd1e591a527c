"""Waking: when a site is next to be looked at without anything being heard of it. PURE."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

from schemas.states.energy import EvseState, SiteState
from services.energy import fallbacks, leases
from services.energy.alerting import EXCEEDED_FOR
from services.energy.counting import GRACE, SKEW
from services.energy.loads import next_published
from services.energy.observing import silent_at
from services.energy.sequencing import APART, RENEWED_BEFORE, SETTLED_AFTER
from services.energy.sites import AHEAD
from services.energy.taking import BELOW_FOR, STARTS_WITHIN
from services.energy.targets import FULL_PROBED, PAUSED_LEAST, TURN_AFTER, Scene

MINUTE = timedelta(minutes=1)


def wake_at(state: SiteState, seen: Scene, wanted: Mapping[int, float]) -> datetime | None:
    """The next moment at which something may be otherwise than it is now."""
    later = (each for each in _moments(state, seen, wanted) if each is not None and each > seen.at)
    return min(later, default=None)


def _moments(state: SiteState, seen: Scene, wanted: Mapping[int, float]) -> Iterator[datetime | None]:
    yield next_published(state, seen.at)
    if state.known_at is not None:
        yield state.known_at + GRACE
        known = {each.meter: each for each in state.meters}
        yield from (silent_at(each, known.get(each.meter), state.known_at) for each in seen.site.tree.meters)
    if state.over_since is not None:
        yield state.over_since + EXCEEDED_FOR
    if seen.site.has_windows:
        whole = seen.at.replace(second=0, microsecond=0) + MINUTE
        yield from (whole - AHEAD, whole, whole + MINUTE - AHEAD)
    if not seen.site.tree.managed:
        return
    for at, evse in enumerate(seen.evses):
        yield from _of_evse(evse, seen, wanted.get(at))
        if fallbacks.is_missing(evse, float(seen.floors[at])):
            yield fallbacks.retried_at(evse)
            yield None if evse.told_at is None else evse.told_at + APART


def _of_evse(evse: EvseState, seen: Scene, target: float | None) -> Iterator[datetime | None]:
    for sent in (evse.sent, evse.fallback_sent, evse.reading):
        if sent is not None:
            yield sent.at + leases.LOST_AFTER
    if evse.sent is not None:
        yield evse.sent.at + seen.site.latency
    yield evse.falling_until
    for told in (evse.told, evse.maybe):
        if told is not None:
            yield from (told.until - RENEWED_BEFORE, told.until - SKEW, told.until, told.until + SKEW)
    if target is None and evse.paused_at is None:
        return
    yield evse.not_before
    if evse.told_at is not None:
        yield from (evse.told_at + APART, evse.told_at + SETTLED_AFTER, evse.told_at + STARTS_WITHIN)
    if evse.resumed_at is not None:
        yield evse.resumed_at + PAUSED_LEAST
    waits = evse.paused_at or evse.began_at
    if waits is not None and (evse.told is None or evse.told.amps == 0):
        yield from (waits + PAUSED_LEAST, waits + TURN_AFTER, waits + FULL_PROBED)
    if evse.below_since is not None:
        yield evse.below_since + BELOW_FOR

"""Sequencing: from what each EVSE is to be given to what it is told now, so that no limit is exceeded on the way. PURE.

Who is to have less is told at once where a limit needs it. Who is to have more is told so once the limits allow it with all that the others
may still draw: one that was lowered counts as before until it has accepted, and the time in which stations obey has passed.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Literal, NamedTuple

import numpy as np

from schemas.states.energy import EvseState
from services.energy.counting import last_told
from services.energy.phasors import TOLERANCE, Floats
from services.energy.targets import PAUSED_LEAST, Scene, exceeded, fits

APART = timedelta(seconds=10)
"""At least so long an EVSE is left alone after it was told something, unless a limit needs it lowered."""

SETTLED_AFTER = timedelta(seconds=60)
"""A small change waits until the last one is so old."""

SMALL_A, SMALL_SHARE = 1.0, 0.05

RENEWED_BEFORE = timedelta(minutes=5)
"""So long before its end a lease is renewed."""

Why = Literal["raise", "lower", "pause", "resume", "first", "renew"]


class Step(NamedTuple):
    """What an EVSE is told now: its place, and the current."""

    place: int
    amps: float
    why: Why


def sequenced(seen: Scene, wanted: Mapping[int, float]) -> list[Step]:
    """Who is told what now: first who is lowered, then who is raised, who has least first."""
    over = exceeded(seen, seen.counts) > TOLERANCE
    steps: list[Step] = []
    for at, target in wanted.items():
        needed = bool((seen.network.loaded[:, at] & over).any())
        steps += _lowered(seen, at, target, needed=needed)
    told = {step.place for step in steps}
    return [*steps, *_raised(seen, {at: target for at, target in wanted.items() if at not in told})]


def now_told(seen: Scene, at: int) -> float:
    """What the EVSE was told last, be it accepted or on its way."""
    return last_told(seen.evses[at], float(seen.own[at]), seen.at)


def _lowered(seen: Scene, at: int, target: float, *, needed: bool) -> Iterator[Step]:
    evse, has = seen.evses[at], now_told(seen, at)
    if target >= has - TOLERANCE:
        return
    why: Why = "pause" if target == 0 else "lower"
    if needed and evse.failures and evse.not_before is not None and seen.at < evse.not_before:
        return
    if needed or (_is_open(evse, seen.at) and not _is_small(evse, has - target, has, seen.at)):
        soon = evse.resumed_at is not None and seen.at < evse.resumed_at + PAUSED_LEAST
        if target > 0 or needed or not soon:
            yield Step(at, target, why)


def _raised(seen: Scene, wanted: Mapping[int, float]) -> Iterator[Step]:
    counts = seen.counts.copy()
    order = sorted(wanted, key=lambda at: (now_told(seen, at), seen.site.places[at].node))
    easing = _is_easing(seen)
    for at in order:
        evse, target, has = seen.evses[at], wanted[at], now_told(seen, at)
        if not _is_open(evse, seen.at):
            continue
        first, more = evse.told is None, target > has + TOLERANCE
        if not more or _is_small(evse, target - has, has, seen.at):
            if (first and has > 0 and target > 0) or (not first and _is_to_be_renewed(evse, seen.at)):
                yield Step(at, min(has, target), "first" if first else "renew")
            continue
        amps = _that_fits(seen, counts, at, target)
        if amps <= has + TOLERANCE or (amps < target - TOLERANCE and has > 0 and easing):
            if not first and _is_to_be_renewed(evse, seen.at):
                yield Step(at, has, "renew")
            continue
        counts[at] = max(float(counts[at]), amps)
        yield Step(at, amps, "resume" if evse.paused_at is not None else "first" if first else "raise")


def _is_open(evse: EvseState, at: datetime) -> bool:
    """Whether it may be told something that no limit needs."""
    if evse.sent is not None or evse.fallback_sent is not None:
        return False
    if evse.not_before is not None and at < evse.not_before:
        return False
    return evse.told_at is None or at >= evse.told_at + APART


def _is_small(evse: EvseState, change: float, has: float, at: datetime) -> bool:
    """Whether a change can wait: small, and soon after the last one."""
    if has == 0 or evse.told_at is None or at >= evse.told_at + SETTLED_AFTER:
        return False
    return change < max(SMALL_A, SMALL_SHARE * has) - TOLERANCE


def _is_to_be_renewed(evse: EvseState, at: datetime) -> bool:
    """Whether its lease ends soon, and something else comes after it."""
    told = evse.told
    ends = told is not None and told.amps != told.after_a and at >= told.until - RENEWED_BEFORE
    return evse.again or ends


def _is_easing(seen: Scene) -> bool:
    """Whether somebody is being lowered: room is coming."""
    return any(
        (evse.falling_until is not None and seen.at < evse.falling_until)
        or (evse.sent is not None and evse.told is not None and evse.sent.amps < evse.told.amps)
        for evse in seen.evses
    )


def _that_fits(seen: Scene, counts: Floats, at: int, target: float) -> float:
    """The most, in steps up to the target, that every row allows with what all others may draw; 0 where not even the minimum."""
    place = seen.site.places[at]
    if fits(seen, counts, at, target):
        return target
    low, high = 0, int(np.floor(target / place.step_a + TOLERANCE))
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if fits(seen, counts, at, middle * place.step_a) else (low, middle - 1)
    amps = low * place.step_a
    return amps if amps >= place.min_a and fits(seen, counts, at, amps) else 0.0

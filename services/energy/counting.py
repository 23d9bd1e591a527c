"""Counting: what each EVSE may draw at most by all that is known, and what it was told last. PURE.

What it may draw by itself (its fallback) always counts, also while it is told less. So nothing that happens without us makes the sum
greater, be it that a station is lost, a lease ends, a session ends or the next car comes. Only what we tell does: it is weighed before.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from schemas.states.energy import EvseState, Told
from services.energy.sites import Place

SKEW = timedelta(seconds=60)
"""A station's clock may be so much off: a lease counts so much longer, and what comes after it so much earlier."""

GRACE = timedelta(seconds=60)
"""So long after a site is known its EVSEs without a session count with the fallback that they are being given."""


def by_itself(evse: EvseState, place: Place, fallback: float, since: datetime, at: datetime) -> float:
    """What the EVSE may draw without a limit for its transaction: the greatest of the defaults that it has or may have.

    Of one that never accepted any, what the tree says, else all that it can; but `fallback` in the first seconds without a session.
    """
    told = [each for each in (evse.fallback_a, evse.fallback_maybe_a) if each is not None]
    if evse.fallback_sent is not None:
        told.append(evse.fallback_sent.amps)
    if evse.fallback_a is None:
        said = place.outlet.fallback_a
        if said is not None:
            told.append(float(said))
        elif at < since + GRACE and not evse.transaction_id:
            told.append(fallback)
        else:
            told.append(place.max_a)
    return max(told)


def counted(evse: EvseState, own: float, at: datetime) -> float:
    """What the EVSE may draw at most. `own`: what it may by itself."""
    greatest = own
    for told in _possible(evse):
        if at < told.until + SKEW:
            greatest = max(greatest, told.amps)
        if at >= told.until - SKEW:
            greatest = max(greatest, told.after_a)
    if evse.falling_until is not None and at < evse.falling_until:
        greatest = max(greatest, evse.falling_a)
    return max(greatest, evse.drawn_a)


def _possible(evse: EvseState) -> Iterator[Told]:
    yield from (each for each in (evse.told, evse.sent, evse.maybe) if each is not None)


def allowed(evse: EvseState, own: float, at: datetime) -> float:
    """What the EVSE goes by as far as it has said: the limit of its transaction, or what it may draw by itself."""
    if evse.told is None:
        return own
    return evse.told.amps if at < evse.told.until else evse.told.after_a


def last_told(evse: EvseState, own: float, at: datetime) -> float:
    """What the EVSE goes by once it accepts what is on its way."""
    return evse.sent.amps if evse.sent is not None else allowed(evse, own, at)

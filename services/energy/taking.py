"""Taking: a car that takes less than it may gives the rest away, and gets it back as soon as it draws what it has. PURE."""

from datetime import datetime, timedelta
from math import ceil

from msgspec.structs import replace

from schemas.states.energy import EvseState
from services.energy.observing import draws
from services.energy.sites import Place, Site

BELOW_FOR = timedelta(seconds=20)
"""So long a car takes less before the rest is given away."""

STARTS_WITHIN = timedelta(seconds=60)
"""A car that was given something takes so long to draw it; and so long its first phase of charging is waited for."""

MARGIN_A, MARGIN_SHARE = 2.0, 0.1
CLOSE_A = 1.0


def taking(evse: EvseState, place: Place, site: Site, allowed: float, at: datetime) -> EvseState:
    """The EVSE with the ceiling that its car has by what it draws. `allowed`: what it may draw."""
    drawn, read_at = draws(evse, place, float(site.tree.voltage)), evse.read_at
    if (drawn is None or read_at is None) and evse.charging_state == "SuspendedEV":
        drawn, read_at = 0.0, at
    if not evse.transaction_id or drawn is None or read_at is None:
        return _open(evse)
    if evse.ceiling_a is not None:
        lower = _ceiling(drawn, place) if _has_started(evse, read_at) else None
        return _kept(evse, evse.ceiling_a, drawn, allowed, lower=lower)
    if allowed < place.min_a or drawn >= allowed - _margin(allowed):
        return _open(evse)
    if not _has_started(evse, read_at):
        return evse
    if evse.below_since is None:
        return replace(evse, below_since=read_at)
    return replace(evse, ceiling_a=_ceiling(drawn, place)) if read_at >= evse.below_since + BELOW_FOR else evse


def _kept(evse: EvseState, ceiling: float, drawn: float, allowed: float, *, lower: float | None) -> EvseState:
    """With its ceiling, a lower one, or none."""
    if drawn >= ceiling - CLOSE_A and ceiling <= allowed + CLOSE_A:
        return _open(evse)
    return evse if lower is None or lower >= ceiling - CLOSE_A else replace(evse, ceiling_a=lower)


def _open(evse: EvseState) -> EvseState:
    """Without a ceiling."""
    if evse.ceiling_a is None and evse.below_since is None:
        return evse
    return replace(evse, ceiling_a=None, below_since=None)


def _has_started(evse: EvseState, read_at: datetime) -> bool:
    """Whether its car had had time to draw what it was given last when it was read."""
    since = max((each for each in (evse.told_at, evse.began_at) if each is not None), default=read_at)
    return read_at >= since + STARTS_WITHIN


def _margin(amps: float) -> float:
    return max(MARGIN_A, MARGIN_SHARE * amps)


def _ceiling(drawn: float, place: Place) -> float:
    """What it draws and some room, in whole steps; never below the least that a car takes."""
    return max(place.min_a, ceil((drawn + _margin(drawn)) / place.step_a - 1e-9) * place.step_a)

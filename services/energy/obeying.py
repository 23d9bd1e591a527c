"""Obeying: an EVSE that draws more than it may is told again, then counted at what it draws, then a person is told. PURE."""

from datetime import datetime, timedelta

from msgspec.structs import replace

from schemas.states.energy import EvseState

TOLERANCE_A, TOLERANCE_SHARE = 1.0, 0.05
PATIENCE = timedelta(seconds=5)
"""A reading counts against an EVSE only so long after the time in which stations obey: it may be the mean of some seconds."""

BETWEEN = timedelta(seconds=10)
"""Between two strikes: it is given the time to obey what it was told again."""

COUNTED_AFTER, ALERTED_AFTER = 2, 3
"""Strikes in a row: from the second on it counts with what it draws, from the third on a person is told."""


def obeying(evse: EvseState, drawn: float | None, allowed: float, latency: timedelta, at: datetime) -> EvseState:
    """The EVSE after a reading that came at a time of ours. `allowed`: what it may draw at most by what it accepted."""
    if drawn is None or evse.sent is not None or evse.fallback_sent is not None:
        return evse
    if drawn <= allowed + max(TOLERANCE_A, TOLERANCE_SHARE * allowed):
        return evse if not evse.strikes else replace(evse, strikes=0, strike_at=None, drawn_a=0.0)
    if evse.told_at is not None and at < evse.told_at + latency + PATIENCE:
        return evse
    if evse.strike_at is not None and at < evse.strike_at + BETWEEN:
        return replace(evse, drawn_a=max(evse.drawn_a, drawn)) if evse.drawn_a else evse
    strikes = evse.strikes + 1
    counts = strikes >= COUNTED_AFTER
    return replace(evse, strikes=strikes, strike_at=at, again=True, drawn_a=drawn if counts else 0.0)

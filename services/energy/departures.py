"""Until when cars stay: departures that are known, and those that are expected by the stays that a site has seen. PURE."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from services.energy.phasors import Floats

NEAR_MINUTES = 120
FEWEST_STAYS = 5


class Stay(NamedTuple):
    """A session that has ended: when in the day it began (minutes, local time), and how long it stayed."""

    began_minute: float
    stayed_s: float


def known(departure_s: float, lengths_s: Floats) -> Floats:
    """Whether a car that leaves in so many seconds is there in each step, to its end."""
    return (np.cumsum(lengths_s) <= departure_s + 1).astype(np.float64)


def expected(stays: Sequence[Stay], began_minute: float, been_s: float, lengths_s: Floats) -> Floats:
    """The probability that a car which came at this time of day, and has been here for so long, is there until the middle of each step.

    By the stays of those that came within two hours of that time of day and stayed longer than that; where these are few, of all that did;
    where there are none, as if it left within any time as long as it has been here (at least an hour) with probability one half.
    """
    middles = np.cumsum(lengths_s) - lengths_s / 2
    longer = [stay for stay in stays if stay.stayed_s > been_s]
    near = [stay for stay in longer if _apart(stay.began_minute, began_minute) <= NEAR_MINUTES]
    used = near if len(near) >= FEWEST_STAYS else longer
    if not used:
        return np.asarray(0.5 ** (middles / max(been_s, 3600.0)))
    left = np.sort(np.array([stay.stayed_s for stay in used]) - been_s)
    return np.asarray(1.0 - np.searchsorted(left, middles, side="right") / len(left))


def _apart(one: float, other: float) -> float:
    apart = abs(one - other) % 1440
    return min(apart, 1440 - apart)

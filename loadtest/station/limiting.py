"""Limiting: what the charging profiles of a simulated station let its EVSEs draw, some time after it has accepted them."""

from collections import deque
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from random import Random

import msgspec

from loadtest.ocpp.intents import KeepProfile
from loadtest.ocpp.messages import Transaction
from loadtest.ocpp.schedules import Allowed, Place, allowed

LEAST_A = 6.0
"""Below this an AC outlet lets nothing flow (IEC 61851)."""


class Obedience(msgspec.Struct, frozen=True, kw_only=True):
    """How a station obeys: within so many seconds, or, where it `ignores` profiles, not at all though it accepts them."""

    least_s: float = 0.0
    most_s: float = 0.0
    ignores: bool = False


class Limiting:
    """The profiles that a station obeys by now. They hold while it is offline too. `phases`: those of its outlets (0: DC)."""

    def __init__(self, phases: Sequence[int], obedience: Obedience, random: Random) -> None:
        self._phases = phases
        self._obedience = obedience
        self._random = random
        self._obeyed: tuple[KeepProfile, ...] = ()
        self._coming: deque[tuple[datetime, tuple[KeepProfile, ...]]] = deque()
        self._known: dict[int, tuple[Place, datetime, Allowed]] = {}

    def take(self, profiles: Iterable[KeepProfile], at: datetime) -> None:
        """The station has these profiles now; it obeys them a moment later, each change after those before."""
        delay_s = self._random.uniform(self._obedience.least_s, self._obedience.most_s) if self._obedience.most_s else 0
        due = at + timedelta(seconds=delay_s)
        if self._coming:
            due = max(due, self._coming[-1][0])
        self._coming.append((due, tuple(profiles)))

    def amps(self, evse: int, transaction: Transaction | None, at: datetime) -> float | None:
        """What an EVSE may draw in each phase; None: no profile limits it."""
        if self._obedience.ignores:
            return None
        while self._coming and self._coming[0][0] <= at:
            self._obeyed = self._coming.popleft()[1]
            self._known.clear()
        number, served_at = (None, None) if transaction is None else (transaction.transaction_id, transaction.served_at)
        place = Place(evse, len(self._phases), self._phases[evse - 1], number, served_at)
        known = self._known.get(place.evse)
        if known is not None and known[0] == place and known[1] <= at and not _over(known[2], at):
            return known[2].amps
        found = allowed(self._obeyed, place, at)
        self._known[place.evse] = (place, at, found)
        return found.amps


def _over(found: Allowed, at: datetime) -> bool:
    return found.until is not None and at >= found.until

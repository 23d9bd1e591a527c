"""Shares: what the stations of a tenant may send through this gateway, and which of them is read next. PURE.

A tenant's quota of messages is for all its stations together. This gateway lets through the share of those that are connected here among
those that are provisioned, so all gateways together keep to the quota without asking each other. A station beyond it is read later, in
turn with its tenant's others; nothing is refused or lost, and no other tenant's station waits.
"""

from collections import deque
from collections.abc import Callable
from typing import Protocol

LOOKED_EACH_S = 1.0
"""Connections that wait are looked at so often at least: their tenant's quota may have changed."""

BURST_S = 2.0
"""A tenant that was quiet may send as much at once as it may in so long."""


class Tenants(Protocol):
    """Whose the stations are, and how much each tenant may send: `gateway.tenants.Tenants`."""

    edition: int

    def of(self, station: str) -> str:
        """The tenant of a station."""

    def stations(self, tenant: str) -> int:
        """How many stations of the tenant are provisioned."""

    def messages_per_s(self, tenant: str) -> float | None:
        """How much the stations of the tenant may send, together; None: as much as there is."""


class Share:
    """Of one tenant. `left`: messages that may be read now; `waiting`: connections that are read in turn."""

    __slots__ = ("armed", "at", "connected", "left", "tenant", "waiting")

    def __init__(self, tenant: str, now: float) -> None:
        self.tenant = tenant
        self.connected = 0
        self.left = 1.0
        self.at = now
        self.waiting: deque[Sender] = deque()
        self.armed = False


class Sender:
    """A connection. `wake` is called when it may be read again."""

    __slots__ = ("_edition", "_granted", "_limited", "_share", "_shares", "_station", "_waits", "_wake")

    def __init__(self, shares: "Shares", station: str, wake: Callable[[], None]) -> None:
        self._shares = shares
        self._station = station
        self._wake = wake
        self._share = shares.join(station)
        self._edition = -1
        self._limited = self._granted = self._waits = False

    @property
    def waits(self) -> bool:
        """Whether it waits for its turn."""
        return self._waits

    def must_wait(self) -> bool:
        """Whether its next message is read later; then it is woken for it."""
        if self._edition != self._shares.edition:
            self._resolve()
        if not self._limited or self._granted:
            return False
        if not self._waits:
            if not self._share.waiting and self._shares.left(self._share) >= 1:
                return False
            self._waits = True
            self._shares.wait(self._share, self)
        return True

    def take(self) -> None:
        """A message of it is read."""
        if self._granted:
            self._granted = False
        elif self._limited:
            self._share.left -= 1

    def grant(self) -> None:
        """It may send one message."""
        self._waits, self._granted = False, True
        self._wake()

    def leave(self) -> None:
        """The connection is over: what it was granted is others'."""
        self._give_back()
        self._shares.leave(self._share)

    def _give_back(self) -> None:
        if self._waits:
            self._share.waiting.remove(self)
        if self._granted:
            self._share.left += 1
        self._waits = self._granted = False

    def _resolve(self) -> None:
        """Its tenant, or a quota, may have changed."""
        self._edition = self._shares.edition
        self._limited = self._shares.is_limited(self._station)
        if not self._shares.is_of(self._share, self._station):
            self._give_back()
            self._shares.leave(self._share)
            self._share = self._shares.join(self._station)


class Shares:
    """The shares of all tenants with connections here. `at` calls back at a time of `clock`, or later."""

    def __init__(
        self, tenants: Tenants, *, at: Callable[[float, Callable[[], None]], None], clock: Callable[[], float]
    ) -> None:
        self._tenants = tenants
        self._at = at
        self._clock = clock
        self._shares: dict[str, Share] = {}

    @property
    def edition(self) -> int:
        """Changes where a station may have changed hands, and with the quotas."""
        return self._tenants.edition

    def sender(self, station: str, wake: Callable[[], None]) -> Sender:
        """A connection of the station begins."""
        return Sender(self, station, wake)

    def join(self, station: str) -> Share:
        """The share of a station's tenant, with one connection more."""
        tenant = self._tenants.of(station)
        share = self._shares.get(tenant)
        if share is None:
            share = self._shares[tenant] = Share(tenant, self._clock())
        share.connected += 1
        return share

    def leave(self, share: Share) -> None:
        """One connection fewer."""
        share.connected -= 1
        if not share.connected:
            del self._shares[share.tenant]

    def is_limited(self, station: str) -> bool:
        """Whether the station's tenant has a quota of messages."""
        return self._tenants.messages_per_s(self._tenants.of(station)) is not None

    def is_of(self, share: Share, station: str) -> bool:
        """Whether this is the share of the station's tenant."""
        return share.tenant == self._tenants.of(station)

    def per_s(self, share: Share) -> float:
        """How many messages of the tenant are read here in a second."""
        quota = self._tenants.messages_per_s(share.tenant)
        if quota is None:
            return float("inf")
        return quota * share.connected / max(self._tenants.stations(share.tenant), share.connected, 1)

    def left(self, share: Share) -> float:
        """How many messages may be read now; the time that has passed is counted in."""
        now, per_s = self._clock(), self.per_s(share)
        filled = share.left + (now - share.at) * per_s if now > share.at else share.left
        share.left, share.at = min(max(1.0, per_s * BURST_S), filled), now
        return share.left

    def wait(self, share: Share, sender: Sender) -> None:
        """A connection is read in turn with its tenant's others."""
        share.waiting.append(sender)
        self._arm(share)

    def _arm(self, share: Share) -> None:
        if share.waiting and not share.armed:
            share.armed = True
            wait_s = min(LOOKED_EACH_S, max(0.0, 1.0 - share.left) / self.per_s(share))
            self._at(self._clock() + wait_s, lambda: self._give(share))

    def _give(self, share: Share) -> None:
        share.armed = False
        self.left(share)
        while share.waiting and share.left >= 1:
            share.left -= 1
            share.waiting.popleft().grant()  # which may read more than the one message, and take that off what is left
        self._arm(share)

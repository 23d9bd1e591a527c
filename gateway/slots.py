"""Slots: counts the handshakes in progress, in all and of each address. PURE."""

from collections.abc import Callable


class Slot:
    """A handshake in progress, until it is released."""

    __slots__ = ("_slots", "address")

    def __init__(self, slots: "Slots", address: str) -> None:
        self._slots: Slots | None = slots
        self.address = address

    def release(self) -> None:
        """The handshake is over; a second time it does nothing."""
        slots, self._slots = self._slots, None
        if slots is not None:
            slots.free(self.address)


class Slots:
    """All handshakes in progress. An empty address is not counted on its own. `freed` is called after each end."""

    def __init__(self, freed: Callable[[], None]) -> None:
        self._freed = freed
        self._of: dict[str, int] = {}
        self.taken = 0

    def take(self, address: str) -> Slot:
        """One more of the address."""
        self.taken += 1
        self._count(address, 1)
        return Slot(self, address)

    def move(self, slot: Slot, address: str) -> None:
        """The handshake turns out to be of another address."""
        self._count(slot.address, -1)
        slot.address = address
        self._count(address, 1)

    def of(self, address: str) -> int:
        """Handshakes in progress of the address."""
        return self._of.get(address, 0)

    def free(self, address: str) -> None:
        """One of the address is over."""
        self.taken -= 1
        self._count(address, -1)
        self._freed()

    def _count(self, address: str, change: int) -> None:
        if not address:
            return
        count = self._of.get(address, 0) + change
        if count:
            self._of[address] = count
        else:
            del self._of[address]

    def __len__(self) -> int:
        """The number of addresses kept."""
        return len(self._of)

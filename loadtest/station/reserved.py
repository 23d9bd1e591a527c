"""Reservations of a simulated station: an EVSE is kept for a token until the time is over, the token comes, or the CSMS cancels."""

from collections.abc import Callable, Coroutine
from typing import Any, Protocol

from loadtest.ocpp.intents import CancelReservation, Reserve
from loadtest.station.clock import Clock


class Host(Protocol):
    """What reservations need of their station."""

    clock: Clock

    def wake(self, evse: int) -> None: ...
    def tell_reservation_expired(self, reservation_id: int) -> None: ...


class Reservations:
    """The reservations of one station, by their numbers; one EVSE has one at most."""

    def __init__(self, host: Host, begin: Callable[[Coroutine[Any, Any, None]], object]) -> None:
        self.kept: dict[int, Reserve] = {}
        self._host = host
        self._begin = begin

    def of(self, evse: int) -> Reserve | None:
        """The reservation of an EVSE."""
        return next((one for one in self.kept.values() if one.evse == evse), None)

    def obey(self, intent: Reserve | CancelReservation) -> None:
        """Keep an EVSE, or give one up."""
        if isinstance(intent, Reserve):
            self._reserve(intent)
        else:
            self._end(intent.reservation_id)

    def _reserve(self, wanted: Reserve) -> None:
        """A reservation of the same number is replaced (H01.FR.02; 1.6, 5.13)."""
        before = self.kept.pop(wanted.reservation_id, None)
        self.kept[wanted.reservation_id] = wanted
        self._begin(self._expire(wanted))
        for evse in {wanted.evse, wanted.evse if before is None else before.evse}:
            self._host.wake(evse)

    def use(self, evse: int, token: str) -> int | None:
        """The number of the reservation that a driver uses up; None where the EVSE is not reserved."""
        one = self.of(evse)
        if one is None or one.token != token:
            return None
        self._end(one.reservation_id)
        return one.reservation_id

    async def _expire(self, one: Reserve) -> None:
        await self._host.clock.wait((one.expires_at - self._host.clock.now()).total_seconds())
        if self.kept.get(one.reservation_id) is one:
            self._end(one.reservation_id)
            self._host.tell_reservation_expired(one.reservation_id)

    def _end(self, reservation_id: int) -> None:
        ended = self.kept.pop(reservation_id, None)
        if ended is not None:
            self._host.wake(ended.evse)

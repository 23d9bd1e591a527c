"""A fake of the reads of reservations, in memory."""

from services.api.history.fakes import FakeHistory
from services.api.reservations.rows import ALL_RESERVATIONS, Reservation, ReservationFilter
from services.api.web.paging import Page


class FakeReservations(FakeHistory):
    """Reservations."""

    def __init__(self) -> None:
        super().__init__()
        self.reservation_rows: dict[str, Reservation] = {}

    async def reservations(
        self, where: ReservationFilter = ALL_RESERVATIONS, *, cursor: str | None = None, limit: int = 50
    ) -> Page[Reservation]:
        """Every reservation, whatever the filter."""
        self._ask("reservations", where, cursor, limit, cursor=cursor)
        return Page(tuple(self.reservation_rows.values())[:limit])

    async def reservation(self, reservation: str) -> Reservation | None:
        """The reservation's row."""
        self._ask("reservation", reservation)
        return self.reservation_rows.get(reservation)

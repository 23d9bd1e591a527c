"""A fake of the reads of payments, in memory."""

from services.api.history.fakes import FakeHistory
from services.api.payments.rows import ALL_PAYMENTS, Payment, PaymentFilter
from services.api.web.paging import Page


class FakePayments(FakeHistory):
    """Payments."""

    def __init__(self) -> None:
        super().__init__()
        self.payment_rows: dict[str, Payment] = {}

    async def payments(
        self, where: PaymentFilter = ALL_PAYMENTS, *, cursor: str | None = None, limit: int = 50
    ) -> Page[Payment]:
        """Every payment, or those of a session."""
        self._ask("payments", where, cursor, limit, cursor=cursor)
        rows = (row for row in self.payment_rows.values() if where.session in (None, row.session))
        return Page(tuple(rows)[:limit])

    async def payment(self, payment: str) -> Payment | None:
        """The payment's row."""
        self._ask("payment", payment)
        return self.payment_rows.get(payment)

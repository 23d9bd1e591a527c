"""A fake of the reads of requests for ISO 15118, in memory."""

from services.api.history.fakes import FakeHistory
from services.api.iso15118.rows import ALL_REQUESTS, Iso15118Request, RequestFilter
from services.api.web.paging import Page


class FakeIso15118(FakeHistory):
    """Requests for ISO 15118."""

    def __init__(self) -> None:
        super().__init__()
        self.iso15118_rows: dict[str, Iso15118Request] = {}

    async def iso15118_requests(
        self, where: RequestFilter = ALL_REQUESTS, *, cursor: str | None = None, limit: int = 50
    ) -> Page[Iso15118Request]:
        """Every request, whatever the filter."""
        self._ask("iso15118_requests", where, cursor, limit, cursor=cursor)
        return Page(tuple(self.iso15118_rows.values())[:limit])

    async def iso15118_request(self, request: str) -> Iso15118Request | None:
        """The request's row."""
        self._ask("iso15118_request", request)
        return self.iso15118_rows.get(request)

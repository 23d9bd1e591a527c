"""A fake of the reads of certificates that stations asked for, in memory."""

import datetime as dt

from services.api.history.fakes import FakeHistory
from services.api.signing.rows import ALL_ISSUED, Expiring, IssuedCertificate, IssuedFilter
from services.api.web.paging import Page


class FakeSigning(FakeHistory):
    """Certificates that stations asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.issued_rows: dict[str, IssuedCertificate] = {}
        self.expiring = Expiring(in_use=0, within_7_days=0, within_30_days=0)

    async def issued_certificates(
        self, where: IssuedFilter = ALL_ISSUED, *, cursor: str | None = None, limit: int = 50
    ) -> Page[IssuedCertificate]:
        """Every certificate, whatever the filter."""
        self._ask("issued_certificates", where, cursor, limit, cursor=cursor)
        return Page(tuple(self.issued_rows.values())[:limit])

    async def issued_certificate(self, certificate: str) -> IssuedCertificate | None:
        """The certificate's row."""
        self._ask("issued_certificate", certificate)
        return self.issued_rows.get(certificate)

    async def expiring_certificates(self, now: dt.datetime) -> Expiring:
        """As it was set."""
        self._ask("expiring_certificates", now)
        return self.expiring

"""A fake of the reads of certificates, in memory."""

from services.api.certificates.rows import ALL_CERTIFICATES, Certificate, CertificateFilter
from services.api.history.fakes import FakeHistory
from services.api.web.paging import Page


class FakeCertificates(FakeHistory):
    """Certificates."""

    def __init__(self) -> None:
        super().__init__()
        self.certificate_rows: dict[str, Certificate] = {}

    async def certificates(
        self, where: CertificateFilter = ALL_CERTIFICATES, *, cursor: str | None = None, limit: int = 50
    ) -> Page[Certificate]:
        """Every certificate, whatever the filter."""
        self._ask("certificates", where, cursor, limit, cursor=cursor)
        return Page(tuple(self.certificate_rows.values())[:limit])

    async def certificate(self, certificate: str) -> Certificate | None:
        """The certificate's row."""
        self._ask("certificate", certificate)
        return self.certificate_rows.get(certificate)

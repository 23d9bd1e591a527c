"""Certificates in ClickHouse: times that a column cannot hold are its first and last."""

import datetime as dt

from schemas.certificates import CertificateChanged
from services.metering.nouns.certificates import NOUN
from tests.services.api.builders import a_certificate


def test_a_certificate_may_be_valid_from_and_until_any_time() -> None:
    (table,) = NOUN.tables
    record = a_certificate(
        valid_from=dt.datetime(1950, 1, 1, tzinfo=dt.UTC), expires_at=dt.datetime(9999, 12, 31, tzinfo=dt.UTC)
    )
    row = dict(zip(table.columns, (column[0] for column in table.fills[CertificateChanged]([record])), strict=True))

    assert (row["valid_from"], row["serial_number"]) == (0, "1f")
    assert 0 < row["expires_at"] < 2**63

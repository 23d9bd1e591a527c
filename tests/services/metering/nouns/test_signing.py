"""A certificate that a station asked for is one row, whatever its authority says of its end."""

import datetime as dt

from services.metering.core import columns_of
from tests.services.api.signing.given import an_issued


def test_a_request_without_a_use_has_none_and_an_end_beyond_the_column_is_its_last() -> None:
    far = dt.datetime(9999, 1, 1, tzinfo=dt.UTC)
    (columns,) = columns_of(type(an_issued()), [an_issued(use=None, expires_at=far, valid_from=None)])

    assert columns.table == "issued_certificates"
    (row,) = columns.rows
    assert row[2] == ""
    assert None in row
    assert dt.datetime.fromtimestamp(max(cell for cell in row if isinstance(cell, int)) / 1e6, dt.UTC).year == 2105

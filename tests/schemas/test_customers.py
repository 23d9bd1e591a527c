"""A part of customer information carries one text."""

import datetime as dt

from schemas.customers import CustomerInformationReported

NOON = dt.datetime(2026, 6, 1, 12, tzinfo=dt.UTC)


def test_a_part_carries_one_text() -> None:
    part = CustomerInformationReported(id="1", station="S", request_id=1, seq_no=0, data="Jane", received_at=NOON)

    assert part.size == 1

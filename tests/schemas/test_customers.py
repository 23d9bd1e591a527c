"""A part of customer information carries one text; a customer is named whole."""

import datetime as dt

from schemas.customers import CustomerInformation, CustomerInformationReported

NOON = dt.datetime(2026, 6, 1, 12, tzinfo=dt.UTC)


def test_a_part_carries_one_text() -> None:
    part = CustomerInformationReported(id="1", station="S", request_id=1, seq_no=0, data="Jane", received_at=NOON)

    assert part.size == 1


def test_a_type_without_its_token_is_refused_by_name() -> None:
    (fault,) = CustomerInformation(customer_identifier="Jane", token_type="eMAID").faults()

    assert fault.member == "token_type"
    assert list(CustomerInformation(token="DE-1", token_type="eMAID").faults()) == []

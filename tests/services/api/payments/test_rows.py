"""A payment as the API gives it is the record of it."""

from services.api.payments.rows import Payment, payment_row_of
from tests.services.api.builders import a_payment


def test_the_row_has_every_member_of_the_record_but_its_identity() -> None:
    record = a_payment()
    row = payment_row_of(record)

    assert {name: getattr(row, name) for name in Payment.__struct_fields__} == {
        name: getattr(record, name) for name in Payment.__struct_fields__
    }
    assert set(record.__struct_fields__) - set(Payment.__struct_fields__) == {"id", "revision"}

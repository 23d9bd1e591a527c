"""A reservation as the API gives it is the record of it, without what only Kafka needs."""

import msgspec

from services.api.reservations.rows import Reservation, reservation_of
from tests.services.api.builders import a_reservation


def test_the_row_is_the_record() -> None:
    record = a_reservation(detail="Occupied", status="refused")
    row = reservation_of(record)

    assert {name: getattr(record, name) for name in Reservation.__struct_fields__} == msgspec.structs.asdict(row)
    assert set(record.__struct_fields__) - set(Reservation.__struct_fields__) == {"id", "revision"}

"""A swap as the API gives it is the record of it."""

from services.api.batteries.rows import Swap, swap_of
from tests.services.api.builders import a_battery_swap


def test_the_row_is_the_record() -> None:
    record = a_battery_swap()
    row = swap_of(record)

    assert (row.swap, row.status, row.inserted, row.taken) == ("w1", "swapped", record.inserted, record.taken)
    assert set(record.__struct_fields__) - set(Swap.__struct_fields__) == {"id", "revision"}

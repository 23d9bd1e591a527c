"""A control as the API gives it is the record of it, with its content spread out."""

from services.api.der.rows import Control, control_of
from tests.services.api.builders import a_der_control


def test_the_row_is_the_record_with_the_members_of_its_control() -> None:
    record = a_der_control({"is_superseded": True})
    row = control_of(record)

    assert (row.control_id, row.control_type, row.is_default, row.is_superseded) == ("a", "FreqWatt", True, True)
    assert (row.priority, row.starts_at, row.duration_s, row.settings) == (1, None, None, record.control.settings)
    assert set(record.__struct_fields__) - set(Control.__struct_fields__) == {"id", "revision", "control"}

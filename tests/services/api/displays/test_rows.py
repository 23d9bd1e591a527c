"""A display message as the API gives it is the record of it, with its content spread out."""

from schemas.displays import DisplayMessage, Translation
from services.api.displays.rows import Message, message_of
from tests.services.api.builders import a_display_message


def test_the_row_is_the_record_with_the_members_of_its_content() -> None:
    record = a_display_message({"translations": (Translation(text="Hallo", language="de"),), "evse": 2})
    row = message_of(record)

    assert {name: getattr(row, name) for name in DisplayMessage.__struct_fields__} == {
        name: getattr(record.content, name) for name in DisplayMessage.__struct_fields__
    }
    assert (row.display_message, row.status, row.requested_by) == ("m1", "accepted", "operator")
    assert set(record.__struct_fields__) - set(Message.__struct_fields__) == {"id", "revision", "content"}

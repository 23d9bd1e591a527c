"""DER control in ClickHouse: what makes two rows one."""

from services.metering.nouns.der import NOUN


def test_alarms_and_turns_that_say_the_same_are_one_whatever_their_record() -> None:
    keys = {table.name: table.key for table in NOUN.tables}

    assert keys["der_alarms"] == ("station", "at", "control_type", "fault", "ended")
    assert keys["der_turns"] == ("station", "at", "control_id", "started")
    assert keys["der_controls"] == ("station", "der_control")

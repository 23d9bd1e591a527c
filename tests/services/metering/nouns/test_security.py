"""Security events in ClickHouse: what makes two rows one."""

from services.metering.nouns.security import NOUN


def test_rows_that_say_the_same_are_one_whatever_their_record() -> None:
    (table,) = NOUN.tables

    assert table.key == ("station", "at", "type", "tech_info")
    assert "id" not in table.key

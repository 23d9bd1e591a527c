"""Reports in ClickHouse: the content of a part is what is its own."""

import msgspec

from schemas.topics import PARTED
from services.metering.declared import FILLS
from services.metering.nouns.reports import PARTS, content_of
from tests.services.reports.records import part


def test_the_content_of_a_part_is_what_other_parts_do_not_have() -> None:
    assert msgspec.json.decode(content_of(part(letters="xyz"))) == {"letters": "xyz"}


def test_every_record_that_is_a_part_fills_the_table_of_parts() -> None:
    for kind in PARTS:
        assert "report_parts" in {table for table, _ in FILLS[kind]}
    assert {topic for topic in PARTED if not set(PARTS) & set(topic.records)} == set()

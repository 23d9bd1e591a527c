"""The pages of the data contract are rendered from the catalogue."""

from collections.abc import Mapping
from functools import cache

from schemas.pages import all_records, file_name, pages, tag
from schemas.topics import CATALOGUE


@cache
def shown() -> Mapping[str, str]:
    return pages()


def test_every_topic_and_every_record_has_its_page() -> None:
    assert {f"topics/{file_name(topic)}.md" for topic in CATALOGUE} <= set(shown())
    assert {f"records/{tag(record)}.schema.json" for record in all_records()} <= set(shown())


def test_the_page_of_a_topic_names_who_writes_and_reads_it() -> None:
    page = shown()["topics/csms.ref.tokens.md"]

    assert "Written by: provisioning. Read by: " in page
    assert "authorization" in page
    assert "compacted" in page

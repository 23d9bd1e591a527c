"""Every record and state has an example, made from its types."""

import pytest

from schemas.base import Record
from schemas.codec import Decoder, encode
from schemas.examples import example
from schemas.pages import all_records
from schemas.topics import CATALOGUE


@pytest.mark.parametrize("record", all_records())
def test_the_example_of_a_record_is_valid_and_the_same_each_time(record: type[Record]) -> None:
    topic = next(topic for topic in CATALOGUE if record in topic.records)

    assert Decoder(topic).decode(encode(example(record))) == example(record)

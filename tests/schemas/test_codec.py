"""Records are encoded and decoded by the topic that they are on."""

import pytest

from schemas.authorization import AUTHORIZATIONS, REF_TOKENS, TokenRemoved
from schemas.codec import Decoder, UnknownRecord, encode
from schemas.examples import example


def test_a_record_is_the_same_after_encoding_and_decoding() -> None:
    record = example(TokenRemoved)

    assert Decoder(REF_TOKENS).decode(encode(record)) == record


def test_a_record_of_another_topic_is_unknown() -> None:
    with pytest.raises(UnknownRecord):
        Decoder(AUTHORIZATIONS).decode(encode(example(TokenRemoved)))


@pytest.mark.parametrize("value", [b"", b"no JSON", b"\xff", b"[]"])
def test_bytes_that_are_no_record_are_unknown(value: bytes) -> None:
    with pytest.raises(UnknownRecord):
        Decoder(REF_TOKENS).decode(value)

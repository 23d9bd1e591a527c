"""Tokens: compared without case, and without what readers put around them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.authorization import token_key


@pytest.mark.parametrize(
    "value", ["04A1", "04a1", " 04a1\t", "04a1\x00\x00", "\x0204A1\x03\r\n", "\u300004a1\u3000\x00"]
)
def test_a_token_is_the_same_without_case_and_what_stands_around_it(value: str) -> None:
    assert token_key(value) == "04A1"


@pytest.mark.parametrize("value", ["04 A1", "04\x00A1", "04A1-", "04Á1"])
def test_what_stands_within_a_token_is_part_of_it(value: str) -> None:
    assert token_key(value) != "04A1"


@given(value=st.text(max_size=20))
def test_the_key_of_a_key_is_itself(value: str) -> None:
    key = token_key(value)

    assert token_key(key) == key

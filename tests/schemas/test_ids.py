"""Station ids: which are valid, and which are the same station."""

import pytest

from schemas.ids import folded, is_station_id


@pytest.mark.parametrize("text", ["DE-BER-0001", "a", "x" * 48, "*_=:+|@.", "..a"])
def test_an_identifier_string_is_a_station_id(text: str) -> None:
    assert is_station_id(text)


@pytest.mark.parametrize("text", ["", "x" * 49, "..", ".", "a b", "a/b", "ä", "a\n", "a\x00"])
def test_other_texts_are_none(text: str) -> None:
    assert not is_station_id(text)


def test_ids_that_differ_in_case_are_one_station() -> None:
    assert folded("DE-Ber-1") == folded("de-BER-1")

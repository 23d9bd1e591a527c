"""What is expected is a part of what must be there; names stand for values."""

import datetime as dt
from typing import Any

import pytest

from tests.conformance.conversations.matching import Names, at_path, mismatches


@pytest.mark.parametrize(
    ("expected", "got"),
    [
        ({"a": 1}, {"a": 1, "b": 2}),
        ({"a": "<any>"}, {"a": None}),
        ({"a": "<absent>"}, {"a": None}),
        ({"a": "<absent>"}, {}),
        ({"a": "x|y"}, {"a": "y"}),
        ({"a": "1500"}, {"a": "1500.0000"}),
        ([{"a": 1}], [{"a": 1, "b": 2}]),
        (["<contains>", {"a": 2}], [{"a": 1}, {"a": 2}]),
        (1.0, 1),
    ],
)
def test_what_is_there_matches(expected: Any, got: Any) -> None:
    assert list(mismatches(expected, got)) == []


@pytest.mark.parametrize(
    ("expected", "got", "sentence"),
    [
        ({"a": {"b": 1}}, {"a": {"b": 2}}, "a.b is 2, not 1"),
        ({"a": 1}, {}, "a is missing: {}"),
        ({"a": 1}, [], "it is [], not {'a': 1}"),
        ({"a": "<absent>"}, {"a": 1}, "a is 1, and should not be there"),
        ({"a": "x|y"}, {"a": "z"}, "a is 'z', not one of x|y"),
        ([1], [1, 2], "it is [1, 2], not [1]"),
        (["<contains>", 3], [1], "it has no 3: [1]"),
        (True, 1, "it is 1, not True"),
    ],
)
def test_what_is_not_there_is_a_sentence(expected: Any, got: Any, sentence: str) -> None:
    assert list(mismatches(expected, got)) == [sentence]


def test_names_are_values_moments_and_counters() -> None:
    ids = iter("ab")
    names = Names({"tx": 7}, now=lambda: dt.datetime(2026, 6, 1, 12, tzinfo=dt.UTC), new=lambda: next(ids))

    filled = names.filled({"a": ["$tx", "=$tx", "id-$tx", "$now+60", "$now-1"], "b": ["$seq", "$seq", "$new", "$seq"]})

    moments = ["2026-06-01T12:01:00.000Z", "2026-06-01T11:59:59.000Z"]
    assert filled == {"a": [7, "7", "id-7", *moments], "b": [0, 1, "a", 0]}
    with pytest.raises(KeyError):
        names.filled("$unknown")


def test_a_value_is_found_by_its_path() -> None:
    assert at_path({"a": [{"b": 1}]}, "a.0.b") == 1

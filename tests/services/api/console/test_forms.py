"""Forms: what a person typed becomes what the API takes, or the field is named that cannot be used."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from services.api.console import forms
from services.api.console.forms import body, meant, moment, pairs, whole
from services.api.web.changing import WHATEVER, Condition
from services.api.web.problems import Problem


class Body(msgspec.Struct):
    """A body of the API."""

    name: str
    count: int = 1


@pytest.mark.parametrize(
    ("call", "field"),
    [
        (lambda: whole("canary", "1.5"), "canary"),
        (lambda: whole("canary", "-1"), "canary"),
        (lambda: whole("canary", "٣"), "canary"),
        (lambda: whole("canary", "1234567890"), "canary"),
        (lambda: moment("start_at", "tomorrow"), "start_at"),
        (lambda: pairs("colour: green"), "labels"),
        (lambda: pairs(" = green"), "labels"),
        (lambda: body({"name": "a", "count": "x"}, Body), "count"),
    ],
)
def test_a_field_that_cannot_be_used_is_named(call: Callable[[], Any], field: str) -> None:
    with pytest.raises(Problem) as refused:
        call()

    assert [error.field for error in refused.value.errors] == [field]


def test_a_field_that_is_blank_says_nothing() -> None:
    assert (whole("canary", " "), moment("at", ""), pairs("\n \n")) == (None, None, {})


def test_numbers_moments_and_labels_are_read_with_the_spaces_around_them() -> None:
    assert whole("canary", " 12 ") == 12
    assert pairs("a = 1\n\n b=2=3 ") == {"a": "1", "b": "2=3"}
    assert body({"name": "a"}, Body) == Body("a")


def test_a_moment_without_an_offset_is_in_utc_and_one_with_it_is_what_it_says() -> None:
    assert moment("at", "2026-06-01T12:00") == dt.datetime(2026, 6, 1, 12, tzinfo=dt.UTC)
    assert moment("at", "2026-06-01T14:00+02:00") == dt.datetime(2026, 6, 1, 12, tzinfo=dt.UTC)


def test_a_form_is_meant_for_the_state_that_it_was_filled_in_for() -> None:
    assert meant({}) == WHATEVER
    assert meant({"etag": ""}) == Condition(must_be_new=True)
    assert meant({"etag": '"7"'}) == Condition(tags=frozenset({'"7"'}))


def test_whose_a_record_is_is_said_by_forms_that_ask_for_it() -> None:
    assert forms.owner({"tenant": " acme "}) == {"tenant": "acme"}
    assert forms.owner({"tenant": ""}) == {"tenant": ""}
    assert forms.owner({}) == {}

"""Texts of others are never run by a spreadsheet, and come back as they were."""

import csv
import datetime as dt
import io
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.api.web.csvcells import FORMULA, cell, harmless, row_of, without_apostrophe


@pytest.mark.parametrize("begins", FORMULA)
def test_what_a_spreadsheet_would_run_is_preceded_by_an_apostrophe(begins: str) -> None:
    assert cell(f"{begins}1+1") == f"'{begins}1+1"


@given(st.text().filter(lambda text: not text.startswith("'")))
def test_a_text_comes_back_from_its_cell(text: str) -> None:
    assert without_apostrophe(harmless(text)) == text
    assert not harmless(text).startswith(FORMULA)


def test_times_and_truth_are_as_json_has_them_and_numbers_stay() -> None:
    assert cell(dt.datetime(2026, 6, 1, 12, tzinfo=dt.UTC)) == "2026-06-01T12:00:00+00:00"
    assert [cell(True), cell(False), cell(-1), cell(Decimal("-1.5")), cell(None)] == [
        "true",
        "false",
        -1,
        Decimal("-1.5"),
        None,
    ]


def test_a_row_ends_as_it_is_asked_and_is_read_back() -> None:
    cells = ["a,b", 'c"d', "e\nf"]

    assert row_of(["a", 1]) == "a,1\r\n"
    assert row_of(["a", 1], end="\n") == "a,1\n"
    assert next(csv.reader(io.StringIO(row_of(cells), newline=""))) == cells

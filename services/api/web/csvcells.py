"""CSV cells: values as files for spreadsheets have them, so that no text of a station or a caller is run as a formula."""

import csv
import datetime as dt
import io
from collections.abc import Iterable
from typing import Any

FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet takes for the beginning of a formula."""


def harmless(text: str) -> str:
    """A text, with an apostrophe before what a spreadsheet would run."""
    return f"'{text}" if text.startswith(FORMULA) else text


def without_apostrophe(cell: str) -> str:
    """The text of which `harmless` made this cell."""
    return cell[1:] if cell[:1] == "'" and cell[1:].startswith(FORMULA) else cell


def cell(value: Any) -> Any:
    """A value as a cell: times by RFC 3339, truth in small letters, texts harmless."""
    match value:
        case dt.datetime():
            return value.isoformat()
        case bool():
            return str(value).lower()
        case str():
            return harmless(value)
    return value


def row_of(cells: Iterable[Any], *, end: str = "\r\n") -> str:
    """Cells as a row of CSV."""
    text = io.StringIO()
    csv.writer(text, lineterminator=end).writerow(cells)
    return text.getvalue()

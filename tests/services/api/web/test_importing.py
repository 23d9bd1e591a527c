"""Files of rows: read in three forms, each row by itself, nothing guessed."""

from typing import Any

import pytest

from services.api.web.importing import CSV, JSON, JSON_LINES, MOST_ROWS, ImportedRow, ImportReport, rows_of, takes_file
from services.api.web.problems import FieldError, Problem

COLUMNS = {"station", "site", "labels."}


def refusal(body: bytes, media_type: str) -> Problem:
    with pytest.raises(Problem) as caught:
        rows_of(body, media_type, COLUMNS)
    return caught.value


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_csv_is_read_with_the_separator_of_its_header(separator: str) -> None:
    text = (
        "\ufeff"
        + separator.join(["station", "site", "labels.row"])
        + "\r\n"
        + separator.join(["A", '"b 1"', " x "])
        + "\r\n\r\n"
    )

    [row] = rows_of(text.encode(), CSV, COLUMNS)

    assert (row.number, row.text) == (1, True)
    assert row.members == {"station": "A", "site": "b 1", "labels": {"row": "x"}}


def test_an_empty_cell_is_left_out_and_a_row_with_too_many_is_wrong() -> None:
    empty, long = rows_of(b"station,site\nA,\nB,c,d\n", CSV, COLUMNS)

    assert empty.members == {"station": "A"}
    assert "3 cells below 2 columns" in long.error


def test_json_and_its_lines_are_read_as_they_are() -> None:
    items = [{"station": "A", "labels": {"row": "x"}}, {"station": "B"}]

    from_array = rows_of(b'[{"station": "A", "labels": {"row": "x"}}, {"station": "B"}]', JSON, COLUMNS)
    from_lines = rows_of(b'{"station": "A", "labels": {"row": "x"}}\n\n{"station": "B"}\n', JSON_LINES, COLUMNS)

    assert [row.members for row in from_array] == [row.members for row in from_lines] == items
    assert [row.number for row in from_lines] == [1, 2]


def test_a_line_that_is_no_json_is_a_row_that_is_wrong() -> None:
    good, bad = rows_of(b'{"station": "A"}\n{"station"\n', JSON_LINES, COLUMNS)

    assert (good.error, bad.number) == ("", 2)
    assert "JSON object" in bad.error


@pytest.mark.parametrize(
    ("body", "media_type", "status", "word"),
    [
        (b"", CSV, 422, "no row"),
        (b"station\n", CSV, 422, "no row"),
        (b"[]", JSON, 422, "no row"),
        (b"{}", JSON, 422, "array"),
        (b"\xff\xfe", CSV, 422, "UTF-8"),
        (b"station,stie\nA,b\n", CSV, 422, "'stie'"),
        (b"station,station\nA,b\n", CSV, 422, "one name"),
        (b"station\nA\n", "text/plain", 415, "text/csv"),
        (b"station\n" + b"A\n" * (MOST_ROWS + 1), CSV, 422, "in parts"),
    ],
)
def test_a_file_that_is_none_is_refused_whole(body: bytes, media_type: str, status: int, word: str) -> None:
    problem = refusal(body, media_type)

    assert problem.status == status
    assert word in problem.detail


def test_a_report_is_a_sentence_and_the_first_refusals() -> None:
    refused = [
        ImportedRow(row=n, id=f"S{n}", outcome="refused", errors=[FieldError(field="site", detail="too long")])
        for n in range(1, 23)
    ]
    report = ImportReport(dry_run=True, created=1, changed=0, unchanged=2, refused=22, rows=refused)

    assert (
        report.sentence("station") == "1 stations would be added, 0 changed; 2 stand as they are, 22 rows are refused."
    )
    assert report.refusals()[0] == "Row 1 (S1): site: too long"
    assert report.refusals()[-1] == "and 2 more"


def test_the_document_says_that_a_file_is_taken() -> None:
    document: dict[str, Any] = {"paths": {"/x-imports": {"post": {}}}}

    takes_file("/x-imports")(document)

    assert set(document["paths"]["/x-imports"]["post"]["requestBody"]["content"]) == {CSV, JSON, JSON_LINES}

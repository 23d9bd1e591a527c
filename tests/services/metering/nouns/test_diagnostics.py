"""Logs in ClickHouse: a log without a file here has no bytes."""

from schemas.diagnostics import LogChanged
from services.metering.core import columns_of
from services.metering.declared import COLUMNS
from tests.services.api.builders import a_log


def test_a_log_without_a_file_has_no_bytes() -> None:
    (filled,) = columns_of(LogChanged, [a_log(), a_log(size=7)])

    assert filled.table == "logs"
    assert list(filled.columns[COLUMNS["logs"].index("size")]) == [0, 7]

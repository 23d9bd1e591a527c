"""The rows that records become in ClickHouse, for tests of what is in them."""

from schemas.base import Record
from services.metering.core import columns_of
from services.metering.declared import COLUMNS


def rows_of(*records: Record) -> dict[str, list[tuple[object, ...]]]:
    """The rows of records of one type, by table."""
    return {some.table: some.rows for some in columns_of(type(records[0]), records)}


def table_of(table: str, *records: Record) -> list[dict[str, object]]:
    """The rows of records of one type in one table, by the names of its columns."""
    return [dict(zip(COLUMNS[table], row, strict=True)) for row in rows_of(*records)[table]]


def row_of(record: Record, table: str) -> dict[str, object]:
    """The only row of a record in a table."""
    (row,) = table_of(table, record)
    return row

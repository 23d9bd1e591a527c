"""A report as the API gives it is the record of it, without what only Kafka needs."""

import msgspec

from services.api.reports.rows import Report, report_of
from tests.services.api.builders import a_report


def test_the_row_is_the_record() -> None:
    record = a_report(missing=(3, 4), detail="EmptyResultSet")

    assert {name: getattr(record, name) for name in Report.__struct_fields__} == msgspec.structs.asdict(
        report_of(record)
    )
    assert set(record.__struct_fields__) - set(Report.__struct_fields__) == {"id", "revision"}

"""A log as the API gives it is the record of it, without what only Kafka needs."""

import msgspec

from services.api.diagnostics.rows import Log, log_of
from tests.services.api.builders import a_log


def test_the_row_is_the_record() -> None:
    record = a_log(status="stored", file="diag.zip", place="logs/x", size=7, sha256="ab")

    assert {name: getattr(record, name) for name in Log.__struct_fields__} == msgspec.structs.asdict(log_of(record))
    assert set(record.__struct_fields__) - set(Log.__struct_fields__) == {"id", "revision"}
    assert log_of(a_log()).size == 0

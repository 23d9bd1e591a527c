"""A local list as the API gives it is the record of it, with its rule spread out."""

from schemas.locallists import LocalListRule
from services.api.locallists.rows import LocalList, local_list_of
from tests.services.api.builders import a_local_list


def test_the_row_is_the_record_with_the_members_of_its_rule() -> None:
    rule = LocalListRule(tokens="chosen", groups=("A",), labels=("B",), token_type="Central")
    record = a_local_list(rule=rule, why="waits")
    row = local_list_of(record)

    assert (row.tokens, row.groups, row.labels, row.token_type) == ("chosen", ("A",), ("B",), "Central")
    assert (row.why, row.version, row.changed_at) == ("waits", record.version, record.changed_at)
    assert set(record.__struct_fields__) - set(LocalList.__struct_fields__) == {"id", "revision", "rule"}


def test_a_list_that_nobody_manages_has_no_rule() -> None:
    row = local_list_of(a_local_list(rule=None, status="unmanaged"))

    assert (row.tokens, row.groups, row.status) == ("", (), "unmanaged")

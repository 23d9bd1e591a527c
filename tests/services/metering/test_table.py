"""A table is declared by its columns, and records fill them."""

import datetime as dt

from schemas.authorization import TokenRemoved
from services.metering.table import absent, empty, positions, repeated, table, transposed

NOON = dt.datetime(2026, 1, 1, 12, tzinfo=dt.UTC)
REMOVED = TokenRemoved(token="CARD", removed_at=NOON, removed_by="me")


def test_a_column_is_the_member_of_its_name_unless_a_cell_fills_it() -> None:
    columns = "token label removed_by session"
    tokens = table("tokens", key="token", columns=columns, rows={TokenRemoved: {**empty("label"), **absent("session")}})

    assert (tokens.key, tokens.columns) == (("token",), tuple(columns.split()))
    assert tokens.fills[TokenRemoved]([REMOVED]) == (["CARD"], [""], ["me"], [None])


def test_rows_of_a_record_repeat_its_values_and_are_numbered() -> None:
    assert repeated((["a", "b"],), [2, 1]) == [["a", "a", "b"]]
    assert positions([2, 1]) == [0, 1, 0]
    assert transposed([(1, "a"), (2, "b")], 2) == ((1, 2), ("a", "b"))
    assert transposed([], 2) == ((), ())

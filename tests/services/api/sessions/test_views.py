"""A session that was just heard of is the same row as in the history."""

import msgspec

from schemas.authorization import IdToken
from services.api.sessions.rows import Session
from services.api.sessions.views import session_of
from tests.services.fleet import session_changed


def test_each_member_of_a_row_is_that_of_the_session_and_the_token_is_text() -> None:
    changed = session_changed(token=IdToken(value="04a2b3", type="ISO14443"))

    row = session_of(changed)

    assert (row.token, row.token_type) == ("04a2b3", "ISO14443")
    others = set(Session.__struct_fields__) - {"token", "token_type"}
    assert {name: getattr(row, name) for name in others} == {name: getattr(changed, name) for name in others}


def test_a_session_of_nobody_has_no_token() -> None:
    row = session_of(session_changed(token=None))

    assert (row.token, row.token_type) == (None, "")
    assert msgspec.to_builtins(row)["token"] is None

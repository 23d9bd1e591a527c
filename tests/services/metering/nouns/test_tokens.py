"""The token in columns: as the station sent it, and as tokens are compared."""

from schemas.authorization import IdToken
from services.metering.nouns.tokens import TOKEN_CELLS, token_type
from tests.services.fleet import session_changed


def test_a_token_is_kept_as_it_was_sent_and_as_it_is_compared() -> None:
    session = session_changed(token=IdToken(value="04a2b3", type="ISO14443"))

    assert {name: cell(session) for name, cell in TOKEN_CELLS.items()} == {"token": "04a2b3", "token_key": "04A2B3"}
    assert token_type(session) == "ISO14443"


def test_where_there_is_no_token_there_is_none_to_compare() -> None:
    session = session_changed(token=None)

    assert {name: cell(session) for name, cell in TOKEN_CELLS.items()} == {"token": None, "token_key": ""}
    assert token_type(session) == ""

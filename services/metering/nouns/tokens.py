"""The token of a session or of a bill, in columns of their tables. PURE."""

from schemas.authorization import IdToken, token_key
from schemas.billing import CdrIssued
from schemas.transactions import SessionChanged
from services.metering.cells import Cell


def _token(record: SessionChanged | CdrIssued) -> IdToken:
    return record.token or IdToken(value="")


def token_type(record: SessionChanged | CdrIssued) -> str:
    """The type of the token; empty where there is none."""
    return _token(record).type


TOKEN_CELLS: dict[str, Cell] = {
    "token": lambda r: r.token and r.token.value,
    "token_key": lambda r: token_key(_token(r).value),
}
"""The token as the station sent it, and as tokens are compared."""

"""Authorization in ClickHouse: what was asked, what was decided, and that nobody reads a PIN there."""

from decimal import Decimal

from msgspec.structs import replace

from schemas.authorization import (
    AuthorizationRequested,
    DecisionRecorded,
    IdToken,
    TokenSessionEnded,
    TokenSessionStarted,
)
from schemas.credits import TokenCreditChanged
from schemas.examples import example
from tests.services.metering.rowsof import row_of


def test_a_request_has_no_decision_and_a_decision_has_one() -> None:
    asked = row_of(example(AuthorizationRequested), "authorizations")
    decided = row_of(replace(example(DecisionRecorded), status="Blocked", blocked_by="s9"), "authorizations")

    assert (asked["event"], asked["status"], asked["blocked_by"]) == ("requested", "", "")
    assert (decided["event"], decided["status"], decided["blocked_by"]) == ("decided", "Blocked", "s9")


def test_a_purpose_that_nobody_said_is_empty() -> None:
    assert row_of(replace(example(AuthorizationRequested), purpose=None), "authorizations")["purpose"] == ""


def test_the_digits_of_a_key_code_are_not_kept() -> None:
    pin = replace(example(DecisionRecorded), id_token=IdToken(value="4711", type="KeyCode"))
    card = replace(pin, id_token=IdToken(value="4711", type="ISO14443"))

    assert row_of(pin, "authorizations")["token"] == "***"  # C04.FR.04
    assert row_of(card, "authorizations")["token"] == "4711"


def test_a_session_that_ran_on_a_token_is_known_by_the_tokens_key_alone() -> None:
    started = row_of(example(TokenSessionStarted), "authorizations")
    ended = row_of(example(TokenSessionEnded), "authorizations")

    assert (started["event"], ended["event"]) == ("session-started", "session-ended")
    assert (started["token_key"], started["token"]) == (example(TokenSessionStarted).token, "")


def test_a_credit_is_kept_to_four_decimals_under_its_token() -> None:
    row = row_of(replace(example(TokenCreditChanged), balance=Decimal("12.34567")), "token_credits")

    assert (row["token_key"], row["balance"]) == (example(TokenCreditChanged).token, "12.3457")

"""What a transaction message is answered with: why its token is shown, and an acknowledgement where there is none."""

import pytest

from schemas.authorization import AuthorizationRequested, IdToken
from schemas.transactions import TransactionDecided
from tests.services.transactions.records import Station, answers, ended, start_16, started, stop_16, updated

CARD = IdToken(value="CARD", type="ISO14443")


@pytest.mark.usecase("C09", "C16")
@pytest.mark.parametrize(
    ("fact", "purpose"),
    [
        (started(), "start"),
        (updated(token=CARD, trigger="Authorized"), "start"),
        (updated(token=CARD, trigger="StopAuthorized"), "stop"),
        (ended(token=CARD, stopped_reason="MasterPass"), "stop"),
        (start_16(), "start"),
    ],
)
def test_a_token_is_asked_about_with_what_it_is_shown_for(fact, purpose):
    (asked,) = answers(Station().tells(fact))

    assert isinstance(asked, AuthorizationRequested)
    assert asked.purpose == purpose


@pytest.mark.usecase("C16", "C16.FR.08")
def test_a_session_that_a_master_pass_has_stopped_says_so():
    station = Station(started(), ended(token=IdToken(value="MASTER"), stopped_reason="MasterPass"))

    assert station.session.stopped_reason == "MasterPass"
    assert station.session.token == CARD, "it stays the driver's session"


@pytest.mark.parametrize("fact", [updated(), ended(), stop_16(transaction_id="1")])
def test_without_a_token_to_judge_it_is_acknowledged(fact):
    (answer,) = answers(Station().tells(fact))

    assert isinstance(answer, TransactionDecided)
    assert answer.limit.max_cost is None

"""Authorization: who may charge, rule by rule."""

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from schemas.authorization import AuthorizationDecided, DecisionRecorded, IdToken
from schemas.base import Due, Poison, Record
from schemas.stations import StationRemoved
from services.authorization.core import FORGOTTEN_AFTER, SESSIONS_REMEMBERED, due, initial, step
from services.authorization.verdict import RUNS_AT_MOST, Policy
from tests.services.authorization.records import (
    TOKEN,
    TRANSACTION,
    asked,
    at,
    ended,
    provisioned,
    removed,
    started,
)
from tests.services.core import Core


class Token(Core[Any]):
    """One token under test: feed it records, ask it."""

    def __init__(self, *records: Record, **policy: Any) -> None:
        rules = Policy(**policy)
        super().__init__(initial(TOKEN), lambda state, record: step(state, record, rules), *records)

    def answer(self, **request: Any) -> AuthorizationDecided:
        decided, recorded = self.feed(asked(**request))
        assert isinstance(decided, AuthorizationDecided)
        assert isinstance(recorded, DecisionRecorded)
        assert (recorded.status, recorded.blocked_by) == (decided.status, decided.blocked_by)
        return decided

    def status(self, **request: Any) -> str:
        return self.answer(**request).status


# -- tokens -----------------------------------------------------------------------------------------------------------


@pytest.mark.usecase("C01", "C09")
def test_a_provisioned_token_is_accepted_with_its_group_and_expiry() -> None:
    decided = Token(provisioned(group="fleet-1", expires_at=at(3600))).answer()

    assert (decided.status, decided.group, decided.expires_at) == ("Accepted", "fleet-1", at(3600))


def test_the_answer_goes_to_the_connection_and_message_that_asked() -> None:
    decided = Token(provisioned()).answer(station="DE-BER-0002")

    assert (decided.station, decided.reply_to) == ("DE-BER-0002", asked().reply_to)


def test_the_answer_for_a_transaction_repeats_its_id() -> None:
    assert Token(provisioned()).answer(**TRANSACTION).transaction_id == "77"


def test_a_blocked_token_is_blocked_even_when_it_has_expired() -> None:
    assert Token(provisioned(status="Blocked", expires_at=at(0))).status() == "Blocked"


def test_a_token_is_expired_from_its_moment_on_by_the_time_it_was_asked() -> None:
    token = Token(provisioned(expires_at=at(60)))

    assert [token.status(seconds=59.9), token.status(seconds=60), token.status(seconds=59.9)] == [
        "Accepted",
        "Expired",
        "Accepted",
    ]


@pytest.mark.parametrize(("unknown", "status"), [("accept", "Accepted"), ("reject", "Unknown")])
def test_an_unknown_token_is_answered_by_policy(unknown: str, status: str) -> None:
    assert Token(unknown=unknown).status() == status


def test_unknown_tokens_are_rejected_unless_the_deployment_says_otherwise() -> None:
    assert Policy().unknown == "reject"


def test_a_removed_token_is_unknown() -> None:
    assert Token(provisioned(), removed()).status() == "Unknown"


@pytest.mark.parametrize("value", ["", "   "])
@pytest.mark.parametrize("unknown", ["accept", "reject"])
def test_an_empty_token_is_invalid_whatever_the_policy(value: str, unknown: str) -> None:
    assert Token(unknown=unknown).status(value=value) == "Invalid"


@pytest.mark.parametrize("unknown", ["accept", "reject"])
@pytest.mark.usecase("C02", "C02.FR.02")
def test_a_start_button_that_asks_for_no_card_is_accepted(unknown: str) -> None:
    nobody = IdToken(value="", type="NoAuthorization")

    assert Token(unknown=unknown).status(id_token=nobody, token="") == "Accepted"


def test_an_older_provisioning_that_comes_again_changes_nothing() -> None:
    token = Token(provisioned(seconds=1), provisioned(seconds=2, status="Blocked"))

    token.feed(provisioned(seconds=1))

    assert token.status() == "Blocked"


# -- concurrent transactions ------------------------------------------------------------------------------------------


def test_a_second_transaction_on_a_token_is_concurrent() -> None:
    assert Token(provisioned(), started("other")).status(**TRANSACTION) == "ConcurrentTx"


def test_a_concurrent_transaction_is_told_by_which_session_and_where_it_runs() -> None:
    token = Token(provisioned(), started("older", seconds=1), started("other", seconds=2))
    answer, recorded = token.feed(asked(**TRANSACTION))

    assert isinstance(answer, AuthorizationDecided)
    assert isinstance(recorded, DecisionRecorded)
    assert (answer.blocked_by, recorded.blocked_by, recorded.blocked_at) == ("other", "other", "X")


def test_a_session_that_runs_again_after_all_blocks_its_token_again() -> None:
    token = Token(provisioned(), started("other"), ended("other"))
    token.feed(replace(started("other", seconds=3), again=True))

    assert token.status(**TRANSACTION) == "ConcurrentTx"


def test_a_transaction_is_not_concurrent_with_itself() -> None:
    assert Token(provisioned(), started("s1")).status(**TRANSACTION) == "Accepted"


def test_a_token_that_may_run_several_sessions_is_never_concurrent() -> None:
    assert Token(provisioned(concurrent_sessions=True), started("other")).status(**TRANSACTION) == "Accepted"


def test_a_transaction_that_is_over_when_it_is_asked_is_never_concurrent() -> None:
    assert Token(provisioned(), started("other")).status(**TRANSACTION, final=True) == "Accepted"


def test_authorize_is_never_answered_concurrent_since_the_driver_may_want_to_stop() -> None:
    assert Token(provisioned(), started("other")).status(session="") == "Accepted"


@pytest.mark.usecase("C01")
def test_a_blocked_or_expired_token_is_that_first_of_all() -> None:
    assert Token(provisioned(status="Blocked"), started("other")).status(**TRANSACTION) == "Blocked"
    assert Token(provisioned(expires_at=at(1)), started("other")).status(**TRANSACTION) == "Expired"


def test_where_any_token_may_charge_nobody_has_said_that_it_may_only_once() -> None:
    assert Token(started("other"), unknown="accept").status(**TRANSACTION) == "Accepted"


def test_a_session_that_ended_no_longer_counts() -> None:
    assert Token(provisioned(), started("other"), ended("other")).status(**TRANSACTION) == "Accepted"


def test_the_start_of_a_session_that_comes_after_its_end_does_not_bring_it_back() -> None:
    assert Token(provisioned(), ended("other"), started("other")).status(**TRANSACTION) == "Accepted"


def test_a_session_whose_end_nobody_ever_reported_stops_blocking_its_token() -> None:
    token = Token(provisioned(), started("other", seconds=0))
    long_s = RUNS_AT_MOST.total_seconds()

    assert token.status(**TRANSACTION, seconds=long_s - 1) == "ConcurrentTx"
    assert token.status(**TRANSACTION, seconds=long_s) == "Accepted"


def test_sessions_that_run_while_the_token_is_not_provisioned_count_once_it_is() -> None:
    assert Token(started("other"), provisioned()).status(**TRANSACTION) == "ConcurrentTx"


def test_the_sessions_remembered_are_bounded() -> None:
    many = range(SESSIONS_REMEMBERED + 5)
    token = Token(*(started(f"r{n}") for n in many), *(ended(f"e{n}") for n in many))

    assert (len(token.state.running), len(token.state.ended)) == (SESSIONS_REMEMBERED, SESSIONS_REMEMBERED)
    assert token.state.running[-1].session == f"r{many[-1]}"


def test_nobodys_token_keeps_no_sessions() -> None:
    before = initial("")

    after, _ = step(before, started("s1", token=""), Policy())

    assert after == before


# -- repeats ----------------------------------------------------------------------------------------------------------


def test_a_repeated_request_gets_the_same_answer_with_the_same_id() -> None:
    token = Token(provisioned())

    assert token.feed(asked()) == token.feed(asked())


def test_tokens_wait_for_no_moment() -> None:
    assert due(Token(provisioned(expires_at=at(60))).state) is None


def test_a_token_that_nobody_provisioned_is_forgotten_an_hour_after_its_last_session() -> None:
    over_at = at(2) + FORGOTTEN_AFTER
    used = Token(started("s1"), ended("s1")).state

    assert due(used) == over_at
    assert step(used, Due(key=TOKEN, at=over_at), Policy()) == (initial(TOKEN), [])
    assert step(used, Due(key=TOKEN, at=at(3)), Policy()) == (used, [])


def test_a_token_that_is_in_use_or_was_ever_provisioned_is_not_forgotten() -> None:
    ended_and_running = Token(started("s1"), ended("s1"), started("s2", seconds=3)).state
    known = Token(provisioned(), started("s1"), ended("s1")).state
    removed_since = Token(provisioned(), started("s1"), ended("s1"), removed()).state

    for state in (ended_and_running, known, removed_since):
        assert due(state) is None
        assert step(state, Due(key=TOKEN, at=at(1_000_000)), Policy()) == (state, [])


def test_a_record_of_no_use_is_poison() -> None:
    with pytest.raises(Poison, match="StationRemoved"):
        step(initial(TOKEN), StationRemoved(station="DE-BER-0001", removed_at=at(1)), Policy())


def test_the_state_survives_its_changelog() -> None:
    state = Token(provisioned(group="g", expires_at=at(9)), started("s1"), ended("s2")).state

    assert msgspec.json.decode(msgspec.json.encode(state), type=type(state)) == state


SESSIONS = st.sampled_from(["s1", "s2", "s3"])
RECORDS = st.one_of(
    st.builds(started, SESSIONS),
    st.builds(ended, SESSIONS),
    st.builds(lambda s: provisioned(seconds=s, group=f"g{s}"), st.integers(0, 5)),
    st.builds(lambda s: removed(seconds=s + 0.5), st.integers(0, 5)),
    st.builds(lambda s, n: asked(seconds=n, session=s), SESSIONS, st.integers(0, 9)),
)


@given(records=st.lists(RECORDS, max_size=20), data=st.data())
def test_records_that_come_again_say_nothing_new(records: list[Record], data: st.DataObject) -> None:
    token = Token()
    known = {record.id for record in token.feed(*records)}  # type: ignore[attr-defined]
    before = token.state

    said = token.feed(*records[data.draw(st.integers(0, len(records))) :])

    assert {record.id for record in said} <= known  # type: ignore[attr-defined]
    assert token.state == before
    assert not {running.session for running in before.running} & set(before.ended)

"""Commanding: one command at a time, of use now or never, and less and less often to a station that does not do it."""

from datetime import timedelta

from schemas.commands import CommandSettled
from schemas.stationcommands import ClearCache
from services.following.commanding import (
    FAILURES_MOST,
    NO_ANSWER,
    OUTCOME_WITHIN,
    command_id,
    failed,
    no_answer,
    own_command,
    pause,
    said_in,
)
from tests.services.following.things import Sender
from tests.services.moments import at

STATION = "DE-BER-0001"


def outcome(outcome: str = "rejected", **given: str) -> CommandSettled:
    return CommandSettled(id="o1", command_id="c1", station=STATION, outcome=outcome, settled_at=at(0), **given)


def test_ids_follow_from_the_service_the_station_and_the_count() -> None:
    first = command_id("locallists", STATION, 1)

    others = {command_id("locallists", STATION, 2), command_id("locallists", "B", 1), command_id("other", STATION, 1)}

    assert len({first, *others}) == 4
    assert command_id("locallists", STATION, 1) == first


def test_a_command_of_a_service_waits_for_no_station_and_has_its_outcome_before_it_counts_as_lost() -> None:
    command = own_command("c1", STATION, ClearCache(), at(0), by="locallists")

    assert command.when_offline == "fail"
    assert command.requested_by == "locallists"
    assert command.expires_at + timedelta(seconds=command.timeout_s) < at(0) + OUTCOME_WITHIN


def test_each_failure_waits_twice_as_long_and_the_last_one_stops() -> None:
    state, waits = Sender(), []
    for _ in range(FAILURES_MOST):
        assert state.stopped == ""
        state = failed(state, "no", at(0))
        assert state.not_before is not None
        waits.append(state.not_before - at(0))

    assert waits == [pause(1), 2 * pause(1), 4 * pause(1)]
    assert (state.stopped, state.why) == ("refused", "no")


def test_what_was_said_of_a_command_is_the_detail_then_the_error_then_what_there_is_else() -> None:
    assert said_in(outcome(detail="VersionMismatch", error_code="E"), "Rejected") == "VersionMismatch"
    assert said_in(outcome(error_code="NotSupported"), "Rejected") == "NotSupported"
    assert said_in(outcome(), "Rejected") == "Rejected"


def test_that_a_station_did_not_answer_is_a_sentence() -> None:
    assert no_answer(outcome("timed_out")) == "The station did not answer: timed out."
    assert {"accepted", "partial", "rejected", "unsupported"}.isdisjoint(NO_ANSWER)

"""Our CALLs to one station: one in flight, a bounded queue, exactly one report for every dispatch."""

import datetime as dt

import pytest

from gateway.effects import Effect
from schemas.commands import RawCall
from tests.gateway.conversation import LIMITS, START, Conversation, dispatch, reports, sent


def results(effects: list[Effect]) -> list[tuple[str, str]]:
    return [(report.command_id, report.result) for report in reports(effects)]


def test_a_command_is_sent_at_once_where_nothing_is_in_flight() -> None:
    [call] = sent(Conversation().commands(dispatch()))

    assert call[0] == 2
    assert call[2:] == ["Reset", {}]


def test_the_next_command_waits_for_the_answer_to_the_one_in_flight() -> None:
    station = Conversation()
    first = sent(station.commands(dispatch("c1")))[0]

    assert sent(station.commands(dispatch("c2"))) == []
    effects = station.says(3, first[1], {})

    assert results(effects) == [("c1", "answered")]
    assert len(sent(effects)) == 1


def test_a_result_is_reported_with_its_outcome_and_the_stations_own_words() -> None:
    station = Conversation()
    call = sent(station.commands(dispatch()))[0]

    [report] = reports(station.says(3, call[1], {"status": "Accepted"}))

    assert (report.outcome, bytes(report.response)) == ("accepted", b'{"status": "Accepted"}')
    assert (report.station, report.gateway, report.epoch, report.attempt) == ("CP-1", "gw-0", 7, 1)


def test_an_error_is_an_outcome_too() -> None:
    station = Conversation()
    call = sent(station.commands(dispatch()))[0]

    [report] = reports(station.says(4, call[1], "Whatever", None, {}))

    assert (report.result, report.outcome, report.error_code) == ("answered", "rejected", "Whatever")


def test_what_the_station_does_not_answer_in_time_is_timed_out_and_the_next_goes() -> None:
    station = Conversation()
    station.commands(dispatch("c1", timeout_s=30.0))
    station.commands(dispatch("c2"))

    assert results(station.passes(29.9)) == []
    effects = station.passes(0.1)

    assert results(effects) == [("c1", "timed-out")]
    assert len(sent(effects)) == 1


def test_an_answer_after_the_time_is_an_answer_to_nothing() -> None:
    station = Conversation()
    call = sent(station.commands(dispatch(timeout_s=5.0)))[0]
    station.passes(5)

    assert reports(station.says(3, call[1], {})) == []


def test_other_traffic_does_not_give_the_station_more_time() -> None:
    station = Conversation()
    station.commands(dispatch(timeout_s=30.0))
    station.passes(29)
    station.calls("Heartbeat")

    assert results(station.passes(1)) == [("c1", "timed-out")]


def test_what_expired_on_its_way_is_not_sent() -> None:
    effects = Conversation().commands(dispatch(expires_at=START))

    assert results(effects) == [("c1", "expired")]
    assert sent(effects) == []


def test_what_expires_while_it_waits_is_not_sent() -> None:
    station = Conversation()
    station.commands(dispatch("c1", timeout_s=30.0))
    station.commands(dispatch("c2", expires_at=START + dt.timedelta(seconds=20)))

    assert results(station.passes(20)) == [("c2", "expired")]
    assert sent(station.passes(10)) == []


def test_a_full_queue_hands_the_command_back_as_busy() -> None:
    station = Conversation()
    for number in range(1 + LIMITS.queued_commands):
        assert reports(station.commands(dispatch(f"c{number}"))) == []

    assert results(station.commands(dispatch("one-more"))) == [("one-more", "busy")]


@pytest.mark.parametrize(("action", "result"), [("Absent", "unsupported"), ("Broken", "invalid")])
def test_what_cannot_be_said_in_the_version_is_not_sent_and_says_why(action: str, result: str) -> None:
    effects = Conversation().commands(dispatch(command=RawCall(action=action)))

    assert results(effects) == [("c1", result)]
    assert reports(effects)[0].error_description
    assert sent(effects) == []


def test_a_dispatch_that_comes_again_repeats_its_report_and_is_not_sent_again() -> None:
    station = Conversation()
    call = sent(station.commands(dispatch()))[0]
    reported = reports(station.says(3, call[1], {}))

    again = station.commands(dispatch())

    assert reports(again) == reported
    assert sent(again) == []


@pytest.mark.parametrize("ahead", [0, 1])
def test_a_dispatch_that_comes_again_while_the_first_is_on_its_way_is_ignored(ahead: int) -> None:
    station = Conversation()
    for number in range(ahead):
        station.commands(dispatch(f"ahead{number}"))
    station.commands(dispatch())

    assert station.commands(dispatch()) == []


def test_another_attempt_of_the_same_command_is_another_dispatch() -> None:
    station = Conversation()
    first = sent(station.commands(dispatch(attempt=1, timeout_s=1.0)))[0]
    station.passes(1)

    second = sent(station.commands(dispatch(attempt=2)))[0]

    assert first[1] != second[1]


def test_reports_are_remembered_up_to_their_limit() -> None:
    station = Conversation()
    for number in range(LIMITS.remembered_dispatches + 1):
        station.commands(dispatch(f"c{number}", expires_at=START))

    assert len(reports(station.commands(dispatch("c1", expires_at=START)))) == 1
    assert reports(station.commands(dispatch("c1")))[0].result == "expired"
    assert sent(station.commands(dispatch("c0"))), "forgotten: it counts as new"


def test_the_end_of_a_connection_reports_what_was_sent_and_what_was_not() -> None:
    station = Conversation()
    station.commands(dispatch("sent"))
    station.commands(dispatch("waits"))

    assert results(station.closes()) == [("sent", "disconnected"), ("waits", "not-here")]


def test_a_draining_connection_hands_back_what_waits_and_takes_nothing_new_but_hears_the_answer_in_flight() -> None:
    station = Conversation()
    call = sent(station.commands(dispatch("sent")))[0]
    station.commands(dispatch("waits"))

    assert results(station.session.drained(station.now)) == [("waits", "not-here")]
    assert results(station.commands(dispatch("new"))) == [("new", "not-here")]
    assert results(station.says(3, call[1], {})) == [("sent", "answered")]

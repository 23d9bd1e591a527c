"""Our CALLs to one station: one in flight, a bounded queue, exactly one report for every dispatch."""

import datetime as dt

import pytest

from gateway.effects import Effect
from schemas.commands import RawCall
from schemas.configuration import SetConfiguration, Setting
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


@pytest.mark.parametrize(
    "answer",
    [
        '[3,"{id}",{{"configurationKey":[]',
        '[3,"{id}"]',
        '[3,"{id}",',
        '[4,"{id}"',
        '[4,"{id}","InternalError","no',
        '["3","{id}",{{}}]',
        '[3,"{id}",{{"a":[,1]}}]',
    ],
)
def test_an_answer_that_cannot_be_read_fails_its_command_at_once_and_the_next_goes(answer: str) -> None:
    station = Conversation()
    call = sent(station.commands(dispatch("first")))[0]
    station.commands(dispatch("second"))

    effects = station.hears(answer.format(id=call[1]))

    report = reports(effects)[0]
    assert (report.command_id, report.result, report.outcome, report.error_code) == (
        "first",
        "answered",
        "rejected",
        "framing",
    )
    assert "cannot be read" in report.error_description
    assert len(sent(effects)) == 1
    assert station.session.waiting_commands == 1


def test_a_broken_answer_with_the_id_of_nobody_fails_no_command() -> None:
    station = Conversation()
    station.commands(dispatch())

    effects = station.hears('[3,"somebody",{')

    assert reports(effects) == sent(effects) == []
    assert station.session.waiting_commands == 1


def test_an_answer_of_too_many_elements_is_the_answer() -> None:
    station = Conversation()
    call = sent(station.commands(dispatch()))[0]

    effects = station.says(3, call[1], {"status": "Accepted"}, "Reset")

    assert reports(effects)[0].outcome == "accepted"


def test_an_error_from_a_station_that_could_not_read_our_id_is_the_answer_to_what_is_in_flight() -> None:
    station = Conversation()
    station.commands(dispatch())

    effects = station.says(4, "-1", "RpcFrameworkError", "", {})

    assert [(report.outcome, report.error_code) for report in reports(effects)] == [("rejected", "RpcFrameworkError")]


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

    effects = station.closes()

    assert results(effects) == [("sent", "disconnected"), ("waits", "not-here")]
    assert [report.sent for report in reports(effects)] == [True, False]


def test_a_draining_connection_hands_back_what_waits_and_takes_nothing_new_but_hears_the_answer_in_flight() -> None:
    station = Conversation()
    call = sent(station.commands(dispatch("sent")))[0]
    station.commands(dispatch("waits"))

    assert results(station.session.on_drain(station.now)) == [("waits", "not-here")]
    assert results(station.commands(dispatch("new"))) == [("new", "not-here")]
    assert results(station.says(3, call[1], {})) == [("sent", "answered")]


# -- commands of several CALLs ----------------------------------------------------------------------------------------


def settings(*keys: str) -> SetConfiguration:
    return SetConfiguration(settings=tuple(Setting(key=key, value="1") for key in keys))


def test_a_command_of_several_calls_sends_each_after_the_answer_to_the_one_before_and_is_reported_once() -> None:
    station = Conversation()
    calls = sent(station.commands(dispatch("c1", command=settings("A", "B", "C"))))
    station.commands(dispatch("c2"))
    effects: list[Effect] = []
    for _ in range(3):
        assert reports(effects) == []
        effects = station.says(3, calls[-1][1], {})
        calls += sent(effects)

    [report] = reports(effects)
    assert (report.command_id, report.result, report.outcome) == ("c1", "answered", "accepted")
    assert [(item.name, item.status) for item in report.items] == [
        ("A", "Accepted"),
        ("B", "Accepted"),
        ("C", "Accepted"),
    ]
    assert [call[2] for call in calls] == ["Set", "Set", "Set", "Reset"]
    assert len({call[1] for call in calls}) == 4


def test_each_call_of_a_command_has_its_own_time_and_what_was_answered_before_it_ran_out_is_told() -> None:
    station = Conversation()
    [first] = sent(station.commands(dispatch(command=settings("A", "B"), timeout_s=30.0)))
    station.passes(20)
    assert len(sent(station.says(3, first[1], {}))) == 1
    assert reports(station.passes(20)) == []

    [report] = reports(station.passes(15))

    assert (report.result, report.outcome, report.error_description) == (
        "timed-out",
        "accepted",
        "1 of 2 messages were answered",
    )
    assert [item.name for item in report.items] == ["A"]


def test_a_refused_call_does_not_keep_the_others_of_its_command_back() -> None:
    station = Conversation()
    [first] = sent(station.commands(dispatch(command=settings("A", "B"))))
    [second] = sent(station.says(4, first[1], "InternalError", "no", {}))

    [report] = reports(station.says(3, second[1], {}))

    assert (report.outcome, report.error_code, report.error_description) == ("partial", "InternalError", "no")
    assert [(item.name, item.status) for item in report.items] == [("A", "InternalError"), ("B", "Accepted")]


def test_a_connection_that_ends_between_the_calls_of_a_command_tells_what_was_answered() -> None:
    station = Conversation()
    [first] = sent(station.commands(dispatch(command=settings("A", "B"))))
    station.says(3, first[1], {})

    [report] = reports(station.session.on_closed(station.now, code=1006, reason="", replaced=False))

    assert (report.result, [item.name for item in report.items]) == ("disconnected", ["A"])

"""The OCPP log of a connection: every frame, numbered, and no secret."""

import pytest

from gateway.effects import FrameSummary, Write
from gateway.framelog import OPEN_CALLS, FrameLog
from schemas.frames import MAX_TEXT
from tests.gateway.conversation import ME, Conversation

NOW = Conversation().now


def heard(**members: object) -> FrameSummary:
    return FrameSummary("call", "m1", "Authorize", "ok", **members)  # type: ignore[arg-type]


def test_frames_of_both_directions_are_numbered_in_their_order() -> None:
    log = FrameLog(ME)

    entries = [
        log.entry_received(heard(), '[2,"m1","Authorize",{}]', NOW),
        log.entry_sent(Write(b'[3,"m1",{}]', "result", "m1", "Authorize"), NOW),
    ]

    assert [(each.sequence, each.direction, each.kind) for each in entries] == [(1, "in", "call"), (2, "out", "result")]
    assert len({each.id for each in entries}) == 2


def test_the_secrets_of_a_command_are_left_out_of_its_answer() -> None:
    entry = FrameLog(ME).entry_received(heard(hide=("correct-horse",)), '[3,"m1",{"value":"correct-horse"}]', NOW)

    assert "correct-horse" not in entry.text


def test_a_long_frame_is_cut_and_its_whole_size_is_kept() -> None:
    text = f'[2,"m1","DataTransfer",{{"data":"{"ü" * MAX_TEXT}"}}]'

    entry = FrameLog(ME).entry_received(heard(), text, NOW)

    assert (len(entry.text), entry.size) == (MAX_TEXT, len(text.encode()))


@pytest.mark.parametrize(("data", "text"), [(b"[]", "[]"), (b"\xff\xfe", "fffe")])
def test_a_binary_message_is_kept_as_text_or_in_hexadecimal(data: bytes, text: str) -> None:
    assert FrameLog(ME).entry_received(heard(), data, NOW).text == text


@pytest.mark.parametrize("text", ['[2,"m1","NotifyCustomerInformation",{"data":"Jane Doe"}]', "Jane Doe"])
def test_of_what_a_station_keeps_of_a_customer_the_log_has_only_that_it_came(text: str) -> None:
    summary = FrameSummary("call", "m1", "NotifyCustomerInformation", "ok")

    entry = FrameLog(ME).entry_received(summary, text, NOW)

    assert "Jane" not in entry.text
    assert (entry.action, entry.size) == ("NotifyCustomerInformation", len(text))


def test_an_answer_has_the_number_of_its_call_and_the_action_and_command_that_it_answers() -> None:
    log = FrameLog(ME)
    call = Write(b'[2,"m1","Reset",{"type":"Hard"}]', "call", "m1", "Reset", command_id="c1")

    entries = [
        log.entry_received(heard(), '[2,"m1","Authorize",{}]', NOW),
        log.entry_sent(call, NOW),
        log.entry_received(
            FrameSummary("error", "m1", "", "unexpected", "GenericError"), '[4,"m1","GenericError"]', NOW
        ),
        log.entry_sent(Write(b'[3,"m1",{}]', "result", "m1", "Authorize"), NOW),
        log.entry_received(FrameSummary("result", "m1", "", "unexpected"), '[3,"m1",{}]', NOW),
    ]

    told = [(each.answers, each.command_id, each.action) for each in entries]
    assert told == [(0, "", "Authorize"), (0, "c1", "Reset"), (2, "c1", "Reset"), (1, "", "Authorize"), (0, "", "")]


def test_a_repeated_call_does_not_take_the_answer_of_the_first() -> None:
    log = FrameLog(ME)
    log.entry_received(heard(), '[2,"m1","Authorize",{}]', NOW)
    log.entry_received(FrameSummary("call", "m1", "Authorize", "repeated"), '[2,"m1","Authorize",{}]', NOW)

    assert log.entry_sent(Write(b'[3,"m1",{}]', "result", "m1", "Authorize"), NOW).answers == 1


def test_a_message_that_cannot_be_read_has_its_refusal() -> None:
    log = FrameLog(ME)
    log.entry_received(FrameSummary("malformed", "", "", "malformed", "json"), "[2,", NOW)

    assert log.entry_sent(Write(b'[4,"-1","RpcFrameworkError","",{}]', "error", "-1", ""), NOW).answers == 1


def test_a_late_answer_repeats_no_secret_of_its_command() -> None:
    log = FrameLog(ME)
    log.entry_sent(Write(b'[2,"m1","SetVariables",{}]', "call", "m1", "SetVariables", hide=("correct-horse",)), NOW)

    entry = log.entry_received(FrameSummary("result", "m1", "", "unexpected"), '[3,"m1",{"x":"correct-horse"}]', NOW)

    assert "correct-horse" not in entry.text


def test_calls_that_nobody_answers_are_forgotten_beyond_a_number() -> None:
    log = FrameLog(ME)
    for number in range(OPEN_CALLS + 1):
        log.entry_sent(Write(b"[2]", "call", f"m{number}", "Reset"), NOW)

    answered = [
        log.entry_received(FrameSummary("result", f"m{number}", "Reset", "ok"), "[3]", NOW).answers
        for number in (0, OPEN_CALLS)
    ]

    assert answered == [0, OPEN_CALLS + 1]


def test_a_frame_has_the_transaction_that_it_names() -> None:
    text = '[3,"m1",{"transactionId":7,"idTagInfo":{"status":"Accepted"}}]'

    assert FrameLog(ME).entry_sent(Write(text.encode(), "result", "m1", "StartTransaction"), NOW).transaction_id == "7"

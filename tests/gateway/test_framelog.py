"""The OCPP log of a connection: every frame, numbered, and no secret."""

import pytest

from gateway.effects import FrameSummary, Write
from gateway.framelog import FrameLog
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

"""Messages that are no frames of the version are answered as far as they can be."""

from gateway.frames import Malformed, Send, decode
from gateway.ocpp import translate
from gateway.unreadable import answer_malformed, answer_unknown_type, as_unknown_type


def malformed(text: str) -> Malformed:
    frame = decode(text)
    assert isinstance(frame, Malformed)
    return frame


def test_a_broken_call_is_refused_by_its_id_or_the_placeholder() -> None:
    named, nameless = malformed('[2,"m1","Heartbeat",{]'), malformed("{}")

    assert b'"m1"' in answer_malformed(named, "2.1", translate, ())[1][0].frame
    assert b'"-1"' in answer_malformed(nameless, "2.1", translate, ())[1][0].frame
    assert answer_malformed(nameless, "1.6", translate, ())[1] == []


def test_a_call_that_waits_for_its_answer_is_not_answered_twice() -> None:
    assert answer_malformed(malformed('[2,"m1","Heartbeat",{]'), "2.1", translate, {"m1"})[1] == []


def test_a_send_is_an_unknown_type_before_21() -> None:
    frame = as_unknown_type(Send("m1", "NotifyPeriodicEventStream", b"{}"), 6)  # type: ignore[arg-type]
    summary, effects = answer_unknown_type(frame, "2.0.1", translate, ())

    assert (summary.kind, summary.action) == ("malformed", "NotifyPeriodicEventStream")
    assert b"MessageTypeNotSupported" in effects[0].frame
    assert answer_unknown_type(frame, "1.6", translate, ())[1] == []

"""OCPP-J framing: every message is one of five frames, or says what is wrong with it."""

import json

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.frames import (
    Call,
    Error,
    Flaw,
    Malformed,
    Result,
    ResultError,
    Send,
    decode,
    encode_call,
    encode_error,
    encode_result,
)


def test_a_call_keeps_its_payload_as_it_came() -> None:
    frame = decode('[2,"19223201","BootNotification", {"a" : 1.50}]')

    assert isinstance(frame, Call)
    assert (frame.message_id, frame.action, bytes(frame.payload)) == ("19223201", "BootNotification", b'{"a" : 1.50}')


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ('[3,"1",{}]', Result),
        ('[4,"1","GenericError","why",{}]', Error),
        ('[5,"1","FormatViolation","why",{}]', ResultError),
        ('[6,"1","NotifyPeriodicEventStream",{}]', Send),
    ],
)
def test_each_type_number_is_its_frame(text: str, kind: type) -> None:
    assert isinstance(decode(text), kind)


@pytest.mark.parametrize("text", ['[4,"1","GenericError"]', '[4,"1","GenericError",null,null]'])
def test_an_error_may_lack_its_description_and_details(text: str) -> None:
    frame = decode(text)

    assert isinstance(frame, Error)
    assert not frame.description


def test_elements_behind_the_last_are_overlooked() -> None:
    assert isinstance(decode('[2,"1","Heartbeat",{},null]'), Call)


@pytest.mark.parametrize(
    ("data", "flaw", "answerable"),
    [
        ("", Flaw.JSON, None),
        ("hello", Flaw.JSON, None),
        ('[2,"1","Heartbeat",{}', Flaw.JSON, None),
        ('[2,"1","Heartbeat",{}] [', Flaw.JSON, None),
        ("[" * 100_000, Flaw.JSON, None),
        ("{}", Flaw.SHAPE, None),
        ("[]", Flaw.SHAPE, None),
        ("2", Flaw.SHAPE, None),
        ('[2,"1"]', Flaw.SHAPE, "1"),
        ('[2,"1","Heartbeat"]', Flaw.SHAPE, "1"),
        ('[2,"1",7,{}]', Flaw.SHAPE, "1"),
        ('[7,"1","Heartbeat",{}]', Flaw.TYPE, "1"),
        ('["2","1","Heartbeat",{}]', Flaw.TYPE, "1"),
        ('[true,"1","Heartbeat",{}]', Flaw.TYPE, "1"),
        ("[7]", Flaw.TYPE, None),
        ("[2]", Flaw.MESSAGE_ID, None),
        ('[2,1,"Heartbeat",{}]', Flaw.MESSAGE_ID, None),
        ('[2,null,"Heartbeat",{}]', Flaw.MESSAGE_ID, None),
        ('[2,"","Heartbeat",{}]', Flaw.MESSAGE_ID, None),
        (json.dumps([2, "x" * 37, "Heartbeat", {}]), Flaw.MESSAGE_ID, None),
        (b'[2,"1","Heartbeat",{}]', Flaw.BINARY, None),
    ],
)
def test_what_is_wrong_is_named_and_answered_only_where_a_call_has_a_readable_id(
    data: str | bytes, flaw: Flaw, answerable: str | None
) -> None:
    frame = decode(data)

    assert isinstance(frame, Malformed)
    assert (frame.flaw, frame.message_id) == (flaw, answerable)
    assert frame.description


@pytest.mark.parametrize("kind", [3, 4, 5, 6])
def test_a_broken_answer_or_send_is_never_answered(kind: int) -> None:
    frame = decode(json.dumps([kind, "1"]))

    assert isinstance(frame, Malformed)
    assert frame.message_id is None


def test_an_id_of_36_characters_is_the_longest() -> None:
    assert isinstance(decode(json.dumps([2, "x" * 36, "Heartbeat", {}])), Call)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=8,
)


@given(st.text() | JSON.map(json.dumps) | st.binary())
def test_nothing_a_station_sends_raises(data: str | bytes) -> None:
    assert decode(data) is not None


@given(st.text(min_size=1, max_size=36), st.text(max_size=50), st.dictionaries(st.text(), JSON))
def test_a_call_of_ours_reads_back_as_it_was_meant(message_id: str, action: str, payload: dict[str, object]) -> None:
    encoded = msgspec.json.encode(payload)

    frame = decode(encode_call(message_id, action, encoded).decode())

    assert frame == Call(message_id, action, msgspec.Raw(encoded))


def test_frames_leave_as_compact_json() -> None:
    assert encode_result("1", b'{"a":1}') == b'[3,"1",{"a":1}]'
    assert encode_error("1", "GenericError", 'say "no"') == b'[4,"1","GenericError","say \\"no\\"",{}]'


def test_an_error_description_is_cut_at_255_characters() -> None:
    assert len(json.loads(encode_error("1", "GenericError", "x" * 300))[3]) == 255

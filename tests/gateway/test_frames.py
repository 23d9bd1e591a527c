"""OCPP-J framing: every message is one of five frames, or says what is wrong with it."""

import json

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.frames import (
    Bent,
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
    id_in,
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


@pytest.mark.parametrize("text", ['[2,"1","Heartbeat",{},null]', '[2,"1","Heartbeat",{},{},{}]'])
def test_a_call_of_more_than_four_elements_is_no_call(text: str) -> None:
    frame = decode(text)

    assert isinstance(frame, Malformed)
    assert (frame.flaw, frame.kind, frame.message_id) == (Flaw.SHAPE, 2, "1")


@pytest.mark.parametrize("text", ['[3,"1",{},"Heartbeat"]', '[4,"1","GenericError","",{},null]'])
def test_an_answer_of_too_many_elements_is_an_answer_and_said_to_be_bent(text: str) -> None:
    frame = decode(text)

    assert isinstance(frame, Bent)
    assert frame.how == "surplus-elements"
    assert isinstance(frame.frame, Result | Error)
    assert frame.frame.message_id == "1"


@pytest.mark.parametrize(
    ("data", "flaw", "kind", "identity"),
    [
        ("", Flaw.JSON, None, None),
        ("hello", Flaw.JSON, None, None),
        ("[", Flaw.JSON, None, None),
        ('[,2,"1"', Flaw.JSON, None, None),
        ("[2", Flaw.JSON, 2, None),
        ('[2,"1', Flaw.JSON, 2, None),
        ('[2,"1"', Flaw.JSON, 2, "1"),
        ('[2,"1","Heartbeat",{}', Flaw.JSON, 2, "1"),
        ('[2,"1","Heartbeat",{}] [', Flaw.JSON, 2, "1"),
        ('[2,"1","MeterValues",{"meterValue":[,{}]}]', Flaw.JSON, 2, "1"),
        ('[2,"1","Heartbeat",{"at":Nan}]', Flaw.JSON, 2, "1"),
        ('[2,"1","Heartbeat",' + "[" * 100_000, Flaw.JSON, 2, "1"),
        ('[2,"1","Heartbeat",' + '{"a":' * 5_000 + "1" + "}" * 5_000 + "]", Flaw.JSON, 2, "1"),
        ('[2,"a\\"b","Heartbeat",{', Flaw.JSON, 2, 'a"b'),
        ('[3,"1",{"configurationKey":[]', Flaw.JSON, 3, "1"),
        ('[4,"1"', Flaw.JSON, 4, "1"),
        ('[6,"1","X",{', Flaw.JSON, 6, "1"),
        ('[9,"1","X",{', Flaw.TYPE, 9, "1"),
        ("[" * 100_000, Flaw.JSON, None, None),
        ("{}", Flaw.SHAPE, None, None),
        ("[]", Flaw.SHAPE, None, None),
        ("2", Flaw.SHAPE, None, None),
        ('[2,"1"]', Flaw.SHAPE, 2, "1"),
        ('[2,"1","Heartbeat"]', Flaw.SHAPE, 2, "1"),
        ('[2,"1",7,{}]', Flaw.SHAPE, 2, "1"),
        ('[3,"1"]', Flaw.SHAPE, 3, "1"),
        ('[4,"1"]', Flaw.SHAPE, 4, "1"),
        ('[6,"1"]', Flaw.SHAPE, 6, "1"),
        ('[7,"1","Heartbeat",{}]', Flaw.TYPE, 7, "1"),
        ('["2","1","Heartbeat",{}]', Flaw.SHAPE, None, "1"),
        ('[true,"1","Heartbeat",{}]', Flaw.SHAPE, None, "1"),
        ("[7]", Flaw.TYPE, 7, None),
        ("[2]", Flaw.MESSAGE_ID, 2, None),
        ('[2,1,"Heartbeat",{}]', Flaw.MESSAGE_ID, 2, None),
        ('[2,null,"Heartbeat",{}]', Flaw.MESSAGE_ID, 2, None),
        ('[2,"","Heartbeat",{}]', Flaw.MESSAGE_ID, 2, ""),
        (json.dumps([2, "x" * 256, "Heartbeat", {}]), Flaw.MESSAGE_ID, 2, None),
        (b'[2,"1","Heartbeat",{}', Flaw.JSON, 2, "1"),
        (b"\xff\xfe", Flaw.BINARY, None, None),
    ],
)
def test_what_is_wrong_is_named_and_the_head_is_read_as_far_as_it_goes(
    data: str | bytes, flaw: Flaw, kind: int | None, identity: str | None
) -> None:
    frame = decode(data)

    assert isinstance(frame, Malformed)
    assert (frame.flaw, frame.kind, frame.message_id) == (flaw, kind, identity)
    assert frame.description


@pytest.mark.parametrize(
    ("data", "how", "payload"),
    [
        ('[2,"1","Authorize",{"idTag":"AB\x00"}]', "control-characters", '{"idTag":"AB\x00"}'),
        ('[2 , "1" ,"Authorize", {"idTag":"A\nB"} ] ', "control-characters", '{"idTag":"A\nB"}'),
        ('[2,"1","Authorize",{"idTag":"\\ud800"}]', "lone-surrogate", '{"idTag":"\\ud800"}'),
        (
            '[2,"1","Authorize",{"idTag":"\\udc00\\ud83d\\ude00"}]',
            "lone-surrogate",
            '{"idTag":"\\udc00\\ud83d\\ude00"}',
        ),
        ('[2,"1","Authorize",{"a":NaN,"b":[-Infinity,"NaN"]}]', "no-number", '{"a":NaN,"b":[-Infinity,"NaN"]}'),
        ('\ufeff[2,"1","Authorize",{}]', "padding", "{}"),
        ('[2,"1","Authorize",{}]\x00\x00', "padding", "{}"),
        (b'[2,"1","Authorize",{}]', "binary", "{}"),
    ],
)
def test_a_call_whose_meaning_is_beyond_doubt_is_taken_with_its_payload_as_it_came(
    data: str | bytes, how: str, payload: str
) -> None:
    frame = decode(data)

    assert isinstance(frame, Bent)
    assert frame.how == how
    assert isinstance(frame.frame, Call)
    assert (frame.frame.message_id, frame.frame.action) == ("1", "Authorize")
    assert bytes(frame.frame.payload).decode() == payload


def test_an_escaped_backslash_before_the_letters_of_a_surrogate_is_left_as_it_is() -> None:
    frame = decode('[3,"1",{"path":"C:\\\\ud800","idTag":"\x01"}]')

    assert isinstance(frame, Bent)
    assert isinstance(frame.frame, Result)
    assert json.loads(bytes(frame.frame.payload)) == {"path": "C:\\ud800", "idTag": "\x01"}


@pytest.mark.parametrize(
    "text",
    [
        '"' + '\\"' * 200_000,
        '[2,"1","X",{"a":"' + '\\"' * 200_000,
        '"' * 400_001,
        '[2,"1","X",' + '"a\x01",' * 50_000,
        '[2,"' + "\\" * 400_000,
        "[2," + " " * 400_000,
        '[2,"1","X",{"a":NaN' + ',"NaN"' * 50_000,
    ],
)
def test_no_message_takes_longer_than_its_length_says(text: str) -> None:
    """400,000 characters take milliseconds each where reading is linear, and hours where it is not."""
    assert isinstance(decode(text), Malformed)


def test_an_id_longer_than_the_specification_has_it_is_taken_for_the_sake_of_what_it_brings() -> None:
    frame = decode(json.dumps([2, "x" * 255, "StopTransaction", {}]))

    assert isinstance(frame, Bent)
    assert frame.how == "long-id"
    assert isinstance(frame.frame, Call)
    assert frame.frame.message_id == "x" * 255


def test_an_id_of_36_characters_is_as_it_should_be() -> None:
    assert isinstance(decode(json.dumps([2, "x" * 36, "Heartbeat", {}])), Call)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=8,
)


FRAME = st.tuples(st.integers(0, 8), st.text(max_size=40), st.sampled_from(["Heartbeat", "Data\ud800Transfer"]), JSON)
BROKEN = st.builds(
    lambda text, at, what, gone: text[:at] + what + text[at + gone :],
    FRAME.map(json.dumps),
    st.integers(0, 60),
    st.sampled_from(["", ",", '"', "\\", "[", "{", "\x00", "\\ud800", "\ud800", "1e999", "NaN", "\ufeff", "[" * 3_000]),
    st.integers(0, 40),
)


@given(st.text() | JSON.map(json.dumps) | st.binary() | BROKEN | BROKEN.map(lambda t: t.encode("utf-8", "replace")))
def test_nothing_a_station_sends_raises_and_whatever_it_is_can_be_answered(data: str | bytes) -> None:
    frame = decode(data)

    identity = frame.frame.message_id if isinstance(frame, Bent) else frame.message_id
    assert encode_error(identity or "-1", "FormationViolation", getattr(frame, "description", None) or "")


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


@pytest.mark.parametrize(
    ("data", "found"),
    [
        ('[2,"m1","Heartbeat",{}]', "m1"),
        (b'[3,"m2",{}]', "m2"),
        ('[2, "m3", "Heart', "m3"),
        ("{}", ""),
        (b"\xff", ""),
        ("[2", ""),
    ],
)
def test_the_id_of_a_frame_is_found_for_the_log_whatever_else_is_wrong_with_it(data: str | bytes, found: str) -> None:
    assert id_in(data) == found

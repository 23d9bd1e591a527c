"""Two answers differ by members; times, ids and what the log masks do not count."""

import pytest

from loadtest.replay.comparing import differences
from loadtest.replay.recording import MASK, Answered


def result(**payload):
    return Answered(payload=payload)


@pytest.mark.parametrize(
    ("then", "now", "expected"),
    [
        (result(status="Accepted"), result(status="Accepted"), []),
        (result(status="Accepted"), result(status="Rejected"), ['status: then "Accepted", now "Rejected"']),
        (result(interval=1), result(), ["interval: then 1, now absent"]),
        (result(), result(interval=None), ["interval: then absent, now null"]),
        (result(a=[{"b": 1}, 2]), result(a=[{"b": 3}]), ["a[0].b: then 1, now 3", "a[1]: then 2, now absent"]),
        (result(currentTime="2026-03-01T10:00:00Z"), result(currentTime="2027-01-01T00:00:00.123+01:00"), []),
        (result(currentTime="2026-03-01T10:00:00Z"), result(currentTime="soon"), ['currentTime: then "2026-03-01T10:00:00Z", now "soon"']),
        (result(transactionId=7), result(transactionId=99), []),
        (result(key=MASK), result(key="x"), []),
        (Answered(payload=MASK), result(key="x"), []),
        (Answered(error="NotSupported"), Answered(error="NotSupported"), []),
        (Answered(error="NotSupported"), result(), [": then CALLERROR NotSupported, now CALLRESULT"]),
        (Answered(error="A"), Answered(error="B"), [": then CALLERROR A, now CALLERROR B"]),
        (None, None, []),
        (result(), None, [": then CALLRESULT, now no answer"]),
        (None, result(), [": then no answer, now CALLRESULT"]),
    ],
)  # fmt: skip
def test_differences_are_named_by_member(then, now, expected):
    found = [f"{each.member}: then {each.then}, now {each.now}" for each in differences(then, now)]

    assert found == expected


def test_members_can_be_left_out_by_name():
    assert differences(result(a={"location": "x"}), result(a={"location": "y"}), {"location"}) == ()


def test_a_difference_of_a_whole_answer_names_no_member():
    (one,) = differences(result(), None)

    assert str(one) == "then CALLRESULT, now no answer"

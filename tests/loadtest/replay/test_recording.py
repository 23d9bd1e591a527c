"""An export becomes what each station said and heard; what cannot be replayed is named."""

import json

import pytest

from loadtest.replay.recording import MASK, Answered, BadRecording, read_recordings
from tests.loadtest.replay.lines import line

BOOT = {"chargePointVendor": "V", "chargePointModel": "M"}


def test_what_a_station_said_and_heard_is_told_apart_by_connection():
    lines = [
        line("BootNotification", BOOT, {"status": "Accepted"}),
        line("Reset", {"type": "Soft"}, {"status": "Accepted"}, direction="out", at_s=1),
        line("Heartbeat", {}, "InternalError", epoch=2, at_s=2),
        line("Heartbeat", {}, epoch=2, at_s=3),
        line("Heartbeat", {}, {}, station="CP2"),
    ]

    first, second = read_recordings(lines).stations

    assert (first.station, second.station) == ("CP1", "CP2")
    one, two = first.connections
    assert [each.action for each in one.said] == ["BootNotification"]
    assert [(each.action, each.answer) for each in one.heard] == [("Reset", Answered(payload={"status": "Accepted"}))]
    assert [each.answer for each in two.said] == [Answered(error="InternalError"), None]
    assert first.began_at == one.said[0].at


def test_what_the_log_has_not_whole_is_left_out_and_named():
    cut = line("DataTransfer", {}, text='[2,"m","DataTransfer",{"data":"aaa')
    personal = line("NotifyCustomerInformation", {}, text=f'[2,"m","NotifyCustomerInformation","{MASK}"]')
    broken = line("", {}, kind="malformed", text="[2,")

    found = read_recordings(
        [line("Heartbeat", {}), cut, personal, broken, '{"more":true,"from":"2026-03-01T10:00:00Z"}', ""]
    )

    assert [note.partition(":")[0] for note in found.notes] == ["line 2", "line 3", "line 4", "line 5"]
    assert "limit" in found.notes[-1]
    assert len(found.stations[0].connections[0].said) == 1


def test_an_answer_that_the_log_has_not_whole_is_marked():
    cut = {"kind": "result", "text": '[3,"m",{"configurationKey":[', "error": ""}
    whole = json.loads(line("GetConfiguration", {}, direction="out"))

    (station,) = read_recordings([json.dumps(whole | {"answer": cut})]).stations

    assert station.connections[0].heard[0].answer == Answered(payload=MASK)


@pytest.mark.parametrize(
    ("lines", "sentence"),
    [
        (["{}"], "line 1"),
        (["[]"], "line 1"),
        (["no JSON"], "line 1"),
        ([], "nothing in the file"),
        ([line("", {}, kind="malformed", text="x")], "nothing in the file"),
    ],
)
def test_what_is_no_export_is_refused_with_a_sentence(lines, sentence):
    with pytest.raises(BadRecording, match=sentence):
        read_recordings(lines)

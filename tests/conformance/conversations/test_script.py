"""Scripts are read as they are written, and a line that cannot be read is named."""

from pathlib import Path

import pytest

from tests.conformance.conversations.script import (
    SPOKEN,
    VERSIONS,
    BadScript,
    Step,
    cases,
    cases_in,
    payload_in,
    states,
)

TEXT = """# About

case TC_X_01_CSMS X01 X01.FR.01 -- a title
  says Heartbeat {at: 2026-01-01T00:00:00Z, on: yes,
      more: [1, -2, 0.5, true, null, 12:30, 007]}
  gets {currentTime: <any>}
  do charging
case TC_X_02_CSMS X02 -- another
  fails SecurityError
"""


def test_a_case_has_its_marks_its_title_and_its_steps(tmp_path: Path) -> None:
    file = tmp_path / "x.txt"
    file.write_text(TEXT)

    first, second = cases_in(file, "2.0.1")

    assert (first.id, first.marks, first.title) == ("TC_X_01_CSMS", ("X01", "X01.FR.01"), "a title")
    payload = {"at": "2026-01-01T00:00:00Z", "on": "yes", "more": [1, -2, 0.5, True, None, "12:30", "007"]}
    assert first.steps[0] == Step("says", "Heartbeat", payload, 4)
    assert first.steps[1:] == (Step("gets", "", {"currentTime": "<any>"}, 6), Step("do", "charging", None, 7))
    assert second.steps == (Step("fails", "SecurityError", None, 9),)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("says Heartbeat", "begins with a case"),
        ("case A B -- c\n  shouts Heartbeat", "'shouts' is no step"),
        ("case A B -- c\n  says Heartbeat {a: [}", ":2:"),
    ],
)
def test_a_line_that_cannot_be_read_is_named(tmp_path: Path, text: str, sentence: str) -> None:
    file = tmp_path / "x.txt"
    file.write_text(text)

    with pytest.raises(BadScript, match=sentence):
        list(cases_in(file, "2.0.1"))


def test_every_shipped_script_can_be_read_and_every_state_it_does_is_there() -> None:
    assert len(cases()) > 200
    for folder, version in ((each, spoken) for each in VERSIONS for spoken in SPOKEN[each]):
        known = states(folder, version)
        steps = [step for case in cases() if case.folder == folder for step in case.steps]
        steps += [step for shared in known.values() for step in shared]
        assert {step.name for step in steps if step.verb == "do"} <= set(known)


def test_a_payload_that_is_left_out_is_none() -> None:
    assert payload_in("") is None

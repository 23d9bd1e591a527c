"""An exchange has failed if its message or its answer has an error."""

import msgspec
import pytest

from services.api.conversations.rows import Answer, Cut
from services.api.fakes import NOON
from tests.services.api.builders import an_answer, an_exchange


@pytest.mark.parametrize(
    ("error", "answer", "failed"),
    [
        ("", None, ""),
        ("", an_answer(), ""),
        ("", an_answer(kind="error", error="NotImplemented"), "NotImplemented"),
        ("json", an_answer(kind="error", error="FormationViolation"), "json"),
    ],
)
def test_what_failed_is_named(error: str, answer: Answer | None, failed: str) -> None:
    assert an_exchange(error=error, answer=answer).failed == failed


def test_the_last_line_of_a_cut_export_says_where_to_go_on() -> None:
    assert msgspec.json.decode(msgspec.json.encode(Cut(since=NOON))) == {"more": True, "from": "2026-06-01T12:00:00Z"}

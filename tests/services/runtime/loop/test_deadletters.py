"""Dead letters as records."""

from datetime import UTC, datetime

import msgspec

from schemas.deadletters import DeadLettered
from services.runtime.loop.batch import LARGEST_RECORD_BYTES, DeadLetter
from services.runtime.loop.deadletters import dead_letter
from tests.services.runtime.loop.test_batch import Message

AT = datetime(2026, 1, 1, tzinfo=UTC)


def letter(value: bytes) -> DeadLettered:
    sent = dead_letter(DeadLetter(Message(value), "why", "t"), at=AT)
    assert sent.topic == "csms.dead.t-a"
    assert sent.value is not None
    assert len(sent.value) <= LARGEST_RECORD_BYTES
    return msgspec.json.decode(sent.value, type=DeadLettered)


def test_the_same_record_gives_the_same_letter() -> None:
    assert letter(b"x") == letter(b"x")
    assert letter(b"x").reason == "why"


def test_bytes_that_are_no_text_are_kept_as_base64() -> None:
    assert (letter(b"\xff").value, letter(b"\xff").encoding) == ("/w==", "base64")


def test_a_value_that_would_not_fit_is_cut_and_says_so() -> None:
    found = letter(b"\x01" * 800_000)

    assert len(found.value) == 100_000
    assert found.reason == "why (value cut short)"

"""Stations' own words are mapped to common ones."""

import pytest

from gateway.ocpp.spelling.words import event, nearest_status, stopped_2x, stopped_16


@pytest.mark.parametrize(
    ("word", "error", "status"),
    [
        ("SuspendedEV", "NoError", "Occupied"),
        ("not available", "NoError", "Unavailable"),
        ("Disconnected", "NoError", "Available"),
        ("plugged in", "", "Occupied"),
        ("GroundFault", "NoError", "Faulted"),
        ("whatever", "OverVoltage", "Faulted"),
        ("whatever", "NoError", "Unavailable"),
    ],
)
def test_a_status_has_the_nearest_common_one(word: str, error: str, status: str) -> None:
    assert nearest_status(word, error) == status


def test_a_reason_of_16_keeps_its_own_word_where_it_differs() -> None:
    assert stopped_16("Local") == ("Local", "", "")
    assert stopped_16("HardReset") == ("ImmediateReset", "ResetCommand", "HardReset")
    assert stopped_16("Sunday") == ("Other", "", "Sunday")
    assert stopped_2x("Sunday") == ("Other", "Sunday")


@pytest.mark.parametrize(
    ("word", "reason", "seq_no", "expected"),
    [
        ("Updated", None, 3, "Updated"),
        ("TransactionFinished", None, 3, "Ended"),
        ("begin", None, 3, "Started"),
        (None, "Local", 3, "Ended"),
        (None, None, 0, "Started"),
        (None, None, 3, "Updated"),
    ],
)
def test_an_event_is_known_by_its_stem_or_its_members(
    word: str | None, reason: str | None, seq_no: int, expected: str
) -> None:
    assert event(word, reason, seq_no) == expected

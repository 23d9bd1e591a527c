"""What a message is by all that is known of it."""

import pytest

from tests.services.displays.records import Station, asked, cleared, read, reported, settled
from tests.services.moments import at

READ = settled("g1", command="GetDisplayMessages", seconds=61)
NOTHING = settled("g1", command="GetDisplayMessages", seconds=61, detail="Unknown")


def status(*records: object) -> str:
    return Station(*records).messages["m1"].status  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("outcome", "sent", "expected"),
    [
        ("accepted", True, "accepted"),
        ("rejected", True, "refused"),
        ("unsupported", False, "refused"),
        ("timed_out", True, "unconfirmed"),
        ("disconnected", None, "unconfirmed"),
        ("disconnected", False, "refused"),
    ],
)
def test_the_outcome_says_what_it_is(outcome: str, sent: bool | None, expected: str) -> None:
    assert status(asked(), settled(outcome=outcome, sent=sent)) == expected


@pytest.mark.parametrize("word", ["", "Unknown"])
def test_a_cleared_message_is_gone_also_where_the_station_did_not_have_it(word: str) -> None:
    clear = settled("c1", command="ClearDisplayMessage", seconds=61, detail=word)

    assert status(asked(), settled(), cleared(), clear) == "cleared"


def test_a_clear_that_is_refused_changes_nothing() -> None:
    clear = settled("c1", "rejected", command="ClearDisplayMessage", seconds=61)

    assert status(asked(), settled(), cleared(), clear) == "accepted"


def test_a_message_of_the_same_number_replaces_it_once_it_is_accepted() -> None:
    other = asked("m2", seconds=30)

    assert status(asked(), settled(), other) == "accepted"
    assert status(asked(), settled(), other, settled("m2", "rejected", seconds=31)) == "accepted"
    assert status(asked(), settled(), other, settled("m2", seconds=31)) == "replaced"


def test_a_whole_report_without_it_says_that_it_is_gone() -> None:
    station = Station(asked(), settled(), read(), READ, reported(5))

    assert (station.messages["m1"].status, station.messages["m1"].ended_at) == ("gone", at(62))


def test_a_report_that_is_not_whole_or_not_of_all_or_older_says_nothing() -> None:
    assert status(asked(), settled(), read(), READ, reported(5, last=False)) == "accepted"
    assert status(asked(), settled(), read(state="Idle"), READ, reported(5)) == "accepted"
    assert status(read(), READ, asked(seconds=63), settled(seconds=64), reported(5)) == "accepted"


def test_a_report_in_parts_has_all_of_them() -> None:
    first, second = reported(5, seconds=62, last=False), reported(7, seconds=63)

    assert status(asked(), settled(), read(), READ, first, second) == "accepted"


def test_a_station_that_has_no_messages_has_not_this_one() -> None:
    assert status(asked(), settled(), read(), NOTHING) == "gone"


def test_a_message_without_an_answer_is_accepted_once_it_is_reported() -> None:
    assert status(asked(), settled(outcome="timed_out"), read(), READ, reported(7)) == "accepted"

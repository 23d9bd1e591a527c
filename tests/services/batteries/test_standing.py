"""What a swap is by its answer and its messages."""

import pytest

from tests.services.batteries.records import Station, asked, settled, told


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
def test_the_outcome_says_what_it_is_until_a_message_comes(outcome: str, sent: bool | None, expected: str) -> None:
    station = Station(asked(), settled(outcome=outcome, sent=sent))
    assert station.one.status == expected

    station.reads(told("BatteryIn", of="s1"))
    assert station.one.status == "inserted"


def test_what_is_taken_without_anything_put_in_is_taken() -> None:
    assert Station(told("BatteryOut")).one.status == "taken"


def test_who_takes_it_in_the_end_has_swapped() -> None:
    station = Station(told("BatteryIn"), told("BatteryOutTimeout", seconds=80), told("BatteryOut", seconds=90))

    assert station.one.status == "swapped"

"""Reservations: the number that a station is given, and what the outcome of a request means."""

import pytest

from schemas.reservations import OPEN, RESERVATION_ID_MOST, reservation_id_of, status_answered


def test_the_number_of_a_command_is_the_same_each_time_and_fits_32_bits() -> None:
    numbers = {reservation_id_of(f"c{n}") for n in range(2000)}

    assert len(numbers) == 2000
    assert all(0 < number <= RESERVATION_ID_MOST for number in numbers)
    assert reservation_id_of("c1") == reservation_id_of("c1")


@pytest.mark.parametrize(
    ("outcome", "sent", "status"),
    [
        ("accepted", True, "accepted"),
        ("rejected", True, "refused"),
        ("unsupported", False, "refused"),
        ("expired", False, "refused"),
        ("cancelled", False, "cancelled"),
        ("timed_out", True, "unconfirmed"),
        ("disconnected", True, "unconfirmed"),
        ("disconnected", None, "unconfirmed"),
        ("disconnected", False, "refused"),
    ],
)
def test_an_outcome_says_whether_the_station_has_the_reservation(outcome: str, sent: bool | None, status: str) -> None:
    assert status_answered(outcome, sent=sent) == status


def test_what_the_station_may_have_is_open() -> None:
    assert {"requested", "accepted", "unconfirmed"} == OPEN

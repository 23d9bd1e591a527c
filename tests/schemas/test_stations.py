"""Registrations are compared by strictness."""

import pytest

from schemas.stations import RegistrationStatus, stricter


@pytest.mark.parametrize(
    ("one", "other", "stricter_one"),
    [("Accepted", "Pending", "Pending"), ("Rejected", "Pending", "Rejected"), ("Accepted", "Accepted", "Accepted")],
)
def test_of_two_registrations_the_stricter_one_wins(
    one: RegistrationStatus, other: RegistrationStatus, stricter_one: RegistrationStatus
) -> None:
    assert stricter(one, other) == stricter(other, one) == stricter_one

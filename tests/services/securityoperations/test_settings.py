"""Settings of `securityoperations`: nothing is rotated by itself unless somebody says so."""

from services.securityoperations.settings import SecurityOperationSettings


def test_no_password_is_rotated_for_its_age_by_default() -> None:
    assert SecurityOperationSettings().rotate_passwords_after_days == 0

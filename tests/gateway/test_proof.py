"""Passwords of Basic authorization, and verified ones that are remembered."""

import base64

from gateway.proof import VerifiedPasswords, password_of
from schemas.credentials import hash_password

RIGHT = hash_password("right-password-16", bytes(16))


def basic(text: str) -> str:
    return "Basic " + base64.b64encode(text.encode()).decode()


def test_the_user_name_is_the_station_in_any_case_and_may_have_a_colon() -> None:
    assert password_of(basic("cp-1:secret"), "CP-1", any_user=False) == b"secret"
    assert password_of(basic("CP:1:secret"), "CP:1", any_user=False) == b"secret"


def test_another_user_name_is_accepted_only_where_any_is() -> None:
    assert password_of(basic("admin:secret"), "CP-1", any_user=False) is None
    assert password_of(basic("admin:secret"), "CP-1", any_user=True) == b"secret"


def test_a_header_that_is_no_basic_authorization_has_no_password() -> None:
    for header in (None, "", "Bearer x", "Basic !", basic("no colon")):
        assert password_of(header, "CP-1", any_user=True) is None


def test_a_password_that_was_right_before_matches_without_derivation() -> None:
    verified = VerifiedPasswords(key=bytes(32), limit=10)
    only = verified.remembered_only

    assert only.matching_hash("CP-1", b"right-password-16", [RIGHT]) == ""
    assert verified.matching_hash("CP-1", b"right-password-16", [RIGHT]) == RIGHT
    assert only.matching_hash("CP-1", b"right-password-16", [RIGHT]) == RIGHT
    assert verified.matching_hash("CP-1", b"wrong-password-16", [RIGHT]) == ""

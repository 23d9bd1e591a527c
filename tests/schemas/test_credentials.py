"""Station passwords: kept as salted hashes, and recognised."""

import pytest

from schemas.credentials import hash_password, verify

SALT = bytes(range(16))


def test_a_password_is_recognised_by_its_hash_and_no_other_is() -> None:
    kept = hash_password("correct-horse-16", SALT)

    assert verify("correct-horse-16", kept)
    assert not verify("correct-horse-17", kept)


def test_a_hash_says_how_it_was_made_and_not_of_what() -> None:
    algorithm, iterations, salt, digest = hash_password("correct-horse-16", SALT).split("$")

    assert (algorithm, iterations, bytes.fromhex(salt)) == ("pbkdf2-sha256", "1000", SALT)
    assert len(bytes.fromhex(digest)) == 32


def test_equal_passwords_of_two_stations_have_different_hashes() -> None:
    assert hash_password("same", SALT) != hash_password("same", SALT[::-1])


@pytest.mark.parametrize("kept", ["", "plain", "a$b", "md5$1$00$00", "pbkdf2-sha256$x$00$00", "pbkdf2-sha256$0$00$00"])
def test_a_hash_that_cannot_be_read_matches_nothing(kept: str) -> None:
    assert not verify("plain", kept)

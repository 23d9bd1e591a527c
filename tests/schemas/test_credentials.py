"""Station passwords: kept as salted hashes, and recognised."""

from collections.abc import Callable

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


# -- passwords are bytes (1.6 security whitepaper: AuthorizationKey is their hexadecimal form) ---------------------------

BYTES = (
    bytes(range(16)),  # a zero among them
    b"\x00" * 16,
    b"\xff" * 20,
    b"a:b:c:d:e:f:g:h:",
    bytes.fromhex("9f3c00ff81aa55e2b7d4c6180a2fee4139d08b7c"),
    b"\r\n" * 9,
)


@pytest.mark.parametrize("password", BYTES, ids=bytes.hex)
@pytest.mark.parametrize("spelled", [str.lower, str.upper], ids=["lower", "upper"])
def test_a_station_that_sends_the_bytes_has_the_password_that_was_given_as_their_digits(
    password: bytes, spelled: Callable[[str], str]
) -> None:
    kept = hash_password(spelled(password.hex()), SALT)

    assert verify(password, kept)
    assert not verify(password[:-1] + b"?", kept)


@pytest.mark.parametrize("sent", [str.lower, str.upper], ids=["lower", "upper"])
@pytest.mark.parametrize("given", [str.lower, str.upper], ids=["lower", "upper"])
def test_a_station_that_sends_the_digits_has_it_too(sent: Callable[[str], str], given: Callable[[str], str]) -> None:
    digits = BYTES[4].hex()

    assert verify(sent(digits), hash_password(given(digits), SALT))


@pytest.mark.parametrize("password", ["a:colon:in:every:place", "sixteen-letters.", "ünï-cödé-passwörd", "x" * 64])
def test_a_text_is_the_password_it_is_and_case_counts(password: str) -> None:
    kept = hash_password(password, SALT)

    assert verify(password.encode(), kept)
    assert not verify(password.swapcase() + "!", kept)


@pytest.mark.parametrize("digits", ["ab" * 15, "ab" * 21])
def test_digits_of_fewer_or_more_bytes_than_a_key_has_are_a_text(digits: str) -> None:
    kept = hash_password(digits, SALT)

    assert verify(digits, kept)
    assert not verify(digits.upper(), kept)
    assert not verify(bytes.fromhex(digits), kept)


@pytest.mark.parametrize(
    ("password", "kept"),
    [
        (
            "correct-horse-16",
            "pbkdf2-sha256$1000$000102030405060708090a0b0c0d0e0f$86640ac9b9f6fa2c23d166bb566939975201aa66b81c0f52661a79f1ba09fe17",
        ),
        (
            BYTES[4],
            "pbkdf2-sha256$1000$000102030405060708090a0b0c0d0e0f$89fc97a7f055391ecac364c06b7c5cc2f59a9d9c4a4c0f1b06c26b496b7f4008",
        ),
    ],
)
def test_hashes_of_old_still_open(password: str | bytes, kept: str) -> None:
    """Made before passwords were bytes: of the text, upper case digits among it, as it was typed."""
    assert verify(password, kept)

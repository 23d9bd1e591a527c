"""Passwords of users: hashed slowly, each with its own salt."""

import pytest

from services.api.web.passwords import NOBODYS, Hashing, hashed, verify


async def test_only_the_password_fits_its_hash() -> None:
    hashing = Hashing(n=4)
    kept = await hashing.hashed("correct horse")

    assert await hashing.verify("correct horse", kept)
    assert not await hashing.verify("correct horse ", kept)
    assert not await hashing.verify("", kept)


async def test_equal_passwords_have_different_hashes() -> None:
    hashing = Hashing(n=4)

    assert await hashing.hashed("same") != await hashing.hashed("same")


async def test_nobodys_password_fits_nothing() -> None:
    assert not await Hashing(n=4).verify("", "")
    assert not verify("", NOBODYS.replace("32768", "4"))


@pytest.mark.parametrize(
    "kept",
    [
        "",
        "scrypt",
        "scrypt$4$8$1$00",
        "md5$4$8$1$00$00",
        "scrypt$3$8$1$00$00",
        "scrypt$x$8$1$00$00",
        "scrypt$4$8$1$zz$00",
    ],
)
def test_a_hash_that_cannot_be_read_matches_nothing(kept: str) -> None:
    assert not verify("x", kept)


def test_the_form_of_a_hash_stays_readable() -> None:
    kept = hashed("pässword", b"0123456789abcdef", n=4)

    assert kept.startswith("scrypt$4$8$3$30313233")
    assert verify("pässword", kept)

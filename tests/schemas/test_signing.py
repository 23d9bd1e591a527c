"""Signing: every use that stations have certificates for can be asked for."""

from typing import get_args

from schemas.signing import TRIGGERS, SigningUse, known_use


def test_every_use_can_be_asked_for() -> None:
    assert set(TRIGGERS) == set(get_args(SigningUse))


def test_a_word_that_is_no_use_is_none() -> None:
    assert known_use("V2GCertificate") == "V2GCertificate"
    assert known_use("Everything") is known_use(None) is None

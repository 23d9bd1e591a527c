"""Ids are derived from their cause."""

from schemas.base import derived_id


def test_the_same_cause_gives_the_same_id() -> None:
    assert derived_id("station", 7, "booted") == derived_id("station", 7, "booted")
    assert len(derived_id("station")) == 32


def test_parts_of_a_cause_are_kept_apart() -> None:
    assert derived_id("ab", "c") != derived_id("a", "bc")

"""The states of several services under one key."""

from schemas.hosting import part_of, with_part


def test_each_service_has_a_part_of_its_own() -> None:
    stored = with_part(None, "reports", b'{"a":1}', key="A")
    stored = with_part(stored, "reservations", b'{"b":2}', key="A")

    assert part_of(stored, "reports") == b'{"a":1}'
    assert part_of(stored, "reservations") == b'{"b":2}'
    assert part_of(stored, "displays") is None


def test_the_last_part_that_is_removed_leaves_a_tombstone() -> None:
    stored = with_part(None, "reports", b"{}", key="A")

    assert with_part(stored, "reports", None, key="A") is None
    assert part_of(None, "reports") is None

"""The shelf: packed and unpacked it is the same, and of two words on a variable the newer one counts whichever comes first."""

from itertools import permutations

import pytest

from schemas.base import Poison
from schemas.devicemodel import Attribute
from services.devicemodel import shelf as shelves
from services.devicemodel.shelf import Word, packed, told, unpacked
from tests.services.devicemodel.records import name
from tests.services.moments import at


def word(value: str, seconds: float, *, mutability: str = "") -> Word:
    attribute = Attribute(value=value, mutability=mutability)
    return Word(name=name("C.V"), attribute=attribute, traits=bool(mutability), source="read", at=at(seconds))


def test_packed_and_unpacked_it_is_the_same() -> None:
    known = {f"c.v{n}": told(None, Word(name=name(f"C.V{n}"), source="read", at=at(n))) for n in range(500)}

    assert unpacked(packed(known)) == known
    assert len(packed(known)) < 10_000
    assert packed({}) == b""
    assert unpacked(b"") == {}


def test_the_newest_word_counts_whichever_comes_first() -> None:
    words = [word("1", 1), word("2", 2), word("3", 2), word("0", 1, mutability="ReadOnly")]
    ends = []
    for order in permutations(words):
        known = None
        for one in order:
            known = told(known, one)
        ends.append(known)

    assert all(end == ends[0] for end in ends)
    assert ends[0] is not None
    (attribute,) = ends[0].attributes
    assert (attribute.value, attribute.mutability) == ("3", "ReadOnly")


def test_a_shelf_that_is_too_large_is_refused_with_the_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    known = {"c.v": told(None, word("1", 1))}
    monkeypatch.setattr(shelves, "BYTES_AT_MOST", 10)

    with pytest.raises(Poison, match="10 bytes"):
        packed(known)

"""What a type allows is read as it was written; what it does not allow is told."""

from typing import Any

import pytest

from services.iso15118.exi.bits import Reader, Unreadable, Writer
from services.iso15118.exi.grammar import (
    ANYTHING,
    INTEGER,
    OCTETS,
    TEXT,
    UNBOUNDED,
    UNSIGNED,
    Attribute,
    Complex,
    Part,
    Simple,
    Type,
    read,
    write,
)

WIDE = Complex(
    (
        Part({"first": TEXT, "other": OCTETS}),
        Part({"maybe": UNSIGNED}, 0),
        Part({"many": INTEGER}, 0, UNBOUNDED),
        Part({"two": Simple("number", 3)}, 1, 2),
    ),
    (Attribute("A", is_required=False), Attribute("B")),
)
OPEN = Complex((Part({ANYTHING: Complex()}, 0, UNBOUNDED),), is_mixed=True)
TEXTUAL = Complex((), (Attribute("Id"),), TEXT)


def written(kind: Type, value: Any) -> bytes:
    out = Writer()
    write(out, kind, value)
    return out.done()


@pytest.mark.parametrize(
    "value",
    [
        {"@B": "b", "first": "text", "two": [1]},
        {"@A": "a", "@B": "b", "other": b"bytes", "maybe": 300, "many": [-1, 0, 2**70], "two": [7, 0]},
    ],
)
def test_members_are_read_as_they_were_written(value: dict[str, Any]) -> None:
    assert read(Reader(written(WIDE, value)), WIDE) == value


def test_a_value_with_attributes_is_read_as_it_was_written() -> None:
    value = {"@Id": "id1", "value": "text"}

    assert read(Reader(written(TEXTUAL, value)), TEXTUAL) == value
    assert read(Reader(written(TEXT, "alone")), TEXT) == "alone"
    assert read(Reader(written(OPEN, {})), OPEN) == {}


@pytest.mark.parametrize("content", [b"\x00", b"\x80", b"\xc0"])
def test_texts_and_elements_of_other_names_are_told(content: bytes) -> None:
    with pytest.raises(Unreadable, match="Something else comes than"):
        read(Reader(content), OPEN)


def test_what_is_missing_cannot_be_written() -> None:
    with pytest.raises(StopIteration):
        written(WIDE, {"@B": "b", "first": "text"})

"""Numbers, texts and bytes are read as they were written, from any bit on; what is not there is told."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.iso15118.exi.bits import LONGEST, Reader, Unreadable, Writer

number = st.integers(1, 12).flatmap(lambda width: st.tuples(st.integers(0, 2**width - 1), st.just(width)))


@given(st.lists(number, max_size=6), st.integers(0, 2**100), st.binary(max_size=80), st.text(max_size=40))
def test_everything_is_read_as_it_was_written(
    numbers: list[tuple[int, int]], large: int, octets: bytes, text: str
) -> None:
    out = Writer()
    for value, width in numbers:
        out.number(value, width)
    out.unsigned(large)
    out.octets(octets)
    out.text(text)
    source = Reader(out.done())

    assert [source.number(width) for _, width in numbers] == [value for value, _ in numbers]
    assert (source.unsigned(), source.octets(), source.text()) == (large, octets, text)


@pytest.mark.parametrize(
    ("content", "why"),
    [(b"\xff" * 80, "longer than any"), (b"\x00", "refers to an earlier one"), (b"\x05a", "ends early")],
)
def test_a_text_that_is_none_is_told(content: bytes, why: str) -> None:
    with pytest.raises(Unreadable, match=why):
        Reader(content).text()


def test_a_value_is_not_read_beyond_what_there_is_in_iso_15118() -> None:
    out = Writer()
    out.unsigned(LONGEST + 1)
    with pytest.raises(Unreadable, match="are read at most"):
        Reader(out.done() + bytes(LONGEST + 1)).octets()
    out = Writer()
    out.unsigned(3)
    out.unsigned(0x110000)
    with pytest.raises(Unreadable, match="does not exist"):
        Reader(out.done()).text()

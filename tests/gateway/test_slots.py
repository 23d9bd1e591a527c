"""Slots: the handshakes in progress."""

from hypothesis import given
from hypothesis import strategies as st

from gateway.slots import Slots


def test_a_slot_is_counted_until_it_is_released_once() -> None:
    freed: list[int] = []
    slots = Slots(lambda: freed.append(1))
    one, other = slots.take("a"), slots.take("b")
    assert (slots.taken, slots.of("a"), slots.of("b"), slots.of("c")) == (2, 1, 1, 0)
    one.release()
    one.release()
    assert (slots.taken, slots.of("a"), len(slots), len(freed)) == (1, 0, 1, 1)
    other.release()
    assert (slots.taken, len(slots), len(freed)) == (0, 0, 2)


def test_a_handshake_behind_a_proxy_is_counted_for_its_client() -> None:
    slots = Slots(lambda: None)
    slot = slots.take("")
    assert (slots.taken, len(slots)) == (1, 0)
    slots.move(slot, "a")
    assert slots.of("a") == 1
    slot.release()
    assert (slots.taken, len(slots)) == (0, 0)


@given(st.lists(st.tuples(st.sampled_from("abc"), st.booleans())))
def test_what_is_taken_and_released_leaves_nothing(handshakes: list[tuple[str, bool]]) -> None:
    slots = Slots(lambda: None)
    taken = [(slots.take(address), moves) for address, moves in handshakes]
    for slot, moves in taken:
        if moves:
            slots.move(slot, "d")
        slot.release()
    assert (slots.taken, len(slots)) == (0, 0)

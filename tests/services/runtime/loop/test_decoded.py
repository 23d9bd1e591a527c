"""States held decoded: only for the very bytes they were made of, and never more than the limit."""

from schemas.states.transactions import StationTransactions
from services.runtime.loop.decoded import DecodedStates

PLACE = (3, "CP-1")
STATE = StationTransactions(station="CP-1")


def test_a_state_is_found_by_the_very_bytes_it_was_made_of():
    held: DecodedStates[StationTransactions] = DecodedStates(10)
    value = b'{"station":"CP-1"}'

    held.keep(PLACE, value, STATE)

    assert held.get(PLACE, value) is STATE


def test_bytes_that_came_anew_are_decoded_anew_even_where_they_are_equal():
    held: DecodedStates[StationTransactions] = DecodedStates(10)
    held.keep(PLACE, bytes(bytearray(b"{}")), STATE)

    assert held.get(PLACE, bytes(bytearray(b"{}"))) is None


def test_a_key_without_bytes_is_forgotten():
    held: DecodedStates[StationTransactions] = DecodedStates(10)
    value = b"{}"
    held.keep(PLACE, value, STATE)

    held.keep(PLACE, None, STATE)

    assert held.get(PLACE, value) is None
    assert len(held) == 0


def test_the_state_kept_longest_ago_goes_at_the_limit():
    held: DecodedStates[StationTransactions] = DecodedStates(2)
    values = [b"a", b"b", b"c"]
    for number, value in enumerate(values):
        held.keep((number, "CP"), value, STATE)

    assert [held.get((number, "CP"), value) for number, value in enumerate(values)] == [None, STATE, STATE]
    assert len(held) == 2

"""Which events of a transaction came: in whatever order they come, the same is missing."""

from hypothesis import given
from hypothesis import strategies as st

from services.transactions.eventnumbers import MOST_RUNS, missing, with_number

NUMBERS = st.lists(st.integers(0, 40), max_size=30)


def runs_of(numbers):
    runs = ()
    for number in numbers:
        runs = with_number(runs, number)
    return runs


@given(NUMBERS)
def test_what_is_missing_is_what_lies_between_the_first_and_the_last_and_did_not_come(numbers):
    between = set(range(min(numbers), max(numbers))) if numbers else set()

    assert missing(runs_of(numbers)) == len(between - set(numbers))


@given(st.data(), NUMBERS)
def test_the_order_in_which_numbers_come_does_not_matter_nor_that_they_come_again(data, numbers):
    assert runs_of(data.draw(st.permutations(numbers + numbers[:5]))) == runs_of(numbers)


def test_numbers_need_not_begin_at_0_and_negative_ones_are_numbers_too():
    assert missing(runs_of([41, 42, 44])) == 1
    assert missing(runs_of([-1, 0])) == 0


def test_a_station_that_leaves_out_every_other_number_is_remembered_within_bounds():
    runs = runs_of(range(0, 1_000, 2))

    assert len(runs) == MOST_RUNS
    assert runs[-1] == (998, 998)
    assert runs_of([1]) == ((1, 1),)

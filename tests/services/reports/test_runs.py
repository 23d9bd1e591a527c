"""Parts joined by their numbers, whatever order they come in."""

from random import Random

from schemas.reports import UNNUMBERED
from services.reports.runs import has, is_whole, joined, missing, parts, with_number
from tests.services.reports.records import part


def test_ranges_hold_exactly_the_numbers_that_were_put_into_them() -> None:
    numbers = [*range(40), *range(60, 70), 99]
    Random(7).shuffle(numbers)
    ranges: tuple[tuple[int, int], ...] = ()
    for number in numbers:
        ranges = with_number(ranges, number)

    assert ranges == ((0, 39), (60, 69), (99, 99))


def test_what_is_missing_is_listed_up_to_a_bound_however_far_the_numbers_go() -> None:
    (run,) = joined(joined((), part(0)), part(10**12, last=True, seconds=3))

    assert missing(run) == tuple(range(1, 101))
    assert parts(run) == 2
    assert not is_whole(run)


def test_parts_of_other_numbers_and_messages_are_other_runs() -> None:
    runs = joined(joined((), part(0, request_id=1)), part(1, request_id=2))

    assert [(run.request_id, has(run, 0), has(run, 1)) for run in runs] == [(1, True, False), (2, False, True)]


def test_parts_without_numbers_count_as_they_come_and_one_read_again_counts_once() -> None:
    first, last = part(UNNUMBERED, seconds=1), part(UNNUMBERED, last=True, seconds=2)

    (run,) = joined(joined((), first), last)

    assert (parts(run), is_whole(run)) == (2, True)
    assert joined(joined((run,), first), last) == (run,)

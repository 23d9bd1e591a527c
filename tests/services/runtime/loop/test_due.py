"""Due times, with time moved by hand."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from services.runtime.loop.due import DueTimes

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


def at(minutes: float) -> datetime:
    return NOON + timedelta(minutes=minutes)


def test_a_key_is_due_when_its_time_has_come_and_not_before() -> None:
    due = DueTimes()
    due.want((0, "A"), at(5))

    assert due.take(at(4), 10) == []
    assert due.take(at(5), 10) == [((0, "A"), at(5))]


def test_a_key_is_told_once_while_it_asks_for_the_same_time() -> None:
    due = DueTimes()
    due.want((0, "A"), at(5))
    due.take(at(6), 10)
    due.want((0, "A"), at(5))

    assert due.take(at(7), 10) == []


def test_a_key_that_asks_for_another_time_is_told_then() -> None:
    due = DueTimes()
    due.want((0, "A"), at(5))
    due.take(at(6), 10)
    due.want((0, "A"), at(8))

    assert due.take(at(9), 10) == [((0, "A"), at(8))]


def test_a_time_that_is_moved_or_taken_back_does_not_come() -> None:
    due = DueTimes()
    due.want((0, "A"), at(5))
    due.want((0, "A"), at(50))
    due.want((0, "B"), at(5))
    due.want((0, "B"), None)

    assert due.take(at(6), 10) == []
    assert due.next_at() == at(50)


def test_many_due_keys_come_in_portions_the_earliest_first() -> None:
    due = DueTimes()
    for minute in (3, 1, 2):
        due.want((0, str(minute)), at(minute))

    assert [key for (_, key), _ in due.take(at(9), 2)] == ["1", "2"]
    assert [key for (_, key), _ in due.take(at(9), 2)] == ["3"]


def test_a_key_that_changes_its_mind_for_ever_does_not_fill_the_memory() -> None:
    due = DueTimes()
    for second in range(10_000):
        due.want((0, "A"), at(second))

    assert len(due._heap) < 200
    assert due.next_at() == at(9_999)


@given(st.lists(st.tuples(st.sampled_from("ABC"), st.none() | st.integers(0, 20))))
def test_after_any_wishes_each_key_is_told_the_last_one_only(wishes: list[tuple[str, int | None]]) -> None:
    due = DueTimes()
    for key, minute in wishes:
        due.want((0, key), None if minute is None else at(minute))
    last = dict(wishes)

    told = {key: when for (_, key), when in due.take(at(99), 99)}

    assert told == {key: at(minute) for key, minute in last.items() if minute is not None}
    assert len(due) == 0

"""Forgetting: of each kind the newest stay, and nothing stays for ever."""

from datetime import timedelta

from services.following.forgetting import first, over, strays, surplus, until, without
from tests.services.following.things import Remembered, answer
from tests.services.moments import at

HOUR = timedelta(hours=1)


def dated(*seconds: float) -> list[tuple[object, object]]:
    return [(answer(f"c{second}", seconds=second), at(second)) for second in seconds]


def test_what_came_for_no_command_that_is_known_strays() -> None:
    known, stray = answer("c1", seconds=1), answer("c2", seconds=2)

    assert strays([known, stray], {"c1"}) == [(stray, at(2))]


def test_a_thing_is_over_once_its_time_has_come_and_not_before() -> None:
    (thing, _), (later, _) = dated(0, 10)
    passing = list(until(dated(0, 10), HOUR))

    assert first(passing) == at(3600)
    assert over(passing, at(3599)) == set()
    assert over(passing, at(3600)) == {thing}
    assert over(passing, at(3610)) == {thing, later}


def test_where_nothing_passes_nothing_is_due() -> None:
    assert first([]) is None


def test_of_each_kind_the_oldest_are_more_than_the_limit() -> None:
    many, few = dated(30, 10, 20), dated(5)

    assert surplus([many, few], 2) == {answer("c10", seconds=10)}
    assert surplus([many, few], 3) == set()


def test_a_state_without_things_keeps_all_others_in_their_order() -> None:
    first_, second, third = answer("c1"), answer("c2"), answer("c3")
    state = Remembered(answers=(third, first_, second), notes=(first_,))

    after = without(state, {first_}, "answers")

    assert after.answers == (third, second)
    assert after.notes == (first_,), "a kind that is not named stays as it is"

"""A key that asks too often waits, and no other does."""

from hypothesis import given
from hypothesis import strategies as st

from services.api.web.rates import Rates


def test_a_burst_is_answered_and_then_as_many_as_come_back_in_time() -> None:
    rates = Rates(per_s=2, burst=3)

    assert [rates.wait_s("a", 100) for _ in range(4)] == [0, 0, 0, 1]
    assert rates.wait_s("b", 100) == 0
    assert rates.wait_s("a", 100.5) == 0
    assert rates.wait_s("a", 100.5) == 1
    assert [rates.wait_s("a", 200) for _ in range(4)] == [0, 0, 0, 1]


def test_who_is_told_to_wait_may_ask_after_that() -> None:
    rates = Rates(per_s=0.1, burst=1)
    rates.wait_s("a", 0)

    wait_s = rates.wait_s("a", 0)

    assert wait_s == 10
    assert rates.wait_s("a", wait_s) == 0


def test_what_is_remembered_is_bounded_and_no_limit_is_none() -> None:
    rates = Rates(per_s=1, burst=1, names=2)
    for name in "abc":
        rates.wait_s(name, 0)

    assert rates.wait_s("c", 0) == 1
    assert rates.wait_s("a", 0) == 0
    assert all(Rates(per_s=0, burst=1).wait_s("a", 0) == 0 for _ in range(9))


@given(st.lists(st.floats(0, 5), max_size=60))
def test_never_more_than_the_burst_and_the_rate_are_answered(pauses: list[float]) -> None:
    rates, now, answered = Rates(per_s=3, burst=4), 0.0, 0
    for pause in pauses:
        now += pause
        answered += rates.wait_s("a", now) == 0

    assert answered <= 4 + 3 * now + 1e-6

"""Quotas: so many at once, then one every so often; what rests is forgotten."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.quotas import Quota


def quota(limit: int = 100) -> Quota:
    return Quota(burst=3, every_s=10, limit=limit)


def test_what_has_not_happened_may_happen_at_once() -> None:
    assert quota().wait_s("a", 0.0) == 0


def test_a_burst_may_happen_at_once_and_the_next_waits() -> None:
    held = quota()
    for _ in range(3):
        assert held.wait_s("a", 0.0) == 0
        held.note("a", 0.0)

    assert held.wait_s("a", 0.0) == 10
    assert held.wait_s("a", 4.0) == 6
    assert held.wait_s("a", 10.0) == 0
    assert held.wait_s("b", 0.0) == 0


def test_after_a_rest_there_is_a_whole_burst_again() -> None:
    held = quota()
    for _ in range(3):
        held.note("a", 0.0)

    assert held.wait_s("a", 30.0) == 0
    assert len(held) == 0


@given(st.lists(st.tuples(st.sampled_from("abcdefgh"), st.floats(0, 5)), max_size=60))
def test_no_more_keys_are_remembered_than_may_be(happenings: list[tuple[str, float]]) -> None:
    held, now = quota(limit=4), 0.0
    for key, after in happenings:
        now += after
        held.note(key, now)
        assert len(held) <= 4


@given(st.lists(st.floats(0, 4), min_size=1, max_size=80))
def test_whoever_waits_as_told_never_comes_more_often_than_the_quota_says(pauses: list[float]) -> None:
    held, now, came = quota(), 0.0, list[float]()
    for pause in pauses:
        now += max(pause, held.wait_s("a", now + pause) and pause + held.wait_s("a", now + pause))
        if held.wait_s("a", now) == 0:
            held.note("a", now)
            came.append(now)

    assert all(later - sooner >= 10 - 1e-6 for sooner, later in zip(came, came[3:], strict=False))


@pytest.mark.parametrize("burst", [1, 5])
def test_one_that_goes_on_all_the_time_is_let_through_at_the_pace_of_the_quota(burst: int) -> None:
    held = Quota(burst=burst, every_s=5, limit=10)
    passed = 0
    for second in range(100):
        if held.wait_s("a", float(second)) == 0:
            held.note("a", float(second))
            passed += 1

    assert burst + 18 <= passed <= burst + 20

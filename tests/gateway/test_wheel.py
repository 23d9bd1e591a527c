"""The timer wheel: nothing early, nothing forgotten."""

from hypothesis import given
from hypothesis import strategies as st

from gateway.wheel import TICK_S, Wheel


@given(st.floats(0, 1e6), st.lists(st.floats(0, 100), max_size=20))
def test_everything_is_called_at_its_time_or_at_most_two_ticks_later(start: float, delays: list[float]) -> None:
    wheel, called = Wheel(start), dict[int, float]()
    now = start

    def note(index: int) -> None:
        called[index] = now

    for index, delay in enumerate(delays):
        wheel.at(start + delay, lambda index=index: note(index))
    while now < start + 101:
        now += TICK_S
        wheel.turn(now)

    assert len(called) == len(delays)
    assert all(0 <= called[i] - (start + delay) <= 2 * TICK_S + 1e-6 for i, delay in enumerate(delays))


def test_what_is_past_comes_with_the_next_tick() -> None:
    wheel, called = Wheel(100.0), list[str]()
    wheel.at(1.0, lambda: called.append("late"))

    wheel.turn(100.0 + 1.5 * TICK_S)

    assert called == ["late"]


def test_a_call_may_ask_for_the_next() -> None:
    wheel, called = Wheel(0.0), list[int]()

    def again() -> None:
        called.append(len(called))
        wheel.at(0.0, again)

    wheel.at(0.0, again)
    wheel.turn(3 * TICK_S + 0.01)

    assert called == [0, 1, 2]

"""Clocks: a wrong one is off by a steady amount, a late message is late by whatever it waited."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.ocpp.spelling.clocks import AGREE_S, AUTHORIZED_WITHIN_S, RIGHT_S, StationClock

NOON = dt.datetime(2026, 3, 29, 12, tzinfo=dt.UTC)


def after(*heard: tuple[float, float] | tuple[float, float, str]) -> StationClock:
    """The clock after messages that came at a second after noon and told another, some of them "meter" or "live"."""
    clock = StationClock()
    for came_s, told_s, *kind in heard:
        moments = (NOON + dt.timedelta(seconds=seconds) for seconds in (told_s, came_s))
        clock.observe(*moments, meter="meter" in kind, live="live" in kind)
    return clock


def steady(offset_s: float, *came: float) -> list[tuple[float, float]]:
    return [(second, second - offset_s) for second in came]


def test_one_message_proves_nothing() -> None:
    assert after(*steady(-3600, 0)).offset_s == 0
    assert after(*steady(3600, 0)).offset_s == 0


@pytest.mark.parametrize("offset_s", [-11, -300, -3600, -7200, -50_400, -86_000])
def test_a_clock_ahead_is_known_once_two_messages_agree(offset_s: float) -> None:
    assert after(*steady(offset_s, 0, 1)).offset_s == offset_s


@pytest.mark.parametrize("offset_s", [11, 300, 3600, 7200, 50_400, 5_000_000])
def test_a_clock_behind_is_known_once_three_messages_agree_over_a_while(offset_s: float) -> None:
    assert after(*steady(offset_s, 0, 1)).offset_s == 0
    assert after(*steady(offset_s, 0, 1, 15)).offset_s == offset_s


def test_three_statuses_told_anew_after_a_reconnect_with_one_old_time_are_late_and_no_wrong_clock() -> None:
    assert after((0, -3600), (0.1, -3600), (0.2, -3600)).offset_s == 0
    assert after(*((second, -3600) for second in (0, 8, 16))).offset_s == 0


def test_what_was_queued_is_late_and_no_wrong_clock() -> None:
    assert after((0, -3600), (1, -3000), (2, -2400), (3, -1800), (60, 60)).offset_s == 0


def test_a_start_whose_driver_was_just_asked_about_cannot_be_late() -> None:
    assert after((0, -3600), (0.1, -3600), (2, -3598, "live")).offset_s == 3600


def test_a_token_stands_for_a_start_only_where_it_was_asked_about_on_this_connection_not_long_ago() -> None:
    clock = StationClock()
    before = clock.token_just_authorized("AB", NOON)
    clock.note_token("AB", NOON)
    soon, late = (NOON + dt.timedelta(seconds=AUTHORIZED_WITHIN_S + more) for more in (0, 1))

    assert (before, clock.token_just_authorized("AB", soon), clock.token_just_authorized("AB", late)) == (
        False,
        True,
        False,
    )
    assert not clock.token_just_authorized("CD", soon)


def test_meter_values_that_are_always_an_interval_late_are_no_wrong_clock() -> None:
    assert after(*((60 * n, 60 * n - 60, "meter") for n in range(8))).offset_s == 0


def test_meter_values_agree_with_other_messages_that_the_clock_is_behind() -> None:
    assert after((0, -3600), (30, -3570, "meter"), (60, -3540, "meter")).offset_s == 3600


def test_late_messages_in_between_do_not_hide_a_clock_that_is_behind() -> None:
    assert after((0, -3600), (10, -3700), (20, -3580), (30, -4000), (40, -3560)).offset_s == 3600


def test_the_least_of_the_lags_that_agree_is_what_the_clock_is_off() -> None:
    assert after((0, -3604), (10, -3590), (20, -3582)).offset_s == 3600


@pytest.mark.parametrize("offset_s", [-7200, 3600])
def test_a_clock_that_jumps_back_to_right_is_followed_at_once(offset_s: float) -> None:
    assert after(*steady(offset_s, 0, 10, 20), (30, 29)).offset_s == 0


def test_a_clock_cannot_be_behind_by_more_than_its_newest_message_is() -> None:
    assert after(*steady(7200, 0, 10, 20), (30, 30 - 3600)).offset_s == 0


@pytest.mark.parametrize(("before_s", "after_s"), [(-3600, -7200), (3600, 1800), (3600, -3600), (-3600, 3600)])
def test_a_clock_that_jumps_elsewhere_is_followed_once_messages_agree(before_s: float, after_s: float) -> None:
    came = [100.0 + 10 * n for n in range(6)]

    assert after(*steady(before_s, 0, 10, 20), *steady(after_s, *came)).offset_s == after_s


def test_a_late_message_does_not_end_what_is_known() -> None:
    assert after(*steady(3600, 0, 10, 20), (30, 30 - 9000)).offset_s == 3600


def test_what_is_known_does_not_follow_every_little_lag() -> None:
    assert after(*steady(3600, 0, 10, 20), (30, 30 - 3602), (40, 40 - 3598), (50, 50 - 3601)).offset_s == 3600


def test_a_clock_is_right_within_a_few_seconds() -> None:
    assert after(*steady(RIGHT_S, *range(0, 100, 10))).offset_s == 0
    assert after(*steady(-RIGHT_S, *range(0, 100, 10))).offset_s == 0


@given(st.lists(st.tuples(st.floats(0, 30), st.floats(0, 86_400)), min_size=1, max_size=40))
def test_a_right_clock_is_never_taken_for_one_that_is_ahead_however_late_its_messages(
    waits: list[tuple[float, float]],
) -> None:
    clock, came_s = StationClock(), 0.0
    for pause_s, late_s in waits:
        came_s += pause_s
        clock.observe(*(NOON + dt.timedelta(seconds=second) for second in (came_s - late_s, came_s)))
        assert clock.offset_s >= 0


@given(
    st.integers(-80_000, 80_000).filter(lambda offset_s: abs(offset_s) > RIGHT_S + AGREE_S),
    st.lists(st.integers(0, 4_000), min_size=3, max_size=20),
)
def test_a_wrong_clock_is_known_to_the_second_whatever_the_network_adds(offset_s: int, waits_ms: list[int]) -> None:
    heard = [(20.0 * n + wait_ms / 1_000, 20.0 * n - offset_s) for n, wait_ms in enumerate(waits_ms)]

    assert 0 <= after(*heard).offset_s - offset_s <= AGREE_S

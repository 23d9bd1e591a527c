"""Maintenance windows: in the station's own time, over midnight, and where clocks change."""

import datetime as dt

from schemas.campaigns import Window
from services.firmware.windows import next_opening, open_until

NIGHT = (Window(start_time="22:00", end_time="05:00"),)
BERLIN = "Europe/Berlin"


def utc(day: int, hour: int, minute: int = 0, *, month: int = 3) -> dt.datetime:
    return dt.datetime(2026, month, day, hour, minute, tzinfo=dt.UTC)


def test_a_window_over_midnight_is_open_on_both_sides_of_it() -> None:
    assert open_until(NIGHT, BERLIN, utc(10, 21)) == utc(11, 4)
    assert open_until(NIGHT, BERLIN, utc(11, 3, 59)) == utc(11, 4)
    assert open_until(NIGHT, BERLIN, utc(11, 4)) is None
    assert next_opening(NIGHT, BERLIN, utc(11, 4)) == utc(11, 21)


def test_a_window_belongs_to_the_day_it_begins_on() -> None:
    friday = (Window(start_time="22:00", end_time="05:00", days=("fri",)),)

    assert open_until(friday, "UTC", utc(14, 3)) == utc(14, 5)  # Saturday morning
    assert open_until(friday, "UTC", utc(13, 3)) is None
    assert next_opening(friday, "UTC", utc(14, 6)) == utc(20, 22)


def test_the_night_in_which_clocks_go_forward_is_an_hour_shorter() -> None:
    window = (Window(start_time="01:00", end_time="04:00"),)

    assert open_until(window, BERLIN, utc(29, 0, 30)) == utc(29, 2)


def test_the_night_in_which_clocks_go_back_is_an_hour_longer() -> None:
    window = (Window(start_time="01:00", end_time="04:00"),)

    assert open_until(window, BERLIN, utc(25, 0, 30, month=10)) == utc(25, 3, month=10)


def test_a_window_that_the_change_of_clocks_swallows_does_not_open() -> None:
    window = (Window(start_time="02:10", end_time="02:50", days=("sun",)),)

    opening = next_opening(window, BERLIN, utc(29, 0))

    assert opening is not None
    assert open_until(window, BERLIN, opening) is not None


def test_equal_times_are_a_whole_day() -> None:
    whole = (Window(start_time="00:00", end_time="00:00"),)

    assert open_until(whole, "UTC", utc(10, 12)) == utc(11, 0)


def test_several_windows_are_open_until_the_latest_closes() -> None:
    both = (Window(start_time="10:00", end_time="12:00"), Window(start_time="11:00", end_time="14:00"))

    assert open_until(both, "UTC", utc(10, 11, 30)) == utc(10, 14)
    assert open_until((), "UTC", utc(10, 12)) is None
    assert next_opening((), "UTC", utc(10, 12)) is None

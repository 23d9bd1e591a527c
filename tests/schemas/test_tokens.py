"""Where and when a token may charge."""

import datetime as dt

from schemas.tokens import TokenHours, TokenPlace, evses_at, is_within, zone_of

MONDAY = dt.datetime(2026, 1, 5, 12, 0, tzinfo=dt.UTC)


def test_a_place_without_a_name_allows_nothing() -> None:
    assert evses_at([TokenPlace(evses=(1,))], "CP-1", "") is None
    assert evses_at([], "CP-1", "") is None


def test_a_station_without_a_site_is_at_no_site() -> None:
    assert evses_at([TokenPlace(site="Berlin")], "CP-1", "") is None


def test_hours_of_the_whole_day_hold_at_any_time() -> None:
    assert is_within([TokenHours()], MONDAY, "")
    assert is_within([TokenHours(day_of_week=("MONDAY",))], MONDAY, "UTC")
    assert not is_within([], MONDAY, "")


def test_a_time_zone_that_does_not_exist_allows_nothing() -> None:
    assert zone_of("Mars/Olympus") is None
    assert not is_within([TokenHours()], MONDAY, "Mars/Olympus")


def test_hours_follow_the_clock_of_the_zone_through_its_changes() -> None:
    morning = [TokenHours(start_time="02:30", end_time="03:30")]

    assert not is_within(morning, dt.datetime(2026, 3, 29, 0, 59, tzinfo=dt.UTC), "Europe/Berlin"), "01:59 in winter"
    assert is_within(morning, dt.datetime(2026, 3, 29, 1, 0, tzinfo=dt.UTC), "Europe/Berlin"), "03:00 in summer"

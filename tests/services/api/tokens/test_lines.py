"""Places and hours as people write them in a form."""

import pytest

from schemas.tokens import TokenHours, TokenPlace
from services.api.tokens.lines import hour_lines, hours_of, place_lines, places_of
from services.api.web.problems import Problem

PLACES = (TokenPlace(site="Berlin Mitte"), TokenPlace(station="CP-1"), TokenPlace(station="CP-2", evses=(1, 2)))
HOURS = (
    TokenHours(start_time="08:00", end_time="18:00"),
    TokenHours(day_of_week=("MONDAY", "SUNDAY"), start_time="22:00", end_time="06:00"),
)


def test_what_is_written_is_read_again() -> None:
    assert places_of(place_lines(PLACES)) == PLACES
    assert hours_of(hour_lines(HOURS)) == HOURS


def test_case_blanks_and_long_names_of_days_do_not_matter() -> None:
    assert places_of(" Station CP-2  EVSE 1 2\n\nSITE Berlin Mitte ") == (PLACES[2], PLACES[0])
    assert hours_of("monday, Sunday 22:00 - 06:00") == (HOURS[1],)
    assert places_of("") == hours_of("\n") == ()


@pytest.mark.parametrize("line", ["Berlin", "site", "station", "station CP-1 evses x"])
def test_a_line_that_is_no_place_is_named(line: str) -> None:
    with pytest.raises(Problem) as refused:
        places_of(line)

    assert [error.field for error in refused.value.errors] == ["places"]


@pytest.mark.parametrize("line", ["8-18", "Mo", "Someday 08:00-18:00", "08:00"])
def test_a_line_that_is_no_time_is_named(line: str) -> None:
    with pytest.raises(Problem) as refused:
        hours_of(line)

    assert [error.field for error in refused.value.errors] == ["hours"]

"""Times of queries and of bodies: a moment needs its offset, and a place among what is kept."""

import datetime as dt

import pytest

from services.api.web.parameters import EARLIEST, LATEST, in_time, in_utc
from services.api.web.problems import Problem

NOON = dt.datetime(2026, 6, 1, 12, tzinfo=dt.UTC)


def test_moments_among_what_is_kept_are_taken_and_so_is_none() -> None:
    in_time(None, None)
    in_time(EARLIEST, LATEST - dt.timedelta(microseconds=1))


@pytest.mark.parametrize(
    ("since", "until", "field"),
    [
        (NOON.replace(tzinfo=None), None, "from"),
        (None, NOON.replace(tzinfo=None), "to"),
        (EARLIEST - dt.timedelta(microseconds=1), None, "from"),
        (NOON, LATEST, "to"),
    ],
)
def test_a_moment_without_an_offset_or_beyond_what_is_kept_is_refused_by_its_name(
    since: dt.datetime | None, until: dt.datetime | None, field: str
) -> None:
    with pytest.raises(Problem) as refused:
        in_time(since, until)

    assert [error.field for error in refused.value.errors] == [field]


def test_a_moment_of_a_body_is_the_same_one_in_utc() -> None:
    berlin = dt.timezone(dt.timedelta(hours=2))

    assert in_utc("at", dt.datetime(2026, 6, 1, 14, tzinfo=berlin)) == NOON
    assert in_utc("at", None) is None


def test_a_moment_that_has_no_place_in_the_calendar_is_refused() -> None:
    with pytest.raises(Problem) as refused:
        in_utc("at", dt.datetime(9999, 12, 31, 23, tzinfo=dt.timezone(dt.timedelta(hours=-12))))

    assert [error.field for error in refused.value.errors] == ["at"]

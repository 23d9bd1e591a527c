"""Checks: what no station could use is refused, with the name of the member."""

from collections.abc import Callable
from typing import Any

import pytest
from msgspec.structs import replace

from schemas.evsetypes import EvseDescribed
from schemas.examples import example
from services.api.stations.checks import evses, station_id, time_zone, usable_password
from services.api.web.problems import Problem

EVSE = example(EvseDescribed)
TWICE = (replace(EVSE, evse=1), replace(EVSE, evse=1))


@pytest.mark.parametrize(
    ("check", "value", "field"),
    [
        (usable_password, "pässword", "password"),
        (usable_password, "pass\tword", "password"),
        (time_zone, "Europe/Atlantis", "time_zone"),
        (evses, TWICE, "evses"),
        (station_id, "", "station"),
        (station_id, "a/b", "station"),
    ],
)
def test_what_cannot_be_used_is_refused_by_its_name(check: Callable[[Any], Any], value: Any, field: str) -> None:
    with pytest.raises(Problem) as refused:
        check(value)

    assert [error.field for error in refused.value.errors] == [field]


@pytest.mark.parametrize(
    ("check", "value"),
    [
        (usable_password, "a long-enough one!"),
        (time_zone, "Europe/Berlin"),
        (time_zone, ""),
        (evses, (replace(EVSE, evse=1), replace(EVSE, evse=2))),
        (station_id, "DE-BER-0001"),
    ],
)
def test_what_can_be_used_is_given_back_as_it_is(check: Callable[[Any], Any], value: Any) -> None:
    assert check(value) == value

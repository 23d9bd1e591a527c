"""What leads from what a station has to what it is to have: cleared first, then set."""

import pytest
from msgspec.structs import replace

from schemas.stationtariffs import InstalledTariff
from services.stationtariffs.choosing import (
    NOTHING,
    changes_at,
    difference,
    is_managed,
    sites_of,
    wanted,
    with_set,
)
from services.stationtariffs.core import initial
from tests.services.moments import at
from tests.services.stationtariffs.stations import STATION, references, tariff
from tests.services.stationtariffs.test_core import name_of

A, B = tariff("a"), tariff("b", "0.60")
NAME_A, NAME_B = name_of(A), name_of(B)
STATE = replace(initial(STATION), ocpp="2.1", site="berlin", evses=(1, 2))
BOTH = wanted(STATE, references({"a": A, "b": B}, site="a", second="b"), at(0))
ONE = wanted(STATE, references({"a": A}, site="a"), at(0))


def has(**evses: tuple[int, ...]):
    ids = {"a": NAME_A, "b": NAME_B}
    installed = tuple(InstalledTariff(tariff_id=ids.get(name, name), evses=places) for name, places in evses.items())
    return replace(STATE, installed=installed)


@pytest.mark.parametrize(
    ("state", "every", "clear", "put"),
    [
        (has(), ONE, (), ["a"]),
        (has(a=(1, 2)), ONE, (), []),
        (has(a=()), ONE, (), []),
        (has(a=(0,)), ONE, (), []),
        (has(theirs=(1, 2)), ONE, (), ["a"]),
        (has(a=(1,), theirs=(2,)), ONE, (NAME_A,), ["a"]),
        (has(a=(1, 2), b=(2,)), ONE, (NAME_B,), []),
        (has(a=(1,), b=(2,)), BOTH, (), []),
        (has(a=(1,), theirs=(2,)), BOTH, (), ["b"]),
        (has(a=(1, 2)), BOTH, (), ["b"]),
        (has(b=(2,)), BOTH, (), ["a"]),
        (has(a=(1, 2)), (), (NAME_A,), []),
    ],
)
def test_what_is_to_be_done(state, every, clear, put) -> None:
    found = difference(state, every)

    assert (found.clear, [one.told.tariff for one in found.set]) == (clear, put)


def test_tariffs_of_drivers_are_not_in_the_way() -> None:
    state = replace(STATE, installed=(InstalledTariff(tariff_id="x", kind="DriverTariff", evses=(1,)),))

    assert difference(state, ()) == NOTHING
    assert with_set(state, "a", 1)[0] == state.installed[0]


def test_setting_one_evse_takes_it_from_the_tariff_of_all() -> None:
    assert with_set(has(a=()), NAME_B, 2) == (
        InstalledTariff(tariff_id=NAME_A, evses=(1,)),
        InstalledTariff(tariff_id=NAME_B, evses=(2,)),
    )


def test_the_next_border_of_validity_is_known() -> None:
    limited = replace(A, start_date_time=at(100), end_date_time=at(200))
    given = references({"a": limited}, site="a")

    assert [changes_at(STATE, given, at(seconds)) for seconds in (0, 100, 200)] == [at(100), at(200), None]


def test_sites_are_named_with_commas() -> None:
    assert sites_of(" berlin, oslo ,") == {"berlin", "oslo"}
    assert is_managed(STATE, sites_of("*"))
    assert not is_managed(replace(STATE, site=""), sites_of("berlin"))
    assert not is_managed(replace(STATE, ocpp="1.6"), sites_of("*"))
